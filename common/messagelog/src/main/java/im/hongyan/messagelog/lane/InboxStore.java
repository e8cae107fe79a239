package im.hongyan.messagelog.lane;

import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.ImException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The inbox of the last days: one document per message, found by id alone (docs/architecture.md 4).
 * Safe for use by several threads.
 */
public interface InboxStore {
  /** Most ids a request names. */
  int MAX_IDS = 500;

  /** A stored message; the body is openim.sdkws.MsgData with its seq. */
  record Entry(String conversationId, long seq, byte[] body) {}

  /**
   * Writes messages; writing one again changes nothing.
   *
   * @throws ImException 500 when the store does not answer
   */
  void put(List<Entry> entries, Instant storedAt);

  /**
   * Takes messages out; one that is not there is none.
   *
   * @throws ImException 500 when the store does not answer
   */
  void remove(String conversationId, Collection<Long> seqs);

  /**
   * The stored bodies among these seqs.
   *
   * @throws ImException 500 when the store does not answer
   */
  Map<Long, byte[]> find(String conversationId, Collection<Long> seqs);

  /**
   * The position of a lane's writer.
   *
   * @throws ImException 500 when the store does not answer
   */
  FollowerPosition position(int lane);

  /**
   * Keeps the position of a lane's writer.
   *
   * @throws ImException 500 when the store does not answer
   */
  void setPosition(int lane, FollowerPosition position);
}
