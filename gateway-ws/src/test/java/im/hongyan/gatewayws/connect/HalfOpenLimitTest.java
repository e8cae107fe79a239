package im.hongyan.gatewayws.connect;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.connect.HalfOpenLimit.Place;
import im.hongyan.kit.net.ClientAddresses;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Proves which connection goes when too many have no handshake, or their heads hold too much: the
 * oldest that is not being answered, of its own address first.
 */
class HalfOpenLimitTest {
  private static final int MOST = 6;
  private static final int MOST_OF_ADDRESS = 3;
  private static final int SHARE = 8_192;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HalfOpenLimit limit =
      new HalfOpenLimit(ClientAddresses.ofPeers(), MOST, MOST_OF_ADDRESS, meters);

  /** A channel from an address. */
  private static final class From extends EmbeddedChannel {
    private final InetAddress address;

    From(String address) {
      this.address = InetAddress.ofLiteral(address);
    }

    @Override
    public SocketAddress remoteAddress() {
      return new InetSocketAddress(address, 1);
    }
  }

  private Place enter(From channel) {
    return Objects.requireNonNull(limit.enter(channel));
  }

  private double gauge(String name, String key, String value) {
    return meters.get(name).tag(key, value).gauge().value();
  }

  private void assertHalfOpen(int size, int bytes) {
    assertThat(gauge("limit_active", "limit", "ws_half_open")).isEqualTo(size);
    assertThat(gauge("budget_bytes", "budget", "ws_heads")).isEqualTo(bytes);
  }

  @Test
  void theOldestOfAnAddressMakesRoomForItsNext() {
    From first = new From("192.0.2.1");
    From second = new From("192.0.2.1");
    enter(first);
    enter(second);
    enter(new From("192.0.2.1"));
    enter(new From("192.0.2.2"));
    enter(new From("192.0.2.1"));
    assertThat(first.isOpen()).isFalse();
    assertThat(second.isOpen()).isTrue();
    assertHalfOpen(4, 0);
    assertThat(gauge("limit_keys", "limit", "ws_half_open_per_address")).isEqualTo(2);
  }

  @Test
  void theOldestOfAllMakesRoomAndWhoIsBeingAnsweredStays() {
    From answered = new From("127.0.0.1");
    enter(answered).beginsAnswer();
    From oldest = new From("127.0.0.1");
    enter(oldest);
    for (int i = 2; i < MOST; i++) {
      enter(new From("127.0.0.1"));
    }
    enter(new From("192.0.2.1"));
    assertThat(answered.isOpen()).isTrue();
    assertThat(oldest.isOpen()).isFalse();
    assertHalfOpen(MOST, 0);
  }

  @Test
  void whereAllAreBeingAnsweredTheNewestIsRefused() {
    for (int i = 0; i < MOST_OF_ADDRESS; i++) {
      enter(new From("192.0.2.1")).beginsAnswer();
    }
    assertThat(limit.enter(new From("192.0.2.1"))).isNull();
    enter(new From("192.0.2.2"));
    assertThat(meters.get("limit_rejected").counters()).extracting(c -> c.count()).contains(1.0);
  }

  @Test
  void headsThatHoldTooMuchGoAndNotThoseThatHoldNothing() {
    From nothing = new From("192.0.2.1");
    From little = new From("192.0.2.1");
    From much = new From("192.0.2.1");
    enter(nothing);
    Place second = enter(little);
    Place third = enter(much);
    second.holds(SHARE);
    third.holds(2 * SHARE);
    assertHalfOpen(3, 3 * SHARE);
    third.holds(2 * SHARE + 1);
    assertThat(little.isOpen()).isFalse();
    assertThat(nothing.isOpen()).isTrue();
    assertThat(much.isOpen()).isTrue();
    assertHalfOpen(2, 2 * SHARE + 1);
    second.leave();
    second.holds(5);
    third.leave();
    assertHalfOpen(1, 0);
  }

  @Test
  void headsOfThisMachineCountAmongAll() {
    From first = new From("127.0.0.1");
    enter(first).holds(MOST * SHARE);
    From second = new From("127.0.0.1");
    enter(second).holds(1);
    assertThat(first.isOpen()).isFalse();
    assertThat(second.isOpen()).isTrue();
    assertHalfOpen(1, 1);
  }
}
