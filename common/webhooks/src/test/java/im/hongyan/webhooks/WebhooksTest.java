package im.hongyan.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves what an operator's code hears of users' connections (websocket.md 7.7, rest-account.md
 * 0.14), and that its being slow, dead or hostile costs nobody anything.
 */
class WebhooksTest {
  private static final UserEvent.Online ONLINE =
      new UserEvent.Online("op\n鸿\ud800", 5, "u\"1", 1_700_000_000_123L, true, "c1");

  private record Received(String path, String operationId, String contentType, String body) {}

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable HttpServer server;
  private volatile int status = 200;
  private volatile boolean closed;

  @BeforeEach
  void listen() throws IOException {
    HttpServer listening =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listening.setExecutor(threads);
    listening.createContext("/", this::answer);
    listening.start();
    server = listening;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    received.add(
        new Received(
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders().getFirst("operationID"),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            body));
    if (closed) {
      awaitGate();
    }
    exchange.getResponseHeaders().set("Location", "/elsewhere");
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private void awaitGate() {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    gate.countDown();
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }

  private Webhooks hooks(int port, String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("webhooks.url", "http://127.0.0.1:" + port + "/hook/");
    for (String name : List.of("afterUserOnline", "afterUserOffline", "afterUserKickOff")) {
      settings.put("webhooks." + name + ".enable", "true");
    }
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return new Webhooks(() -> config(settings), meters);
  }

  private static WebhookConfig config(Map<String, String> settings) {
    return WebhookConfig.from(Settings.load(Path.of("none.yml"), Map.of(), settings));
  }

  private int port() {
    return Objects.requireNonNull(server).getAddress().getPort();
  }

  private Received next() throws InterruptedException {
    Received next = received.poll(60, TimeUnit.SECONDS);
    return Objects.requireNonNull(next, "nothing was posted");
  }

  private double count(String outcome) {
    return meters.find("webhook").tag("outcome", outcome).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @Test
  void eachEventIsPostedWithItsKeys() throws InterruptedException {
    try (Webhooks hooks = hooks(port())) {
      hooks.post(ONLINE);
      assertThat(next())
          .isEqualTo(
              new Received(
                  "/hook/callbackAfterUserOnlineCommand",
                  "op___",
                  "application/json; charset=utf-8",
                  "{\"callbackCommand\":\"callbackAfterUserOnlineCommand\","
                      + "\"operationID\":\"op\\n鸿?\",\"platformID\":5,\"platform\":\"Web\","
                      + "\"userID\":\"u\\\"1\",\"seq\":1700000000123,"
                      + "\"isAppBackground\":true,\"connID\":\"c1\"}"));
      hooks.post(new UserEvent.Offline("op2", 1, "u2", 5, "c2"));
      assertThat(next())
          .isEqualTo(
              new Received(
                  "/hook/callbackAfterUserOfflineCommand",
                  "op2",
                  "application/json; charset=utf-8",
                  "{\"callbackCommand\":\"callbackAfterUserOfflineCommand\","
                      + "\"operationID\":\"op2\",\"platformID\":1,\"platform\":\"IOS\","
                      + "\"userID\":\"u2\",\"seq\":5,\"connID\":\"c2\"}"));
      hooks.post(new UserEvent.KickOff("op3", 2, "u3", 6));
      assertThat(next().body())
          .isEqualTo(
              "{\"callbackCommand\":\"callbackAfterUserKickOffCommand\","
                  + "\"operationID\":\"op3\",\"platformID\":2,\"platform\":\"Android\","
                  + "\"userID\":\"u3\",\"seq\":6}");
    }
    assertThat(count("sent")).isEqualTo(3);
  }

  @Test
  void nothingIsPostedUnlessItIsEnabled() {
    try (Webhooks off = new Webhooks(() -> config(Map.of()), meters);
        Webhooks one = hooks(port(), "webhooks.afterUserOnline.enable", "false")) {
      off.post(ONLINE);
      one.post(ONLINE);
    }
    assertThat(received).isEmpty();
    assertThat(meters.find("webhook").counters()).isEmpty();
  }

  @Test
  void eventsOfOneUserKeepTheirOrder() throws InterruptedException {
    try (Webhooks hooks = hooks(port())) {
      for (int i = 0; i < 200; i++) {
        hooks.post(new UserEvent.KickOff("op" + i, 1, "same", i));
      }
      for (int i = 0; i < 200; i++) {
        assertThat(next().operationId()).isEqualTo("op" + i);
      }
    }
  }

  @Test
  void closingDeliversWhatWaits() {
    try (Webhooks hooks = hooks(port())) {
      for (int i = 0; i < 50; i++) {
        hooks.post(new UserEvent.KickOff("op", 1, "u" + i, i));
      }
    }
    assertThat(received).hasSize(50);
  }

  @Test
  void aDeadEndpointOnlyCounts() throws IOException {
    int dead;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = socket.getLocalPort();
    }
    try (Webhooks hooks = hooks(dead)) {
      hooks.post(ONLINE);
    }
    assertThat(count("failed")).isEqualTo(1);
  }

  @Test
  void anEndpointThatDoesNotAnswerIsGivenUp() {
    closed = true;
    try (Webhooks hooks = hooks(port(), "webhooks.afterUserOnline.timeout", "50ms")) {
      hooks.post(ONLINE);
    }
    assertThat(count("failed")).isEqualTo(1);
  }

  @Test
  void aLetterThatCannotBeWrittenKeepsNoOther() throws InterruptedException {
    try (WebhookSender sender =
        new WebhookSender(() -> URI.create("http://127.0.0.1:" + port()), 1, meters)) {
      sender.send(
          new WebhookSender.WebhookRequest(
              "c",
              "op",
              "u",
              Duration.ofSeconds(60),
              () -> {
                throw new IllegalStateException("no body");
              }));
    }
    assertThat(count("failed")).isEqualTo(1);
    assertThat(meters.get("limit_active").gauge().value()).isZero();
  }

  @Test
  void aRedirectIsNotFollowed() {
    status = 307;
    try (Webhooks hooks = hooks(port())) {
      hooks.post(ONLINE);
    }
    assertThat(received)
        .extracting(Received::path)
        .containsExactly("/hook/callbackAfterUserOnlineCommand");
    assertThat(count("failed")).isEqualTo(1);
  }

  @Test
  void aFullQueueDropsAndCounts() {
    closed = true;
    URI url = URI.create("http://127.0.0.1:" + port());
    try (WebhookSender sender = new WebhookSender(() -> url, 20, meters)) {
      for (int i = 0; i < 27; i++) {
        sender.send(
            new WebhookSender.WebhookRequest(
                "c",
                "op",
                "u" + i % 3,
                Duration.ofSeconds(60),
                () -> im.hongyan.proto.webhook.UserKickOff.getDefaultInstance()));
      }
      assertThat(count("dropped")).isEqualTo(7);
      assertThat(meters.get("limit_rejected").counter().count()).isEqualTo(7);
      gate.countDown();
    }
    assertThat(count("sent")).isEqualTo(20);
  }

  @Test
  void onlyPlainHttpUrlsAreTaken() {
    Stream.of("ftp://a/b", "file:///etc", "a b", "//host/x", "http://u:p@h/", "https://h/?a=b", "")
        .forEach(url ->
            assertThatThrownBy(() -> config(Map.of("webhooks.url", url)))
                .as(url)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("webhooks.url must be"));
    assertThatThrownBy(() -> config(Map.of("webhooks.afterUserOnline.timeout", "0s")))
        .isInstanceOf(ConfigException.class);
  }
}
