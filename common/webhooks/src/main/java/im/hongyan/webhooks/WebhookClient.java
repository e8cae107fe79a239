package im.hongyan.webhooks;

import com.google.protobuf.Message;
import im.hongyan.wire.json.GoJsonWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts JSON to an operator's URL. A status of 200 to 299 is success; redirects are not followed,
 * and answers not read beyond their status. Safe for use by several threads; its creator closes it.
 */
public final class WebhookClient implements AutoCloseable {
  private static final int MOST_ANSWER_BYTES = 1 << 16;

  private final HttpClient client;

  /**
   * Creates a client.
   *
   * @param name of its threads
   * @param connectTimeout for a new connection
   */
  public WebhookClient(String name, Duration connectTimeout) {
    ThreadFactory threads = Thread.ofVirtual().name(name + "-", 0).factory();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .executor(task -> threads.newThread(task).start())
            .build();
  }

  /**
   * Posts a body and waits for the status.
   *
   * @param timeout for the whole exchange
   * @return what went wrong, a verb first; empty when nothing did
   */
  public String post(URI url, String operationId, Message body, Duration timeout) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("operationID", printable(operationId))
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(GoJsonWriter.toBytes(body)))
            .build();
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.discarding(), MOST_ANSWER_BYTES));
    try {
      int status = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return status >= 200 && status < 300 ? "" : "answers " + status;
    } catch (TimeoutException e) {
      // The client's own time-out ends with the headers; this one bounds the body as well.
      answer.cancel(true);
      return "gives no answer within " + timeout.toMillis() + " ms";
    } catch (ExecutionException e) {
      return "fails: " + e.getCause();
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return "is interrupted";
    }
  }

  /** Clients choose the id, headers take printable ASCII; the body has it unchanged. */
  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "_");
  }

  /** A text as UTF-8 can carry it: clients may send half a character. */
  public static String whole(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
