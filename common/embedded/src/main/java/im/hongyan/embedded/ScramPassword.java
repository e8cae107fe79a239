package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.token.delegation.internals.DelegationTokenCredentialCallback;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of SCRAM-SHA-256 (RFC 5802) for the one user of a data folder. It keeps nothing
 * in the store, so that folders made before it, and folders whose secret was made anew, open too.
 * Kafka makes its own by name and calls {@link #configure}. Safe for use by several threads.
 */
public final class ScramPassword implements AuthenticateCallbackHandler {
  static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
  static final String USER = "hongyan";

  /** The least that clients accept; a random secret of 192 bits needs no more. */
  private static final int ITERATIONS = 4_096;

  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;

  private @Nullable ScramCredential credential;

  /** For Kafka. */
  public ScramPassword() {}

  /** Accepts a password. */
  static CallbackHandler of(Secret password) {
    ScramPassword handler = new ScramPassword();
    handler.credential = credential(password.reveal());
    return handler;
  }

  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
    Object password = Objects.requireNonNull(entries.getFirst().getOptions().get("password"));
    credential = credential((String) password);
  }

  /** By the JDK's derivation, which takes a tenth of the time of Kafka's own. */
  private static ScramCredential credential(String password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(
                  new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, KEY_BYTES * Byte.SIZE))
              .getEncoded();
      return new ScramFormatter(MECHANISM).generateCredential(salt, salted, ITERATIONS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Names no credential for anybody else; the exchange then fails. */
  @Override
  public void handle(Callback[] callbacks) {
    String user = "";
    for (Callback callback : callbacks) {
      if (callback instanceof NameCallback name) {
        user = name.getDefaultName();
      } else if (callback instanceof ScramCredentialCallback wanted
          && !(callback instanceof DelegationTokenCredentialCallback)
          && USER.equals(user)) {
        wanted.scramCredential(Objects.requireNonNull(credential));
      }
    }
  }

  @Override
  public void close() {}
}
