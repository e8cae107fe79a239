package im.hongyan.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.websocket.FakeWsServer;
import im.hongyan.client.websocket.WebSocketClient;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Proves that pings are sent, and that a peer which does not answer them is given up. */
@Timeout(30)
class HeartbeatTest {
  private static final int PING = 0x9;

  @Test
  void aSilentPeerIsPingedAndGivenUp() throws IOException, InterruptedException {
    try (FakeWsServer server = new FakeWsServer()) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              server.accept().upgrade();
            } catch (IOException | InterruptedException over) {
              // The test is over.
            }
          });
      WebSocketClient socket =
          WebSocketClient.connect(server.address(), Duration.ofSeconds(10), 1_000);
      Heartbeat.start(socket, Duration.ofMillis(10), Duration.ofMillis(10));
      assertThatThrownBy(socket::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aPeerThatAnswersIsPingedAgain() throws Exception {
    try (FakeWsServer server = new FakeWsServer()) {
      Thread.ofVirtual()
          .start(() -> {
            try (WebSocketClient socket =
                WebSocketClient.connect(server.address(), Duration.ofSeconds(10), 1_000)) {
              Heartbeat heartbeat =
                  Heartbeat.start(socket, Duration.ofMillis(10), Duration.ofSeconds(10));
              while (true) {
                socket.read();
                heartbeat.touch();
              }
            } catch (IOException over) {
              // The test is over.
            }
          });
      FakeWsServer.Peer peer = server.accept().upgrade();
      for (int i = 0; i < 3; i++) {
        FakeWsServer.Frame frame = peer.read();
        assertThat(frame.opcode()).isEqualTo(PING);
        peer.frame(0x8a, frame.payload());
      }
    }
  }
}
