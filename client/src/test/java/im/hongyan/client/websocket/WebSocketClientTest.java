package im.hongyan.client.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Proves handshake and framing on real sockets, as strict as the native SDK (websocket.md 1.1 and
 * 2).
 */
@Timeout(30)
class WebSocketClientTest {
  private static final int MAX_BYTES = 100_000;

  private FakeWsServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeWsServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void pathAndQueryReachTheServer() throws Exception {
    Future<WebSocketClient> client = connect("/msg_gateway?sendID=a%20b");
    FakeWsServer.Peer peer = server.accept().upgrade();
    assertThat(peer.requestLine()).isEqualTo("GET /msg_gateway?sendID=a%20b HTTP/1.1");
    client.get().close();
  }

  @Test
  void messagesOfAllSizesGoBothWays() throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (WebSocketClient client = connecting.get()) {
      for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, MAX_BYTES}) {
        byte[] payload = payload(size);
        CompletableFuture<Void> sent = run(() -> client.sendBinary(payload));
        FakeWsServer.Frame frame = peer.read();
        sent.get();
        assertThat(frame.fin()).isTrue();
        assertThat(frame.opcode()).isEqualTo(2);
        assertThat(frame.payload()).isEqualTo(payload);
        CompletableFuture<Void> answered = run(() -> peer.binary(payload));
        assertThat(((WsMessage.Binary) client.read()).payload()).isEqualTo(payload);
        answered.get();
      }
    }
  }

  @Test
  void aLongMessageIsSplitAsNativeSdksSplitIt() throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (WebSocketClient client = connecting.get()) {
      client.sendBinary(payload(9_000), 4_096);
      assertThat(peer.read()).extracting("fin", "opcode").containsExactly(false, 2);
      assertThat(peer.read()).extracting("fin", "opcode").containsExactly(false, 0);
      FakeWsServer.Frame last = peer.read();
      assertThat(last).extracting("fin", "opcode").containsExactly(true, 0);
      assertThat(last.payload()).hasSize(9_000 - 2 * 4_096);
      client.sendBinary(new byte[0], 4_096);
      assertThat(peer.readBinary()).isEmpty();
    }
  }

  @Test
  void fragmentsAreJoinedAndPingsInBetweenAnswered() throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (WebSocketClient client = connecting.get()) {
      peer.frame(0x01, bytes("he")).frame(0x89, bytes("p")).frame(0x80, bytes("llo"));
      assertThat(client.read()).isEqualTo(new WsMessage.Text("hello"));
      FakeWsServer.Frame pong = peer.read();
      assertThat(pong.opcode()).isEqualTo(0xA);
      assertThat(pong.payload()).isEqualTo(bytes("p"));
    }
  }

  @Test
  void pingsTextsAndCloseFramesAreSent() throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (WebSocketClient client = connecting.get()) {
      client.sendPing(bytes("op"));
      assertThat(peer.read()).extracting("opcode", "payload").containsExactly(9, bytes("op"));
      peer.frame(0x8A, bytes("op"));
      assertThat(((WsMessage.Pong) client.read()).payload()).isEqualTo(bytes("op"));
      client.sendText("{}");
      assertThat(peer.read()).extracting("opcode", "payload").containsExactly(1, bytes("{}"));
      client.sendClose(3001, "bye");
      assertThat(peer.read().payload()).isEqualTo(new byte[] {0x0b, (byte) 0xb9, 'b', 'y', 'e'});
      peer.frame(0x88, new byte[] {0x0b, (byte) 0xb9});
      assertThat(client.read()).isEqualTo(new WsMessage.Closed(3001, ""));
    }
  }

  @Test
  void theEndIsReported() throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (WebSocketClient client = connecting.get()) {
      peer.frame(0x88, new byte[0]).close();
      assertThat(client.read()).isEqualTo(new WsMessage.Closed(1005, ""));
      assertThat(client.read()).isEqualTo(new WsMessage.Closed(1006, ""));
    }
  }

  @Test
  void aRefusalCarriesStatusAndBody() throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    server.accept().refuse(200, "{\"errCode\":1501}").close();
    assertThatThrownBy(connecting::get)
        .cause()
        .isInstanceOfSatisfying(
            HandshakeRefusedException.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(200);
              assertThat(refused.body()).isEqualTo("{\"errCode\":1501}");
            });
  }

  @Test
  void sloppyUpgradesAreRefusedAsTheNativeSdkRefusesThem() throws Exception {
    expectFailure(
        p -> p.upgradeWith("Upgrade: websocket\r\nConnection: keep-alive, Upgrade"), "connection");
    expectFailure(p -> p.upgradeWith("Upgrade: h2c\r\nConnection: Upgrade"), "upgrade");
    expectFailure(p -> p.upgrade("Sec-WebSocket-Extensions: permessage-deflate"), "extension");
    var lines =
        List.of(
            "HTTP/1.1 101 X",
            "Upgrade: websocket",
            "Connection: upgrade",
            "Sec-WebSocket-Accept: x");
    expectFailure(p -> p.raw(bytes(String.join("\r\n", lines) + "\r\n\r\n")), "Accept");
    expectFailure(p -> p.raw(bytes("hello\r\n\r\n")), "not an HTTP answer");
  }

  @Test
  void brokenFramesEndInAnIoException() throws Exception {
    expectBroken(p -> p.frame(0x80, bytes("x")), "out of order");
    expectBroken(p -> p.frame(0x01, bytes("x")).frame(0x81, bytes("y")), "out of order");
    expectBroken(p -> p.frame(0x83, bytes("x")), "unknown opcode");
    expectBroken(p -> p.raw(new byte[] {(byte) 0x82, (byte) 0x81, 0, 0, 0, 0, 1}), "masked");
    expectBroken(p -> p.frame(0x82, new byte[MAX_BYTES + 1]), "over the limit");
    expectBroken(
        p -> p.frame(0x02, new byte[MAX_BYTES]).frame(0x80, new byte[1]), "over the limit");
    expectBroken(
        p -> p.raw(new byte[] {(byte) 0x82, 127, -1, -1, -1, -1, -1, -1, -1, -1}),
        "over the limit");
  }

  /** What a test's server does with a connection. */
  private interface Script {
    Object play(FakeWsServer.Peer peer) throws IOException;
  }

  private void expectFailure(Script script, String reason) throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept();
    assertThat(script.play(peer)).isNotNull();
    assertThatThrownBy(connecting::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  private void expectBroken(Script script, String reason) throws Exception {
    Future<WebSocketClient> connecting = connect("/");
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (WebSocketClient client = connecting.get()) {
      CompletableFuture<Void> played = run(() -> script.play(peer));
      assertThatThrownBy(client::read).isInstanceOf(IOException.class).hasMessageContaining(reason);
      peer.close();
      assertThat(played.handle((_, _) -> true).get()).isTrue();
    }
  }

  private Future<WebSocketClient> connect(String path) {
    URI address = URI.create(server.address() + path);
    FutureTask<WebSocketClient> task =
        new FutureTask<>(() -> WebSocketClient.connect(address, Duration.ofSeconds(10), MAX_BYTES));
    Thread.ofVirtual().start(task);
    return task;
  }

  /** Something that may block or fail. */
  private interface Step {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> run(Step step) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Callable<Boolean> task =
        () -> {
          try {
            step.run();
            return done.complete(null);
          } catch (IOException failed) {
            return done.completeExceptionally(failed);
          }
        };
    Thread.ofVirtual().start(new FutureTask<>(task));
    return done;
  }

  private static byte[] payload(int size) {
    byte[] payload = new byte[size];
    for (int i = 0; i < size; i++) {
      payload[i] = (byte) (i * 31);
    }
    return payload;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
