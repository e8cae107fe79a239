package im.hongyan.drivers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;

/** Proves what Kafka's clients are told of the login, and which settings of it are refused. */
class KafkaLoginTest {
  private static KafkaConfig config(Map<String, String> settings) {
    return KafkaConfig.from(Settings.load(Path.of("none.yml"), Map.of(), settings));
  }

  @Test
  void withoutAUserNothingIsSaidOfALogin() {
    assertThat(config(Map.of("kafka.address", "a:1")).clientProperties())
        .containsExactly(Map.entry("bootstrap.servers", "a:1"));
  }

  @Test
  void theLoginReachesKafkaAsItWasSet() {
    String awkward = "p\\a\"s;s = '1' ";
    for (String mechanism : new String[] {"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
      Map<String, String> chosen =
          mechanism.isEmpty() ? Map.of() : Map.of("kafka.saslMechanism", mechanism);
      Map<String, String> settings = new java.util.HashMap<>(chosen);
      settings.put("kafka.username", "hong yan");
      settings.put("kafka.password", awkward);
      Properties properties = config(settings).clientProperties();
      assertThat(properties)
          .containsEntry("security.protocol", "SASL_PLAINTEXT")
          .containsEntry("sasl.mechanism", mechanism.isEmpty() ? "PLAIN" : mechanism);
      var entry =
          JaasContext.loadClientContext(
                  Map.of(
                      "sasl.jaas.config", new Password(properties.getProperty("sasl.jaas.config"))))
              .configurationEntries()
              .getFirst();
      assertThat(entry.getOptions()).isEqualTo(Map.of("username", "hong yan", "password", awkward));
      assertThat(config(settings)).asString().doesNotContain(awkward);
    }
  }

  @Test
  void halfALoginAndAnUnknownMechanismAreRefused() {
    for (String half : new String[] {"kafka.username", "kafka.password"}) {
      assertThatThrownBy(() -> config(Map.of(half, "x")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("kafka.username and kafka.password are set together");
    }
    assertThatThrownBy(() -> config(Map.of("kafka.saslMechanism", "GSSAPI")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("kafka.saslMechanism must be one of");
  }
}
