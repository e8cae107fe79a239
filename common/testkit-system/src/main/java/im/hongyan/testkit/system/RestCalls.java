package im.hongyan.testkit.system;

import com.google.protobuf.Message;
import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Calls routes of a system as users who are logged in. Safe for use by several threads; its creator
 * closes it.
 */
public final class RestCalls implements AutoCloseable {
  private final RestClient rest;

  /** Connects with the first call. */
  public RestCalls(SystemAddress system) {
    rest = new RestClient(system.api());
  }

  /**
   * Calls a route with the caller's token.
   *
   * @throws im.hongyan.wire.error.ImException what the route answered
   * @throws UncheckedIOException when it does not answer
   */
  public <M extends Message> M call(LoginOptions caller, String path, Message request, M answer) {
    try {
      return rest.call(path, caller.token(), request, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    rest.close();
  }
}
