package im.hongyan.kit.tls;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Paths of a server's certificate and key. The files are not looked at before {@link
 * ServerTls#open}, since a process reads the settings of servers that others run too.
 *
 * @param certificate PEM: the server's certificate, followed by those that vouch for it
 * @param key PEM: its private key, PKCS#8 without a password
 */
public record TlsFiles(Path certificate, Path key) {
  /**
   * Reads {@code PREFIX.tls.certificate} and {@code PREFIX.tls.key}; empty where neither is set.
   *
   * @throws ConfigException when only one of them is set
   */
  public static Optional<TlsFiles> from(Settings settings, String prefix) {
    String certificateKey = prefix + ".tls.certificate";
    String keyKey = prefix + ".tls.key";
    String certificate = settings.text(certificateKey, "").strip();
    String key = settings.text(keyKey, "").strip();
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new ConfigException(
          (certificate.isEmpty() ? keyKey : certificateKey)
              + " is set without "
              + (certificate.isEmpty() ? certificateKey : keyKey));
    }
    return certificate.isEmpty()
        ? Optional.empty()
        : Optional.of(new TlsFiles(Path.of(certificate), Path.of(key)));
  }
}
