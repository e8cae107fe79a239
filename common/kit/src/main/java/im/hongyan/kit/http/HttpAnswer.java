package im.hongyan.kit.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A whole answer. */
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
  /** Copies the headers. */
  public HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** A text. */
  public static HttpAnswer text(int status, String contentType, String body) {
    return new HttpAnswer(
        status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
  }
}
