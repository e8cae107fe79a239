package im.hongyan.transfer.follower;

import im.hongyan.messagelog.mongo.InboxStore.Entry;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Where the inbox writer writes; {@link im.hongyan.messagelog.mongo.InboxStore} says how. */
public interface InboxPort {
  /** Writes messages; writing one again changes nothing. */
  void put(List<Entry> entries, Instant storedAt);

  /** Takes messages out; one that is not there is none. */
  void remove(String conversationId, Collection<Long> seqs);

  /** Where the writer of a lane stands. */
  FollowerPosition position(int lane);

  /** Keeps where the writer of a lane stands. */
  void setPosition(int lane, FollowerPosition position);
}
