package im.hongyan.webhooks;

import com.google.protobuf.Message;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.logging.RareLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts JSON to one URL, a bounded number at once and with a bounded number waiting. What has the
 * same order key is posted one after the other. Redirects are not followed; answers are not read
 * beyond their status. Safe for use by several threads; its creator closes it.
 */
final class WebhookSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
  private static final int LANES = 16;
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Supplier<URI> url;
  private final MeterRegistry meters;
  private final ConcurrencyLimit waiting;
  private final RareLog drops = new RareLog();
  private final RareLog failures = new RareLog();
  private final WebhookClient client;
  private final List<ExecutorService> lanes;

  /**
   * Something to post.
   *
   * @param command last part of the URL
   * @param orderKey requests with the same one keep their order
   * @param timeout for the whole exchange
   * @param body made only when its turn comes
   */
  record WebhookRequest(
      String command,
      String operationId,
      String orderKey,
      Duration timeout,
      Supplier<Message> body) {}

  /**
   * Creates a sender.
   *
   * @param url of the moment
   * @param most requests that wait or are under way at once
   */
  WebhookSender(Supplier<URI> url, int most, MeterRegistry meters) {
    this.url = url;
    this.meters = meters;
    waiting = new ConcurrencyLimit("webhooks", most, meters);
    ThreadFactory threads = Thread.ofVirtual().name("webhook-", 0).factory();
    client = new WebhookClient("webhook-call", CONNECT);
    lanes = Stream.generate(() -> Executors.newSingleThreadExecutor(threads)).limit(LANES).toList();
  }

  /** Takes a request to post it later; drops it where too many wait. */
  void send(WebhookRequest request) {
    if (!waiting.enter()) {
      drop(request);
      return;
    }
    try {
      lanes
          .get(Math.floorMod(request.orderKey().hashCode(), LANES))
          .execute(() -> {
            try {
              post(request);
            } finally {
              waiting.leave();
            }
          });
    } catch (RejectedExecutionException e) {
      waiting.leave();
      drop(request);
    }
  }

  private void drop(WebhookRequest request) {
    count(request, "dropped");
    if (drops.due(System.nanoTime())) {
      LOG.warn("webhooks: too many wait, {} is dropped; logged once a minute", request.command());
    }
  }

  private void post(WebhookRequest request) {
    String trouble;
    try {
      trouble =
          client.post(
              URI.create(url.get() + "/" + request.command()),
              request.operationId(),
              request.body().get(),
              request.timeout());
    } catch (RuntimeException e) {
      // The root of this task: the lane goes on.
      trouble = "fails: " + e;
    }
    count(request, trouble.isEmpty() ? "sent" : "failed");
    if (!trouble.isEmpty() && failures.due(System.nanoTime())) {
      LOG.warn("webhook {} {}; logged once a minute", request.command(), trouble);
    }
  }

  private void count(WebhookRequest request, String outcome) {
    meters.counter("webhook", "command", request.command(), "outcome", outcome).increment();
  }

  @Override
  public void close() {
    lanes.forEach(ExecutorService::shutdown);
    long deadline = System.nanoTime() + CLOSE_NANOS;
    try {
      for (ExecutorService lane : lanes) {
        if (!lane.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          LOG.warn("webhooks: what waits is dropped, the other end is too slow");
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lanes.forEach(ExecutorService::shutdownNow);
    client.close();
  }
}
