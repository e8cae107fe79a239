package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.kafka.LaneRecord;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The logs that the owner of a lane reads and writes. Safe for use by several threads; failures of
 * the log are thrown as {@link ImException} 500.
 */
public interface LaneLogPort {
  /** Opens the appends of one ownership of a lane. */
  Appends appends(int lane);

  /** Opens a lane of im-sequenced. */
  LogRange sequenced(int lane);

  /** Opens a lane of im-inbound. */
  LogRange inbound(int lane);

  /** Appends of one ownership, kept in their order; whoever opened them closes them. */
  interface Appends extends AutoCloseable {
    /**
     * Appends to im-sequenced; the future holds the offset, or why the outcome is unknown. After a
     * failure none of the appends behind it reaches the log.
     */
    CompletableFuture<Long> append(byte[] value);

    /** Keeps a record of im-inbound that cannot be processed; waits until it is kept. */
    void deadLetter(LaneRecord record, String reason);

    /** Closes without waiting: what is in flight has an unknown outcome. */
    @Override
    void close();
  }

  /** A lane of a topic, for reading outside any group. Single-threaded; its opener closes it. */
  interface LogRange extends AutoCloseable {
    /** Offset of the oldest record that is kept. */
    long begin();

    /** Offset that the next record will get. */
    long end();

    /**
     * Hands over each record from one offset up to, not including, another.
     *
     * @throws ImException 500 when the log gives no more records before that
     */
    void read(long from, long to, Consumer<LaneRecord> sink);

    /** All records from one offset up to, not including, another. */
    default List<LaneRecord> read(long from, long to) {
      List<LaneRecord> records = new ArrayList<>();
      read(from, to, records::add);
      return records;
    }

    @Override
    void close();
  }
}
