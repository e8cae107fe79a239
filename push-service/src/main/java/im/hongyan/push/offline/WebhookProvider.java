package im.hongyan.push.offline;

import im.hongyan.wire.error.ImException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Posts each notice as JSON to a URL of the operator, which brings it to the devices. A status of
 * 200 to 299 takes the notice. Redirects are not followed, and answers not read beyond their
 * status. Safe for use by several threads.
 */
final class WebhookProvider implements OfflineProvider {
  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final int MOST_ANSWER_BYTES = 1 << 16;

  private final URI url;
  private final Duration timeout;
  private final HttpClient client;

  /**
   * Creates a provider.
   *
   * @param timeout for the whole exchange
   */
  WebhookProvider(URI url, Duration timeout) {
    this.url = url;
    this.timeout = timeout;
    ThreadFactory threads = Thread.ofVirtual().name("offline-webhook-", 0).factory();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(task -> threads.newThread(task).start())
            .build();
  }

  @Override
  public void send(OfflineNotice notice) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("operationID", notice.operationId().replaceAll("[^\\x20-\\x7e]", "_"))
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body(notice)))
            .build();
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.discarding(), MOST_ANSWER_BYTES));
    try {
      int status = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      if (status < 200 || status > 299) {
        throw ImException.internal("the webhook answers " + status, null);
      }
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw ImException.internal("no answer within " + timeout.toMillis() + " ms", null);
    } catch (ExecutionException e) {
      throw ImException.internal("the webhook fails: " + e.getCause(), null);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw ImException.internal("interrupted", e);
    }
  }

  private static byte[] body(OfflineNotice notice) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeName("userIDs");
      json.writeStartArray();
      notice.userIds().forEach(json::writeString);
      json.writeEndArray();
      json.writeStringProperty("title", whole(notice.title()));
      json.writeStringProperty("content", whole(notice.content()));
      json.writeStringProperty("ex", whole(notice.ex()));
      json.writeStringProperty("iOSPushSound", whole(notice.sound()));
      json.writeBooleanProperty("iOSBadgeCount", notice.badge());
      json.writeStringProperty("clientMsgID", whole(notice.clientMsgId()));
      json.writeStringProperty("operationID", whole(notice.operationId()));
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /** Clients may send half a character, which is no UTF-8. */
  private static String whole(String text) {
    return new String(
        text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
