package im.hongyan.drivers.kafka;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/**
 * How clients log in to Kafka by SASL (errors-config-ops.md 4.3).
 *
 * @param mechanism PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
 */
public record KafkaLogin(String username, Secret password, String mechanism) {
  private static final String PLAIN = "PLAIN";
  private static final List<String> MECHANISMS = List.of(PLAIN, "SCRAM-SHA-256", "SCRAM-SHA-512");

  /**
   * Reads the login of section {@code kafka}; none where no user is set.
   *
   * @throws ConfigException when a user stands without a password, or a password without a user
   */
  static Optional<KafkaLogin> from(Settings settings) {
    String username = settings.text("kafka.username", "");
    Secret password = settings.secret("kafka.password", "");
    String mechanism = settings.text("kafka.saslMechanism", PLAIN);
    if (!MECHANISMS.contains(mechanism)) {
      throw new ConfigException(
          "kafka.saslMechanism must be one of " + MECHANISMS + ", not '" + mechanism + "'");
    }
    if (username.isEmpty() != password.reveal().isEmpty()) {
      throw new ConfigException("kafka.username and kafka.password are set together or not at all");
    }
    return username.isEmpty()
        ? Optional.empty()
        : Optional.of(new KafkaLogin(username, password, mechanism));
  }

  /** Settings of Kafka's clients. */
  Map<String, String> properties() {
    String module =
        mechanism.equals(PLAIN)
            ? PlainLoginModule.class.getName()
            : ScramLoginModule.class.getName();
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        mechanism,
        "sasl.jaas.config",
        "%s required username=%s password=%s;"
            .formatted(module, quoted(username), quoted(password.reveal())));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
