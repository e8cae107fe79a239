package im.hongyan.kit.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A whole answer.
 *
 * @param afterwards what the server does, on the connection's event loop and without blocking, once
 *     the answer was written to the socket, or could not be
 */
public record HttpResponse(
    int status, Map<String, String> headers, byte[] body, Runnable afterwards) {
  /** Copies the headers. */
  public HttpResponse {
    headers = Map.copyOf(headers);
  }

  /** An answer after which nothing is to do. */
  public HttpResponse(int status, Map<String, String> headers, byte[] body) {
    this(status, headers, body, () -> {});
  }

  /** The same answer, with something to do afterwards. */
  public HttpResponse then(Runnable action) {
    return new HttpResponse(status, headers, body, action);
  }

  /** A text. */
  public static HttpResponse text(int status, String contentType, String body) {
    return new HttpResponse(
        status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
  }
}
