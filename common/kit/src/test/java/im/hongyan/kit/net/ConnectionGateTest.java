package im.hongyan.kit.net;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves who may hold how many connections, and that a place comes back when one ends. */
class ConnectionGateTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ConnectionGate gate =
      new ConnectionGate(
          "test",
          ClientAddresses.from(
              Settings.load(
                  Path.of("none.yml"), Map.of(), Map.of("a.trustedProxies", "192.0.2.0/24")),
              "a"),
          6,
          2,
          meters);

  private static EmbeddedChannel from(String peer) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(InetAddress.ofLiteral(peer), 4711);
      }
    };
  }

  private double rejected(String limit) {
    return meters.get("limit_rejected").tag("limit", limit).counter().count();
  }

  @Test
  void anAddressHoldsItsShareAndGetsPlacesBack() {
    EmbeddedChannel first = from("203.0.113.1");
    assertThat(gate.admit(first)).isTrue();
    assertThat(gate.admit(from("203.0.113.1"))).isTrue();
    assertThat(gate.admit(from("203.0.113.1"))).isFalse();
    assertThat(rejected("test_per_address")).isEqualTo(1);
    assertThat(gate.admit(from("203.0.113.2"))).isTrue();
    first.close();
    assertThat(gate.admit(from("203.0.113.1"))).isTrue();
    assertThat(gate.admit(from("203.0.113.1"))).isFalse();
  }

  @Test
  void manyAddressesOfOneIpv6SubscriberAreOne() {
    assertThat(gate.admit(from("2001:db8:0:1::1"))).isTrue();
    assertThat(gate.admit(from("2001:db8:0:1:9::2"))).isTrue();
    assertThat(gate.admit(from("2001:db8:0:1::3"))).isFalse();
    assertThat(gate.admit(from("2001:db8:0:2::1"))).isTrue();
  }

  @Test
  void proxiesAndThisMachineShareOnlyTheWhole() {
    for (int i = 0; i < 3; i++) {
      assertThat(gate.admit(from("127.0.0.1"))).isTrue();
      assertThat(gate.admit(from("192.0.2.1"))).isTrue();
    }
    assertThat(gate.admit(from("192.0.2.1"))).isFalse();
    assertThat(gate.admit(from("203.0.113.1"))).isFalse();
    assertThat(rejected("test")).isEqualTo(2);
    // What the whole refused does not count against the address.
    assertThat(meters.get("limit_keys").gauge().value()).isZero();
  }
}
