package im.hongyan.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.gzip.Gzip;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves what requests may cost that never come to their end: heads, trailers, chunks of a byte and
 * requests behind one that is being answered are counted at what they hold, within the budget of
 * unfinished requests, and keep no buffer of a socket.
 */
class UnfinishedRequestsTest {
  private static final int BUFFERS = 1 << 20;
  private static final int MAX_BODY = 200_000;
  private static final int PER_ADDRESS = 400_000;
  private static final String BEGIN = "POST / HTTP/1.1\r\nHost: x\r\n";

  /** Headers that hold more than twice their bytes. */
  private static final String HEADERS = ("a: " + "b".repeat(100) + "\r\n").repeat(90);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<RawConnection> held = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void serve() {
    server =
        new HttpServer(
            new HttpServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpMemory(MAX_BODY, 1_000_000, PER_ADDRESS, BUFFERS),
                Optional.empty(),
                ClientAddresses.ofPeers(),
                1_000,
                1_000,
                Duration.ofSeconds(30),
                Compression.DEFAULT),
            meters,
            new Handler());
  }

  /** Answers with the length of the body; waits where the path says so. */
  private final class Handler implements HttpHandler {
    @Override
    public HttpResponse handle(HttpRequest call) throws InterruptedException {
      if (call.path().equals("/wait")) {
        gate.await();
      }
      return HttpResponse.text(200, "text/plain", call.path() + call.body().length);
    }

    @Override
    public BodyAdmission admit(HttpRequest head) {
      return head.path().equals("/refused")
          ? new BodyAdmission.Refused(HttpResponse.text(404, "text/plain", "no"))
          : BodyAdmission.ANY;
    }
  }

  @AfterEach
  void stop() throws IOException {
    gate.countDown();
    release();
    server.close();
  }

  private void release() throws IOException {
    for (RawConnection connection : held) {
      connection.close();
    }
  }

  private RawConnection connect(String text) throws IOException {
    RawConnection connection = new RawConnection(server.port());
    held.add(connection);
    return connection.send(text);
  }

  private double budget() {
    return meters.get("budget_bytes").tag("budget", "http_bodies").gauge().value();
  }

  private void assertServed() throws IOException {
    try (RawConnection other = new RawConnection(server.port())) {
      assertThat(other.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").answer().body()).isEqualTo("/x0");
    }
  }

  private double rejected(String meter, String key, String value) {
    return meters.get(meter).tag(key, value).counter().count();
  }

  /** Connects until the budget refuses one; how many were held. */
  private int fill(String text) throws IOException {
    for (int i = 0; i < 1_000; i++) {
      double before = budget();
      RawConnection next = connect(text);
      Eventually.until(
          "held or refused",
          () -> budget() > before || rejected("budget_rejected", "budget", "http_bodies") > 0);
      if (rejected("budget_rejected", "budget", "http_bodies") > 0) {
        assertThat(next.answer().status()).isEqualTo(503);
        return i;
      }
    }
    throw new AssertionError("never refused");
  }

  @Test
  void headsThatAreNotFinishedCountAtWhatTheyHold() throws IOException {
    String begun = BEGIN + HEADERS;
    assertThat(fill(begun)).isLessThan(PER_ADDRESS / (2 * begun.length()));
    assertServed();
    release();
    Eventually.until("nothing is held", () -> budget() == 0);
  }

  @Test
  void trailersThatAreNotFinishedCount() throws IOException {
    String trailers = "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + HEADERS;
    assertThat(fill(BEGIN + trailers)).isLessThan(PER_ADDRESS / (2 * HEADERS.length()));
    assertServed();
  }

  @Test
  void headsOfUnfinishedBodiesCount() throws IOException {
    String begun = BEGIN + HEADERS + "Content-Length: 10\r\n\r\n";
    assertThat(fill(begun)).isLessThan(PER_ADDRESS / (2 * HEADERS.length()));
    assertServed();
  }

  @Test
  void aFewHeadersAreNotCounted() throws IOException {
    connect(BEGIN + "a: b\r\n".repeat(5)).send("a");
    assertServed();
    assertThat(budget()).isZero();
  }

  @Test
  void requestsBehindOneThatIsBeingAnsweredWaitAsBytes() throws IOException {
    String next = "GET /y HTTP/1.1\r\nHost: x\r\n\r\n";
    RawConnection first = connect("");
    // Makes reads larger.
    for (int i = 0; i < 3; i++) {
      String body = "c".repeat(60_000);
      first.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + body);
      assertThat(first.answer().body()).isEqualTo("/60000");
    }
    first.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n" + next.repeat(300));
    int all = 300 * next.length();
    Eventually.until("the rest waits", () -> budget() > 0);
    assertServed();
    assertThat(budget()).isLessThanOrEqualTo(all);
    gate.countDown();
    assertThat(first.answer().body()).isEqualTo("/wait0");
    for (int i = 0; i < 300; i++) {
      assertThat(first.answer().body()).isEqualTo("/y0");
    }
    Eventually.until("nothing waits", () -> budget() == 0);
  }

  /** Each leaves a piece of its last read, whose buffer is many times as large. */
  @Test
  void whatIsLeftOfReadsKeepsNoBuffers() throws IOException {
    String begun = "GET / HTTP/1.1\r\nHost: x\r\n";
    String whole = begun + "\r\n";
    for (int i = 0; i < 100; i++) {
      // Answers make reads larger; what is held then is a part of a header.
      RawConnection client = connect(whole.repeat(500) + begun + "a: ");
      for (int answers = 0; answers < 500; answers++) {
        client.answer();
      }
    }
    assertServed();
    assertThat(rejected("edge_buffer_rejected", "edge", "http")).isZero();
  }

  @Test
  void tinyChunksCountAtWhatTheirReadingCosts() throws IOException {
    String chunked = "Transfer-Encoding: chunked\r\n\r\n";
    String chunk = "1\r\n \r\n";
    RawConnection few = connect(BEGIN + chunked + chunk.repeat(500));
    Eventually.until("all is read", () -> budget() == 500 * 256);
    assertThat(few.send("0\r\n\r\n").answer().body()).isEqualTo("/500");
    RawConnection many = connect(BEGIN + chunked + chunk.repeat(MAX_BODY / 256 + 1));
    assertThat(many.answer().status()).isEqualTo(413);
  }

  /** rest-account.md 0.6. */
  @Test
  void refusalsAreZippedForWhoAsksForIt() throws Exception {
    String asks = "Accept-Encoding: gzip\r\nContent-Length: 10\r\n\r\n";
    RawConnection.Answer answer = connect("POST /refused HTTP/1.1\r\nHost: x\r\n" + asks).answer();
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers()).containsIgnoringCase("content-encoding: gzip");
    assertThat(new String(Gzip.inflate(answer.bytes(), 100), StandardCharsets.UTF_8))
        .isEqualTo("no");
  }
}
