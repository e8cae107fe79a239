package im.hongyan.kit.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A whole answer. */
public record HttpResponse(int status, Map<String, String> headers, byte[] body) {
  /** Copies the headers. */
  public HttpResponse {
    headers = Map.copyOf(headers);
  }

  /** A text. */
  public static HttpResponse text(int status, String contentType, String body) {
    return new HttpResponse(
        status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
  }
}
