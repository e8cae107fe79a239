package im.hongyan.gatewayws.connection;

import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import java.util.function.Consumer;

/** Answers what clients ask. Called by event loops, so it must not block. */
public interface RequestHandler {
  /** Whether the request may come from this client at all; others end the connection. */
  boolean accepts(ClientConnection connection, RequestFrame request);

  /**
   * Answers an accepted request, exactly once, by any thread.
   *
   * @param reply takes the answer
   */
  void handle(ClientConnection connection, RequestFrame request, Consumer<Answer> reply);

  /**
   * An answer.
   *
   * @param last whether the connection is closed after it
   */
  record Answer(ResponseFrame frame, boolean last) {
    /** An answer after which the connection goes on. */
    public static Answer of(ResponseFrame frame) {
      return new Answer(frame, false);
    }
  }
}
