package im.hongyan.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that what an answer wants done afterwards is done once, when its client has the answer or
 * will never have it.
 */
class AfterwardsTest {
  private static final int HUGE = 10_000_000;

  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private HttpServer server;

  private HttpResponse answer(HttpRequest call) throws InterruptedException {
    asked.add(call.path());
    if (call.path().equals("/wait")) {
      gate.await();
    }
    return HttpResponse.text(200, "text/plain", "z".repeat(Integer.parseInt(call.query())))
        .then(() -> done.add(call.path()));
  }

  @BeforeEach
  void serve() {
    server =
        new HttpServer(
            new HttpServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpMemory(1_000, 2 * HUGE, HUGE + HUGE / 2, 16 << 20),
                Optional.empty(),
                ClientAddresses.ofPeers(),
                100,
                100,
                Duration.ofSeconds(30),
                Compression.DEFAULT),
            new SimpleMeterRegistry(),
            this::answer);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    server.close();
  }

  private RawConnection ask(String target, String headers) throws IOException {
    return new RawConnection(server.port())
        .send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
  }

  private String awaitDone() throws InterruptedException {
    return done.poll(60, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n", "Accept-Encoding: gzip\r\n"})
  void theAnswerIsThereFirst(String headers) throws Exception {
    try (RawConnection client = ask("/now?5", headers)) {
      assertThat(awaitDone()).isEqualTo("/now");
      assertThat(client.hasArrived()).isTrue();
      assertThat(client.answer().status()).isEqualTo(200);
    }
    assertThat(done).isEmpty();
  }

  @Test
  void ofAnAnswerInPiecesTheLastIsWritten() throws Exception {
    try (RawConnection client = ask("/pieces?500000", "")) {
      assertThat(client.answer().body()).hasSize(500_000);
      assertThat(awaitDone()).isEqualTo("/pieces");
    }
  }

  @Test
  void whoLeftBeforeTheAnswerIsNotWaitedFor() throws Exception {
    try (RawConnection client = ask("/wait?5", "")) {
      assertThat(asked.take()).isEqualTo("/wait");
      assertThat(client.hasArrived()).isFalse();
    }
    gate.countDown();
    assertThat(awaitDone()).isEqualTo("/wait");
  }

  @Test
  void whoLeavesWithinAnAnswerIsNotWaitedFor() throws Exception {
    try (RawConnection client = ask("/huge?" + HUGE, "")) {
      Eventually.until("the begin of the answer", client::hasArrived);
      assertThat(done).as("more than sockets take").isEmpty();
    }
    assertThat(awaitDone()).isEqualTo("/huge");
    assertThat(done).isEmpty();
  }

  @Test
  void whatDoesNotFitIsRefusedAndDoneWith() throws Exception {
    try (RawConnection first = ask("/huge?" + HUGE, "");
        RawConnection second = ask("/more?" + HUGE, "")) {
      assertThat(awaitDone()).isNotNull();
      assertThat(first.hasArrived() || second.hasArrived()).isTrue();
      assertThat(done).isEmpty();
    }
    assertThat(awaitDone()).isNotNull();
  }
}
