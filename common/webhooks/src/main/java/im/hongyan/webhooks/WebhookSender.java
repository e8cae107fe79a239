package im.hongyan.webhooks;

import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.logging.RareLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private static final int MOST_ANSWER_BYTES = 1 << 16;
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final URI url;
  private final MeterRegistry meters;
  private final ConcurrencyLimit waiting;
  private final RareLog drops = new RareLog();
  private final RareLog failures = new RareLog();
  private final HttpClient client;
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
      Supplier<byte[]> body) {}

  /**
   * Creates a sender.
   *
   * @param most requests that wait or are under way at once
   */
  WebhookSender(URI url, int most, MeterRegistry meters) {
    this.url = url;
    this.meters = meters;
    waiting = new ConcurrencyLimit("webhooks", most, meters);
    ThreadFactory threads = Thread.ofVirtual().name("webhook-", 0).factory();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(task -> threads.newThread(task).start())
            .build();
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
      trouble = exchange(request);
    } catch (RuntimeException e) {
      // The root of this task: the lane goes on.
      trouble = e.toString();
    }
    count(request, trouble.isEmpty() ? "sent" : "failed");
    if (!trouble.isEmpty() && failures.due(System.nanoTime())) {
      LOG.warn("webhook {} failed: {}; logged once a minute", request.command(), trouble);
    }
  }

  /** What went wrong; empty when nothing did. */
  private String exchange(WebhookRequest request) {
    HttpRequest call =
        HttpRequest.newBuilder(URI.create(url + "/" + request.command()))
            .header("operationID", printable(request.operationId()))
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.body().get()))
            .build();
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(call, BodyHandlers.limiting(BodyHandlers.discarding(), MOST_ANSWER_BYTES));
    try {
      int status = answer.get(request.timeout().toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return status >= 200 && status < 300 ? "" : "status " + status;
    } catch (TimeoutException e) {
      // The client's own time-out ends with the headers; this one bounds the body as well.
      answer.cancel(true);
      return "no answer within " + request.timeout().toMillis() + " ms";
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return "stopped";
    }
  }

  /** Clients choose the id, headers take printable ASCII; the body has it unchanged. */
  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "_");
  }

  private void count(WebhookRequest request, String outcome) {
    meters.counter("webhook_total", "command", request.command(), "outcome", outcome).increment();
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
    client.shutdownNow();
  }
}
