package im.hongyan.kit.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves which lists of instances are taken, and that others are refused in one line. */
class StaticRegistryTest {
  private static Map<ServiceName, List<Instance>> read(String service, String entries) {
    Settings settings =
        Settings.load(
            Path.of("none.yml"), Map.of(), Map.of("discovery.static." + service, entries));
    Map<ServiceName, List<Instance>> instances = new HashMap<>();
    try (StaticRegistry registry = StaticRegistry.from(settings)) {
      registry.watch(instances::putAll);
    }
    settings.refuseUnknown();
    return instances;
  }

  @Test
  void addressesWithAndWithoutANodeAreTaken() {
    assertThat(read("msg", "a:1, [::1]:2").get(ServiceName.MSG))
        .containsExactly(new Instance("a:1", "a", 1), new Instance("[::1]:2", "::1", 2));
    assertThat(read("gateway-ws", "gw-1=10.0.0.5:40").get(ServiceName.GATEWAY_WS))
        .containsExactly(new Instance("gw-1", "10.0.0.5", 40));
    assertThat(read("msg", "a:1").get(ServiceName.AUTH)).isEmpty();
  }

  @Test
  void addressesAreWrittenAsTheyAreRead() {
    for (String address : List.of("host:1", "10.0.0.5:65535", "[fe80::1]:80")) {
      assertThat(Instance.at("n", address).address()).isEqualTo(address);
    }
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (String wrong : List.of("host", "host:", "host:x", ":1", "host:0", "host:65536", "=h:1")) {
      assertThatThrownBy(() -> read("msg", wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "discovery.static.msg must list host:port or node=host:port, not '" + wrong + "'");
    }
  }
}
