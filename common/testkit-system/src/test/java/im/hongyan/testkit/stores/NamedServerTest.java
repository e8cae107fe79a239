package im.hongyan.testkit.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that one setting chooses the servers, and that nothing is chosen by a slip. */
class NamedServerTest {
  private static Map<String, String> setting(String value) {
    return Map.of(NamedServer.SETTING, value);
  }

  @Test
  void nothingSetChoosesTheDefaults() {
    assertThat(NamedServer.chosen(Map.of())).isEmpty();
    assertThat(NamedServer.chosen(setting(" "))).isEmpty();
  }

  @Test
  void aListChoosesOneServerPerStore() {
    assertThat(NamedServer.chosen(setting("mysql, ferretdb")))
        .containsExactly(NamedServer.MYSQL, NamedServer.FERRETDB);
    assertThat(NamedServer.chosen(setting("mariadb,mongo-java-server")))
        .containsExactly(NamedServer.MARIADB, NamedServer.MONGO_JAVA_SERVER);
    assertThat(NamedServer.chosen(setting("docker"))).containsExactly(NamedServer.DOCKER);
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> NamedServer.chosen(setting("mysql,ferret")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mongo-java-server")
        .hasMessageEndingWith("not ferret");
  }

  @Test
  void twoServersForOneStoreAreRefused() {
    assertThatThrownBy(() -> NamedServer.chosen(setting("mysql,mariadb")))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> NamedServer.chosen(setting("docker,mysql")))
        .isInstanceOf(ConfigException.class);
  }
}
