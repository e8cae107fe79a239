package im.hongyan.kit.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the two files held at a moment, unread. Immutable. */
final class KeyPairFiles {
  private static final int MOST_BYTES = 1 << 20;
  private static final byte[] PROBE = "hongyan".getBytes(StandardCharsets.UTF_8);
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private final TlsFiles files;
  private final byte[] certificate;
  private final byte[] key;

  private KeyPairFiles(TlsFiles files, byte[] certificate, byte[] key) {
    this.files = files;
    this.certificate = certificate;
    this.key = key;
  }

  /** A pair that cannot be used; the message is one line for the operator. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  /** A certificate with its chain, and the key that belongs to it. */
  record Pair(PrivateKey key, X509Certificate[] chain) {}

  static KeyPairFiles read(TlsFiles files) throws UnusableException {
    return new KeyPairFiles(files, bytes(files.certificate()), bytes(files.key()));
  }

  private static byte[] bytes(Path file) throws UnusableException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new UnusableException(file + " is too large for a PEM file");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UnusableException(file + " does not exist");
    } catch (IOException e) {
      throw new UnusableException(file + " cannot be read: " + e.getMessage());
    }
  }

  boolean sameAs(KeyPairFiles other) {
    return Arrays.equals(certificate, other.certificate) && Arrays.equals(key, other.key);
  }

  /** Reads the PEM texts and proves that they fit. */
  Pair parse() throws UnusableException {
    X509Certificate[] chain = chain();
    PublicKey open = chain[0].getPublicKey();
    PrivateKey secret = key(open.getAlgorithm());
    if (!fit(secret, open)) {
      throw unfit();
    }
    return new Pair(secret, chain);
  }

  private X509Certificate[] chain() throws UnusableException {
    try {
      X509Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(certificate))
              .toArray(X509Certificate[]::new);
      if (chain.length == 0) {
        throw new UnusableException(files.certificate() + " holds no certificate");
      }
      return chain;
    } catch (CertificateException e) {
      throw new UnusableException(files.certificate() + " is not a PEM certificate");
    }
  }

  private PrivateKey key(String algorithm) throws UnusableException {
    Matcher pem = KEY.matcher(new String(key, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new UnusableException(
          files.key()
              + " is not a PKCS#8 key without a password (BEGIN PRIVATE KEY);"
              + " openssl pkcs8 -topk8 -nodes makes one");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (InvalidKeySpecException e) {
      // Either broken or of another kind than the certificate's; the operator's remedy is the same.
      throw unfit();
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new UnusableException(files.key() + " cannot be used: " + e.getMessage());
    }
  }

  private static boolean fit(PrivateKey secret, PublicKey open) throws UnusableException {
    String algorithm =
        switch (open.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> open.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(secret);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(open);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (InvalidKeyException | java.security.SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new UnusableException("keys of the kind " + open.getAlgorithm() + " are not supported");
    }
  }

  private UnusableException unfit() {
    return new UnusableException(files.key() + " does not fit " + files.certificate());
  }
}
