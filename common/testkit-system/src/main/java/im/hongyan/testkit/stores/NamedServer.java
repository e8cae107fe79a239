package im.hongyan.testkit.stores;

import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.ConfigException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Servers by the names that the one setting knows, {@code HONGYAN_TEST_STORES}. */
enum NamedServer {
  /** The default of the relational store. */
  MARIADB,
  MYSQL,
  /** The default of the inbox. */
  MONGO_JAVA_SERVER,
  FERRETDB,
  /** Everything in containers. */
  DOCKER;

  static final String SETTING = "HONGYAN_TEST_STORES";

  /** Its name in the setting. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The servers that an environment chooses; kinds that are left out keep their default.
   *
   * @throws ConfigException for an unknown name and for two servers of one kind
   */
  static Set<NamedServer> chosen(Map<String, String> environment) {
    Set<NamedServer> chosen = EnumSet.noneOf(NamedServer.class);
    Set<Kind> taken = EnumSet.noneOf(Kind.class);
    for (String name : environment.getOrDefault(SETTING, "").split(",", -1)) {
      if (name.isBlank()) {
        continue;
      }
      NamedServer server = of(name.strip());
      Set<Kind> kinds = server.kinds();
      if (kinds.stream().anyMatch(taken::contains)) {
        throw new ConfigException(SETTING + " names two servers for one store: " + name.strip());
      }
      chosen.add(server);
      taken.addAll(kinds);
    }
    return chosen;
  }

  private Set<Kind> kinds() {
    return switch (this) {
      case MARIADB, MYSQL -> EnumSet.of(Kind.MYSQL);
      case MONGO_JAVA_SERVER, FERRETDB -> EnumSet.of(Kind.MONGO);
      case DOCKER -> EnumSet.allOf(Kind.class);
    };
  }

  private static NamedServer of(String name) {
    List<String> known = Arrays.stream(values()).map(NamedServer::label).toList();
    int at = known.indexOf(name);
    if (at < 0) {
      throw new ConfigException(SETTING + " knows " + known + ", not " + name);
    }
    return values()[at];
  }
}
