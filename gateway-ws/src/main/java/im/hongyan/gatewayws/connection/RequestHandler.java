package im.hongyan.gatewayws.connection;

import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import java.util.Optional;
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
   * @param payload the frame as the connection writes it; empty where it is small enough to be
   *     encoded by the event loop
   * @param last whether the connection is closed after it
   */
  record Answer(ResponseFrame frame, Optional<byte[]> payload, boolean last) {
    /** An answer after which the connection goes on. */
    public static Answer of(ResponseFrame frame) {
      return new Answer(frame, Optional.empty(), false);
    }
  }
}
