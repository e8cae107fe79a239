package im.hongyan.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves what unfinished bodies may cost: headers decide whether one is read, all of them stay
 * within budgets that leave room for small ones, and what ends gives its room back. Answers that
 * nobody takes are the same.
 */
class HttpBodiesTest {
  private static final int SMALL = BodyBudget.SMALL_BYTES;
  private static final int MAX_BODY = 300_000;

  private final BlockingQueue<HttpRequest> asked = new LinkedBlockingQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<RawConnection> held = new ArrayList<>();
  private SimpleMeterRegistry meters;
  private HttpServer server;

  /** Answers with the length of the body, or with as many bytes as the query says. */
  private final class Handler implements HttpHandler {
    @Override
    public HttpResponse handle(HttpRequest call) {
      String text =
          call.query().isEmpty()
              ? Integer.toString(call.body().length)
              : "z".repeat(Integer.parseInt(call.query()));
      return HttpResponse.text(200, "text/plain", text);
    }

    @Override
    public BodyAdmission admit(HttpRequest head) throws InterruptedException {
      asked.add(head);
      return switch (head.path()) {
        case "/refused" -> new BodyAdmission.Refused(HttpResponse.text(200, "text/plain", "no"));
        case "/little" -> new BodyAdmission.UpTo(100);
        case "/broken" -> throw new IllegalStateException("as meant by the test");
        case "/waits" -> {
          gate.await();
          yield BodyAdmission.ANY;
        }
        default -> BodyAdmission.ANY;
      };
    }
  }

  @BeforeEach
  void serve() {
    serve(new HttpMemory(MAX_BODY, 1_000_000, 800_000, 16 << 20));
  }

  private void serve(HttpMemory memory) {
    meters = new SimpleMeterRegistry();
    server =
        new HttpServer(
            new HttpServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                memory,
                Optional.empty(),
                ClientAddresses.ofPeers(),
                1_000,
                1_000,
                Duration.ofSeconds(30),
                Compression.DEFAULT),
            meters,
            new Handler());
  }

  @AfterEach
  void stop() throws IOException {
    gate.countDown();
    for (RawConnection connection : held) {
      connection.close();
    }
    server.close();
  }

  private RawConnection connect() throws IOException {
    RawConnection connection = new RawConnection(server.port());
    held.add(connection);
    return connection;
  }

  private static String post(String path, int length, String... headers) {
    StringBuilder lines = new StringBuilder();
    for (String header : headers) {
      lines.append(header).append("\r\n");
    }
    return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(path, length, lines);
  }

  private double budget(String name) {
    return meters.get("budget_bytes").tag("budget", name).gauge().value();
  }

  private void awaitBudget(String name, double bytes) {
    Eventually.until(name + " at " + bytes, () -> budget(name) == bytes);
  }

  /** Whatever the one event loop had read before this call is through afterwards. */
  private void roundTrip() throws IOException {
    try (RawConnection other = new RawConnection(server.port())) {
      assertThat(other.send(post("/", 2) + "yy").answer().body()).isEqualTo("2");
    }
  }

  @Test
  void aRefusalIsAnsweredFromTheHeadersAlone() throws IOException {
    for (int length : new int[] {10, MAX_BODY}) {
      RawConnection client = connect();
      assertThat(client.send(post("/refused", length)).answer().body()).isEqualTo("no");
      assertThat(client.endsSilently()).isTrue();
    }
    RawConnection chunked = connect();
    chunked.send("POST /refused HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(chunked.answer().headers()).containsIgnoringCase("connection: close");
    assertThat(connect().send(post("/broken", 10)).answer().status()).isEqualTo(500);
    assertThat(asked).allSatisfy(head -> assertThat(head.body()).isEmpty());
  }

  @Test
  void aBodyThatComesAlongIsNotAskedFor() throws IOException {
    RawConnection client = connect();
    for (int i = 0; i < 3; i++) {
      assertThat(client.send(post("/refused", 3) + "abc").answer().body()).isEqualTo("3");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void bodiesInPiecesArriveWhole() throws Exception {
    RawConnection client = connect();
    for (int length : new int[] {2, SMALL, SMALL + 1, MAX_BODY}) {
      client.send(post("/", length));
      asked.take();
      client.send("a").send("b".repeat(length - 1));
      assertThat(client.answer().body()).isEqualTo(Integer.toString(length));
    }
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10; i++) {
      client.send("4000\r\n" + "c".repeat(0x4000) + "\r\n");
    }
    assertThat(client.send("0\r\n\r\n").answer().body()).isEqualTo("163840");
    awaitBudget("http_bodies", 0);
    awaitBudget("http_bodies_large", 0);
  }

  @Test
  void whoAsksWhetherToContinueIsAdmittedFirst() throws IOException {
    RawConnection client = connect();
    client.send(post("/", 2, "Expect: 100-continue"));
    assertThat(client.answer().status()).isEqualTo(100);
    assertThat(client.send("yy").answer().body()).isEqualTo("2");
    assertThat(connect().send(post("/refused", 2, "Expect: 100-continue")).answer().body())
        .isEqualTo("no");
  }

  @Test
  void theAdmittedSizeHoldsForBothKindsOfBodies() throws IOException {
    assertThat(connect().send(post("/little", 101)).answer().status()).isEqualTo(413);
    RawConnection chunked = connect();
    chunked.send("POST /little HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(chunked.send("65\r\n" + "c".repeat(0x65)).answer().status()).isEqualTo(413);
    assertThat(connect().send(post("/little", 101) + "d".repeat(101)).answer().status())
        .as("a small body that came along is here already")
        .isEqualTo(200);
  }

  @Test
  void nothingBeyondSmallBodiesIsReadBeforeTheAdmission() throws Exception {
    RawConnection client = connect();
    client.send(post("/waits", MAX_BODY));
    asked.take();
    Thread sending = Thread.ofVirtual().start(() -> sendAll(client, MAX_BODY));
    Eventually.until("the first part", () -> budget("http_bodies") > 0);
    roundTrip();
    roundTrip();
    assertThat(budget("http_bodies")).isLessThanOrEqualTo(SMALL + 8_192);
    gate.countDown();
    assertThat(client.answer().body()).isEqualTo(Integer.toString(MAX_BODY));
    sending.join();
  }

  private static void sendAll(RawConnection client, int length) {
    try {
      client.send("e".repeat(length));
    } catch (IOException ended) {
      throw new AssertionError(ended);
    }
  }

  @Test
  void heldBodiesFillTheirShareAndLeaveRoomForSmallOnes() throws IOException {
    for (int i = 0; i < 2; i++) {
      connect().send(post("/", MAX_BODY)).send("f".repeat(250_000));
      awaitBudget("http_bodies_large", (i + 1) * 250_000);
    }
    RawConnection third = connect();
    third.send(post("/", MAX_BODY)).send("f".repeat(250_000));
    assertThat(third.answer().status()).isEqualTo(503);
    assertThat(third.endsSilently()).isTrue();
    assertThat(meters.get("budget_rejected").tag("budget", "http_bodies_large").counter().count())
        .isEqualTo(1);
    roundTrip();
    stop();
    awaitBudget("http_bodies", 0);
    awaitBudget("http_bodies_large", 0);
  }

  @Test
  void heldSmallBodiesAreBoundedAsWell() throws IOException {
    int most = 800_000 / 50_000;
    for (int i = 0; i < most; i++) {
      connect().send(post("/", 60_000)).send("g".repeat(50_000));
      awaitBudget("http_bodies", (i + 1) * 50_000);
    }
    assertThat(connect().send(post("/", 60_000)).send("g".repeat(50_000)).answer().status())
        .isEqualTo(503);
    held.getFirst().close();
    awaitBudget("http_bodies", (most - 1) * 50_000);
    roundTrip();
  }

  @Test
  void largeAnswersComeWholeAndThoseThatNobodyTakesAreBounded() throws IOException {
    RawConnection reads = connect();
    for (int length : new int[] {SMALL, SMALL + 1, 500_000, 3}) {
      String wanted = "GET /?" + length + " HTTP/1.1\r\nHost: x\r\n\r\n";
      assertThat(reads.send(wanted).answer().body()).hasSize(length).matches("z+");
    }
    stop();
    // More than the buffers of both sockets take; the room is held until the client is gone.
    serve(new HttpMemory(MAX_BODY, 20_000_000, 15_000_000, 16 << 20));
    String much = "GET /?10000000 HTTP/1.1\r\nHost: x\r\n\r\n";
    RawConnection idle = connect().send(much);
    awaitBudget("http_answers_large", 10_000_000);
    assertThat(connect().send(much).answer().status()).isEqualTo(503);
    roundTrip();
    idle.close();
    awaitBudget("http_answers", 0);
    awaitBudget("http_answers_large", 0);
  }
}
