package im.hongyan.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.wire.gzip.Gzip;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that the HTTP kernel below rest-account.md 0 bears what clients do to it: requests in one
 * packet or in many, too large, too slow, too many, forged, and in flight when it stops.
 */
class HttpServerTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final BlockingQueue<HttpRequest> calls = new LinkedBlockingQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private Compression compression = Compression.DEFAULT;
  private @Nullable HttpServer server;

  private int serve(String proxies, int most, Duration requestTimeout) {
    Settings settings =
        Settings.load(Path.of("none.yml"), Map.of(), Map.of("a.trustedProxies", proxies));
    HttpServer serving =
        new HttpServer(
            new HttpServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                HttpMemory.small(1_000),
                Optional.empty(),
                ClientAddresses.from(settings, "a"),
                most,
                1,
                requestTimeout,
                compression),
            meters,
            this::answer);
    server = serving;
    return serving.port();
  }

  private int serve() {
    return serve("", 100, Duration.ofSeconds(30));
  }

  private HttpResponse answer(HttpRequest call) throws InterruptedException {
    calls.add(call);
    if (call.path().equals("/wait")) {
      gate.await();
    }
    int length = call.path().equals("/long") ? 5_000 : 0;
    return HttpResponse.text(
        200,
        "text/plain",
        call.method() + " " + call.path() + " " + call.query() + "x".repeat(length));
  }

  @AfterEach
  void stop() {
    gate.countDown();
    if (server != null) {
      server.close();
    }
  }

  private static String get(String path, String... headers) {
    StringBuilder lines = new StringBuilder();
    for (String header : headers) {
      lines.append(header).append("\r\n");
    }
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
  }

  @Test
  void requestsInOnePacketAreAnsweredInTheirOrder() throws Exception {
    int port = serve();
    try (RawConnection client = new RawConnection(port);
        RawConnection other = new RawConnection(port)) {
      String half = "/third HTTP/1.1\r\nHo";
      client.send(get("/wait") + get("/second?a=b&c") + "GET " + half);
      assertThat(calls.take().path()).isEqualTo("/wait");
      // Whatever the one event loop handed on before this call has reached the handler by now.
      other.send(get("/other")).answer();
      assertThat(calls).extracting(HttpRequest::path).containsExactly("/other");
      gate.countDown();
      assertThat(client.answer().body()).isEqualTo("GET /wait ");
      assertThat(client.answer().body()).isEqualTo("GET /second a=b&c");
      client.send("st: x\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("GET /third ");
    }
  }

  @Test
  void aBodyOverTheLimitIsRefusedAndSoIsOneThatIsOnlyAnnounced() throws IOException {
    int port = serve();
    try (RawConnection fits = new RawConnection(port)) {
      String body = "y".repeat(1_000);
      fits.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + body);
      assertThat(fits.answer().status()).isEqualTo(200);
      fits.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + body + "y");
      assertThat(fits.answer().status()).isEqualTo(413);
      assertThat(fits.endsSilently()).isTrue();
    }
    try (RawConnection chunks = new RawConnection(port)) {
      chunks.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      chunks.send("258\r\n" + "y".repeat(600) + "\r\n258\r\n" + "y".repeat(600) + "\r\n");
      assertThat(chunks.answer().status()).isEqualTo(413);
    }
    try (RawConnection announced = new RawConnection(port)) {
      String expect = "Expect: 100-continue\r\n\r\n";
      announced.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n" + expect);
      assertThat(announced.answer().status()).isEqualTo(413);
    }
    try (RawConnection announced = new RawConnection(port)) {
      String expect = "Expect: 100-continue\r\n\r\n";
      announced.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" + expect);
      assertThat(announced.answer().status()).isEqualTo(100);
      announced.send("yy");
      assertThat(announced.answer().status()).isEqualTo(200);
    }
    assertThat(calls).hasSize(2);
  }

  @Test
  void headersAreBounded() throws IOException {
    int port = serve();
    try (RawConnection line = new RawConnection(port)) {
      assertThat(line.send(get("/" + "p".repeat(17_000))).answer().status()).isEqualTo(414);
    }
    try (RawConnection headers = new RawConnection(port)) {
      assertThat(headers.send(get("/", "A: " + "b".repeat(17_000))).answer().status())
          .isEqualTo(431);
    }
    try (RawConnection headers = new RawConnection(port)) {
      String many = "A: " + "b".repeat(1_000) + "\r\n";
      assertThat(headers.send(get("/", many.repeat(300).strip())).answer().status()).isEqualTo(431);
    }
    try (RawConnection headers = new RawConnection(port)) {
      String most = "a:\r\n".repeat(RequestDecoder.MAX_HEADERS - 1);
      assertThat(headers.send(get("/", most.strip())).answer().status()).isEqualTo(200);
      assertThat(headers.send(get("/", most + "a:")).answer().status()).isEqualTo(431);
    }
    try (RawConnection begun = new RawConnection(port)) {
      begun.send("GET / HTTP/1.1\r\n" + "a:\r\n".repeat(RequestDecoder.MAX_HEADERS + 2));
      assertThat(begun.answer().status()).isEqualTo(431);
    }
    try (RawConnection trailers = new RawConnection(port)) {
      trailers.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
      trailers.send("a:\r\n".repeat(RequestDecoder.MAX_HEADERS + 2));
      assertThat(trailers.answer().status()).isEqualTo(431);
    }
    try (RawConnection nonsense = new RawConnection(port)) {
      assertThat(nonsense.send("nonsense\r\n\r\n").answer().status()).isEqualTo(400);
    }
  }

  @Test
  void aBodyWithTwoLengthsIsRefusedWithAllThatFollows() throws IOException {
    try (RawConnection smuggled = new RawConnection(serve())) {
      String both = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
      smuggled.send("POST / HTTP/1.1\r\nHost: x\r\n" + both + get("/next"));
      assertThat(smuggled.answer().status()).isEqualTo(400);
      assertThat(smuggled.endsSilently()).isTrue();
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void aRequestThatTricklesIsEnded() throws IOException {
    int port = serve("", 100, Duration.ofMillis(50));
    try (RawConnection headers = new RawConnection(port)) {
      assertThat(headers.send("GET / HTTP/1.1\r\nHos").endsSilently()).isTrue();
    }
    try (RawConnection body = new RawConnection(port)) {
      body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
      assertThat(body.endsSilently()).isTrue();
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void ourOwnWorkDoesNotCountAsSlowness() throws Exception {
    int port = serve("", 100, Duration.ofMillis(50));
    try (RawConnection slow = new RawConnection(port);
        RawConnection measure = new RawConnection(port)) {
      slow.send(get("/wait"));
      calls.take();
      // Ends by the time limit, which has then passed for the first connection too.
      assertThat(measure.send("GET").endsSilently()).isTrue();
      gate.countDown();
      assertThat(slow.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void connectionsOverTheLimitAreClosedAndPlacesComeBack() throws Exception {
    int port = serve("", 2, Duration.ofSeconds(30));
    try (RawConnection first = new RawConnection(port)) {
      first.send(get("/")).answer();
      try (RawConnection second = new RawConnection(port)) {
        second.send(get("/")).answer();
        try (RawConnection third = new RawConnection(port)) {
          assertThat(third.endsSilently()).isTrue();
        }
        assertThat(rejected("http_connections")).isEqualTo(1);
        second.send(get("/last", "Connection: close")).answer();
        assertThat(second.endsSilently()).isTrue();
      }
      try (RawConnection again = new RawConnection(port)) {
        assertThat(again.send(get("/")).answer().status()).isEqualTo(200);
      }
    }
  }

  private double rejected(String limit) {
    return meters.get("limit_rejected").tag("limit", limit).counter().count();
  }

  @Test
  void onlyATrustedProxyMayNameTheClient() throws Exception {
    int port = serve();
    try (RawConnection client = new RawConnection(port)) {
      client.send(get("/", "X-Forwarded-For: 203.0.113.5")).answer();
      assertThat(calls.take().client()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
    }
    stop();
    port = serve("127.0.0.0/8", 100, Duration.ofSeconds(30));
    try (RawConnection proxy = new RawConnection(port)) {
      proxy.send(get("/", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 203.0.113.5")).answer();
      assertThat(calls.take().client()).isEqualTo(InetAddress.ofLiteral("203.0.113.5"));
    }
  }

  /** rest-account.md 0.6. */
  @Test
  void answersOfEverySizeAreZippedForWhoAsksForIt() throws Exception {
    try (RawConnection client = new RawConnection(serve())) {
      String asks = "Accept-Encoding: deflate, gzip";
      for (String plain :
          List.of(
              get("/long", "Accept-Encoding: deflate, br"),
              get("/x.png", asks),
              get("/", asks, "Accept: text/event-stream"),
              get("/", asks, "Connection: Upgrade", "Upgrade: h2c"))) {
        client.send(plain);
        assertThat(client.answer().headers())
            .as(plain)
            .doesNotContainIgnoringCase("content-encoding");
      }
      for (String path : List.of("/", "/long")) {
        RawConnection.Answer zipped = client.send(get(path, asks)).answer();
        assertThat(zipped.headers())
            .containsIgnoringCase("content-encoding: gzip")
            .containsIgnoringCase("vary: accept-encoding");
        assertThat(new String(Gzip.inflate(zipped.bytes(), 10_000), StandardCharsets.UTF_8))
            .startsWith("GET " + path);
      }
    }
  }

  /** rest-account.md 0.6. */
  @Test
  void compressionMayBeSwitchedOffOrChosen() throws Exception {
    String asks = get("/long", "Accept-Encoding: gzip");
    int[] lengths = new int[3];
    for (int number = -1; number <= 2; number++) {
      compression = Compression.of(number);
      try (RawConnection client = new RawConnection(serve())) {
        RawConnection.Answer answer = client.send(asks).answer();
        if (number < 0) {
          assertThat(answer.headers()).doesNotContainIgnoringCase("content-encoding");
        } else {
          assertThat(answer.headers()).containsIgnoringCase("content-encoding: gzip");
          lengths[number] = answer.bytes().length;
        }
      }
      stop();
    }
    assertThat(lengths[1]).as("best").isLessThanOrEqualTo(lengths[0]).isLessThan(lengths[2]);
    assertThatThrownBy(() -> Compression.of(3)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRequestWithoutItsHostOrWithTwoIsRefused() throws IOException {
    int port = serve();
    for (String hosts : List.of("", "Host: a\r\nHost: b\r\n")) {
      try (RawConnection client = new RawConnection(port)) {
        client.send("GET / HTTP/1.1\r\n" + hosts + "\r\n" + get("/next"));
        assertThat(client.answer().status()).as(hosts).isEqualTo(400);
        assertThat(client.endsSilently()).isTrue();
      }
    }
    assertThat(calls).isEmpty();
  }

  /** Who speaks HTTP/1.0 does not know that a connection may stay, nor what a Host is. */
  @Test
  void connectionsStayForHttp11AloneUnlessItSaysOtherwise() throws IOException {
    int port = serve();
    for (String last :
        List.of(
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            get("/", "Connection: close"))) {
      try (RawConnection client = new RawConnection(port)) {
        assertThat(client.send(get("/")).answer().headers())
            .doesNotContainIgnoringCase("connection: close");
        RawConnection.Answer answer = client.send(last).answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).as(last).containsIgnoringCase("connection: close");
        assertThat(client.endsSilently()).isTrue();
      }
    }
  }

  @Test
  void targetsInAbsoluteFormLoseTheirHost() throws Exception {
    int port = serve();
    for (String[] row :
        new String[][] {
          {"http://a.example:80/b/c?d=e", "/b/c", "d=e"},
          {"HTTPS://a.example", "/", ""},
          {"http://a.example?d", "/", "d"},
          {"//a/b", "//a/b", ""},
          {"/b?u=http://c/", "/b", "u=http://c/"},
          {"ftp://a/b", "ftp://a/b", ""},
        }) {
      try (RawConnection client = new RawConnection(port)) {
        client.send(get(row[0])).answer();
        assertThat(calls.take())
            .extracting(HttpRequest::path, HttpRequest::query)
            .containsExactly(row[1], row[2]);
      }
    }
  }

  @Test
  void anUnknownExpectationIsRefused() throws IOException {
    try (RawConnection client = new RawConnection(serve())) {
      assertThat(client.send(get("/", "Expect: tea")).answer().status()).isEqualTo(417);
    }
  }

  @Test
  void closingAnswersWhatIsInFlightAndTakesNothingNew() throws Exception {
    int port = serve();
    try (RawConnection busy = new RawConnection(port);
        RawConnection idle = new RawConnection(port)) {
      idle.send(get("/")).answer();
      calls.clear();
      busy.send(get("/wait"));
      calls.take();
      Thread closing = Thread.ofVirtual().start(this::closeServer);
      assertThat(idle.endsSilently()).isTrue();
      gate.countDown();
      RawConnection.Answer last = busy.answer();
      assertThat(last.body()).isEqualTo("GET /wait ");
      assertThat(last.headers()).containsIgnoringCase("connection: close");
      assertThat(busy.endsSilently()).isTrue();
      closing.join();
    }
    try (Socket late = new Socket()) {
      assertThatThrownBy(
              () -> late.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
          .isInstanceOf(IOException.class);
    }
  }

  private void closeServer() {
    if (server != null) {
      server.close();
    }
  }
}
