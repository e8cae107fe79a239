package im.hongyan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves that an address which cannot be listened on is named with its setting, and how one reads.
 */
class ListenAddressTest {
  private static ListenAddress ws(String host, int port) {
    return new ListenAddress("gateway.ws", "ws", host, port);
  }

  private static ListenAddress http(String host, int port) {
    return new ListenAddress("gateway.http", "http", host, port);
  }

  @Test
  void whatIsTakenOrNotOursIsNamedWithItsSetting() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      for (String host : List.of("127.0.0.1", "0.0.0.0", "localhost")) {
        assertThatExceptionOfType(ConfigException.class)
            .as(host)
            .isThrownBy(() -> ListenAddress.requireFree(List.of(http(host, 0), ws(host, port))))
            .withMessageContainingAll(":" + port, "in use", "gateway.ws.port", "--ws-port")
            .withMessageNotContaining("gateway.http");
      }
    }
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ListenAddress.requireFree(List.of(http("192.0.2.1", 0))))
        .withMessageContainingAll("192.0.2.1:0", "gateway.http.listen");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ListenAddress.requireFree(List.of(ws("no.such.host.invalid", 1_024))))
        .withMessageContainingAll("no.such.host.invalid:1024", "gateway.ws.listen");
  }

  @Test
  void twoPartsWithOnePortAreFoundAndAFreePortIsGivenBack() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    ListenAddress ws = ws("127.0.0.1", free);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> ListenAddress.requireFree(List.of(ws, http("127.0.0.1", free))))
        .withMessageContainingAll(":" + free, "gateway.http.port", "--api-port");
    ListenAddress.requireFree(List.of(ws, http("127.0.0.1", 0)));
    ListenAddress.requireFree(List.of(ws));
  }

  @Test
  void anAddressReadsAsClientsWriteIt() {
    assertThat(ws("127.0.0.1", 0).on(10_001)).hasToString("ws://127.0.0.1:10001");
    assertThat(http("0.0.0.0", 10_002)).hasToString("http://0.0.0.0:10002");
    assertThat(http("::1", 10_002)).hasToString("http://[0:0:0:0:0:0:0:1]:10002");
  }
}
