package im.hongyan.kit.http;

import java.util.Map;

/** Answers requests; called on a virtual thread, one request of a connection at a time. */
@FunctionalInterface
public interface HttpHandler {
  /** The answer; a failure that is thrown becomes an empty 500. */
  HttpResponse handle(HttpRequest call) throws Exception;

  /**
   * Whether to read the body of a request, judged by its headers. Asked where the body did not come
   * along with them, or is to be larger than 64 KiB: never more than that is read before. What was
   * admitted goes to {@link #handle} like any other request. A failure that is thrown becomes an
   * empty 500.
   *
   * @param head the request with an empty body
   */
  default BodyAdmission admit(HttpRequest head) throws Exception {
    return BodyAdmission.ANY;
  }

  /**
   * The answer to what cannot become a call; called on an event loop, must not block.
   *
   * @param status 400, 413 for a body, 414 for a path or 431 for headers that are too long, 417 for
   *     an expectation that is unknown, 503 when bodies or answers fill the memory for them
   */
  default HttpResponse refuse(int status) {
    return new HttpResponse(status, Map.of(), new byte[0]);
  }
}
