package im.hongyan.messagelog.lane;

import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.function.Consumer;

/** Reads ranges of one lane, outside any group. Single-threaded; its creator closes it. */
public interface LaneLog extends AutoCloseable {
  /** Offset of the oldest record that is kept. */
  long begin();

  /** Offset that the next record will get. */
  long end();

  /**
   * Hands over each record from one offset up to, not including, another.
   *
   * @throws ImException 500 when Kafka gives no more records before that, or does not keep the
   *     first any more
   */
  void read(long from, long to, Consumer<LaneRecord> sink);

  /** All records from one offset up to, not including, another. */
  List<LaneRecord> read(long from, long to);

  @Override
  void close();
}
