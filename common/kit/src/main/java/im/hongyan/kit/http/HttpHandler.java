package im.hongyan.kit.http;

import java.util.Map;

/** Answers requests; called on a virtual thread, one request of a connection at a time. */
@FunctionalInterface
public interface HttpHandler {
  /** The answer; a failure that is thrown becomes an empty 500. */
  HttpResponse handle(HttpRequest call) throws Exception;

  /**
   * The answer to what cannot become a call; called on an event loop, must not block.
   *
   * @param status 400, 413 for a body, 414 for a path or 431 for headers that are too long
   */
  default HttpResponse refuse(int status) {
    return new HttpResponse(status, Map.of(), new byte[0]);
  }
}
