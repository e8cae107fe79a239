package im.hongyan.drivers.kafka;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslClientFactory;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@link ScramClient} in the place of Kafka's own client of SCRAM, which derives the key anew
 * for each connection: a process that opens eighty at its start spends more than a second of CPU on
 * that. Here a key is derived once for each password and salt. Safe for use by several threads.
 */
public final class ScramClients implements SaslClientFactory {
  private static final int MAX_KEYS = 32;
  private static final Keys KEYS = new Keys();

  /** Made by the security provider, by its name. */
  public ScramClients() {}

  /** Registers the factory with the JVM, once. */
  static void install() {
    // Before Kafka's, which comes last; a second one of the same name is not taken.
    Security.insertProviderAt(new ScramProvider(), 1);
  }

  @Override
  public @Nullable SaslClient createSaslClient(
      String[] mechanisms,
      @Nullable String authorizationId,
      String protocol,
      String serverName,
      @Nullable Map<String, ?> properties,
      CallbackHandler login)
      throws SaslException {
    for (String name : mechanisms) {
      if (ScramMechanism.isScram(name)) {
        try {
          return new ScramClient(ScramMechanism.forMechanismName(name), login);
        } catch (NoSuchAlgorithmException e) {
          throw new SaslException(name + " is not known to this JVM", e);
        }
      }
    }
    return null;
  }

  @Override
  public String[] getMechanismNames(@Nullable Map<String, ?> properties) {
    return ScramMechanism.mechanismNames().toArray(String[]::new);
  }

  /** The salted password of RFC 5802, by the JDK's derivation. */
  static byte[] saltedPassword(
      ScramMechanism mechanism, char[] password, byte[] salt, int iterations) throws SaslException {
    String inputs =
        String.join(
            " ",
            mechanism.mechanismName(),
            HexFormat.of().formatHex(salt),
            Integer.toString(iterations),
            new String(password));
    synchronized (KEYS) {
      byte[] key = KEYS.get(inputs);
      if (key == null) {
        key = derive(mechanism, password, salt, iterations);
        KEYS.put(inputs, key);
      }
      return key.clone();
    }
  }

  private static byte[] derive(
      ScramMechanism mechanism, char[] password, byte[] salt, int iterations) throws SaslException {
    int bits = mechanism == ScramMechanism.SCRAM_SHA_256 ? 256 : 512;
    try {
      return SecretKeyFactory.getInstance("PBKDF2With" + mechanism.macAlgorithm())
          .generateSecret(new PBEKeySpec(password, salt, iterations, bits))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new SaslException("the key cannot be derived", e);
    }
  }

  /** The keys used last. */
  private static final class Keys extends LinkedHashMap<String, byte[]> {
    private static final long serialVersionUID = 1L;

    Keys() {
      super(MAX_KEYS, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
      return size() > MAX_KEYS;
    }
  }

  private static final class ScramProvider extends Provider {
    private static final long serialVersionUID = 1L;

    ScramProvider() {
      super("Hongyan SCRAM", "1", "client of SCRAM that keeps derived keys");
      for (String mechanism : ScramMechanism.mechanismNames()) {
        put("SaslClientFactory." + mechanism, ScramClients.class.getName());
      }
    }
  }
}
