package im.hongyan.kit.http;

import im.hongyan.wire.gzip.Gzip;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Gzip for who asks for it, whatever the answer's size (rest-account.md 0.6). Stateless; called on
 * the threads of handlers, since it takes time.
 */
final class ContentCoding {
  /** These are compressed already. */
  private static final List<String> IMAGES = List.of(".png", ".gif", ".jpeg", ".jpg");

  private ContentCoding() {}

  /** The answer as its request wants it. */
  static HttpResponse apply(HttpRequest call, HttpResponse answer, Compression compression) {
    if (compression == Compression.NONE || answer.body().length == 0 || !wantsGzip(call)) {
      return answer;
    }
    Map<String, String> headers = new HashMap<>(answer.headers());
    headers.put("Content-Encoding", "gzip");
    headers.put("Vary", "Accept-Encoding");
    byte[] compressed = Gzip.compress(answer.body(), compression.level());
    return new HttpResponse(answer.status(), headers, compressed).then(answer.afterwards());
  }

  private static boolean wantsGzip(HttpRequest call) {
    return call.header("Accept-Encoding").contains("gzip")
        && !call.header("Connection").toLowerCase(Locale.ROOT).contains("upgrade")
        && !call.header("Accept").contains("text/event-stream")
        && IMAGES.stream().noneMatch(call.path()::endsWith);
  }
}
