package im.hongyan.kit.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Objects;

/**
 * A key pair of a test, made by the JDK's keytool.
 *
 * @param certificatePem as a server's file holds it
 * @param keyPem likewise
 */
public record SelfSigned(X509Certificate certificate, String certificatePem, String keyPem) {
  private static final String PASSWORD = "openIM123";

  /**
   * Makes a pair for localhost.
   *
   * @param kind EC or RSA
   */
  public static SelfSigned make(Path folder, String name, String kind) {
    Path store = folder.resolve(name + ".p12");
    try {
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  name,
                  "-dname",
                  "CN=" + name,
                  "-ext",
                  "SAN=dns:localhost,ip:127.0.0.1",
                  "-keyalg",
                  kind,
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  store.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new AssertionError("keytool: " + said);
      }
      return read(store, name);
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static SelfSigned read(Path store, String name)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    X509Certificate certificate = (X509Certificate) keys.getCertificate(name);
    byte[] key = Objects.requireNonNull(keys.getKey(name, PASSWORD.toCharArray())).getEncoded();
    return new SelfSigned(
        certificate, pem("CERTIFICATE", certificate.getEncoded()), pem("PRIVATE KEY", key));
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  /** Writes both files into a folder. */
  public TlsFiles writeTo(Path folder) {
    try {
      return new TlsFiles(
          Files.writeString(folder.resolve("server.pem"), certificatePem),
          Files.writeString(folder.resolve("server.key"), keyPem));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
