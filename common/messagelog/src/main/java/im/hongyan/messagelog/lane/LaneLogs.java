package im.hongyan.messagelog.lane;

import im.hongyan.wire.error.ImException;
import java.util.concurrent.CompletableFuture;

/**
 * The logs that the owner of a lane reads and writes. Safe for use by several threads; failures of
 * the log are thrown as {@link ImException} 500.
 */
public interface LaneLogs {
  /** Opens the appends of one ownership of a lane; waits until it is known who takes them. */
  Appends appends(int lane);

  /** Opens a lane of im-sequenced. */
  LaneLog sequenced(int lane);

  /** Opens a lane of im-inbound. */
  LaneLog inbound(int lane);

  /** Appends of one ownership, kept in their order; whoever opened them closes them. */
  interface Appends extends AutoCloseable {
    /**
     * Appends to im-sequenced; the future holds the offset, or why the outcome is unknown. After a
     * failure none of the appends behind it reaches the log.
     */
    CompletableFuture<Long> append(byte[] value);

    /** Keeps a record of im-inbound that cannot be processed; done once it is kept. */
    CompletableFuture<?> deadLetter(LaneRecord record, String reason);

    /** Closes without waiting: what is in flight has an unknown outcome. */
    @Override
    void close();
  }
}
