package im.hongyan.kit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Proves that X-Forwarded-For (websocket.md 1.7) is believed only as far as the operator's own
 * proxies wrote it.
 */
class ClientAddressesTest {
  private final ClientAddresses addresses = of("10.0.0.0/8, 192.0.2.7,2001:db8:1::/48");

  private static ClientAddresses of(String proxies) {
    return ClientAddresses.from(
        Settings.load(Path.of("none.yml"), Map.of(), Map.of("a.trustedProxies", proxies)), "a");
  }

  private String client(String peer, String... forwarded) {
    return addresses.clientOf(InetAddress.ofLiteral(peer), List.of(forwarded)).getHostAddress();
  }

  @Test
  void nobodyIsBelievedByDefault() {
    Settings settings = Settings.load(Path.of("none.yml"), Map.of(), Map.of());
    assertThat(
            ClientAddresses.from(settings, "a")
                .clientOf(InetAddress.ofLiteral("127.0.0.1"), List.of("203.0.113.5")))
        .isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
  }

  @Test
  void aPeerThatIsNoProxyIsTheClientWhateverItSays() {
    assertThat(client("203.0.113.9", "203.0.113.5")).isEqualTo("203.0.113.9");
    assertThat(client("192.0.2.8", "203.0.113.5")).isEqualTo("192.0.2.8");
    assertThat(client("2001:db8:2::1", "203.0.113.5")).isEqualTo("2001:db8:2:0:0:0:0:1");
  }

  @Test
  void theLastAddressThatIsNoProxyIsTheClient() {
    assertThat(client("10.1.2.3", "203.0.113.5")).isEqualTo("203.0.113.5");
    assertThat(client("10.1.2.3", "198.51.100.1, 203.0.113.5, 10.9.9.9")).isEqualTo("203.0.113.5");
    assertThat(client("10.1.2.3", "198.51.100.1", "203.0.113.5,192.0.2.7"))
        .isEqualTo("203.0.113.5");
    assertThat(client("2001:db8:1::5", "2001:db8:9::1")).isEqualTo("2001:db8:9:0:0:0:0:1");
    assertThat(client("10.1.2.3", "10.0.0.1, 10.0.0.2")).isEqualTo("10.0.0.1");
  }

  @Test
  void whatStandsBeforeTheClientMayBeInventedAndIsNotRead() {
    assertThat(client("10.1.2.3", "nonsense, 127.0.0.1, 203.0.113.5")).isEqualTo("203.0.113.5");
  }

  @Test
  void nonsenseFromAProxyFallsBackToTheProxy() {
    for (String nonsense :
        List.of("", "localhost", "example.org", "203.0.113.5,", "1.2.3", "300.1.1.1", "::g", "_")) {
      assertThat(client("10.1.2.3", nonsense)).as(nonsense).isEqualTo("10.1.2.3");
    }
    assertThat(client("10.1.2.3")).isEqualTo("10.1.2.3");
  }

  @Test
  void portsAndBracketsAreTakenOff() {
    assertThat(client("10.1.2.3", "203.0.113.5:4711")).isEqualTo("203.0.113.5");
    assertThat(client("10.1.2.3", "[2001:db8:9::1]:4711")).isEqualTo("2001:db8:9:0:0:0:0:1");
    assertThat(client("10.1.2.3", "[2001:db8:9::1]")).isEqualTo("2001:db8:9:0:0:0:0:1");
  }

  @Test
  void addressesOfIpv4WithinIpv6AreThoseOfIpv4() {
    assertThat(client("10.1.2.3", "::ffff:203.0.113.5")).isEqualTo("203.0.113.5");
    assertThat(client("::ffff:10.1.2.3", "203.0.113.5")).isEqualTo("203.0.113.5");
  }

  @Test
  void proxiesAndThisMachineAreExempt() {
    assertThat(addresses.exempt(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
    assertThat(addresses.exempt(InetAddress.ofLiteral("::1"))).isTrue();
    assertThat(addresses.exempt(InetAddress.ofLiteral("10.255.255.255"))).isTrue();
    assertThat(addresses.exempt(InetAddress.ofLiteral("192.0.2.7"))).isTrue();
    assertThat(addresses.exempt(InetAddress.ofLiteral("11.0.0.0"))).isFalse();
    assertThat(addresses.exempt(InetAddress.ofLiteral("2001:db8:2::"))).isFalse();
  }

  @Test
  void blocksEndAtAnyBit() {
    ClientAddresses odd = of("172.16.0.0/12");
    assertThat(odd.exempt(InetAddress.ofLiteral("172.31.255.255"))).isTrue();
    assertThat(odd.exempt(InetAddress.ofLiteral("172.32.0.0"))).isFalse();
    assertThat(of("0.0.0.0/0").exempt(InetAddress.ofLiteral("8.8.8.8"))).isTrue();
  }

  @Test
  void aSettingThatIsNeitherAddressNorBlockIsRefused() {
    for (String wrong : List.of("proxy.local", "10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0/8")) {
      assertThatThrownBy(() -> of("127.0.0.1," + wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "a.trustedProxies must hold addresses or blocks such as 10.0.0.0/8, not '"
                  + wrong
                  + "'");
    }
  }
}
