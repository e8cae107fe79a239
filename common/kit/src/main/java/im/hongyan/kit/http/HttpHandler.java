package im.hongyan.kit.http;

/** Answers requests; called on a virtual thread, one request of a connection at a time. */
@FunctionalInterface
public interface HttpHandler {
  /** The answer; a failure that is thrown becomes an empty 500. */
  HttpAnswer handle(HttpCall call) throws Exception;
}
