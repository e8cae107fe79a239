package im.hongyan.transfer.follower;

import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.stores.mongo.InboxStore.Entry;
import java.time.Instant;
import java.util.List;

/** Where the inbox writer writes; {@link im.hongyan.stores.mongo.InboxStore} says how. */
public interface InboxPort {
  /** Writes messages; writing one again changes nothing. */
  void put(List<Entry> entries, Instant storedAt);

  /** Where the writer of a lane stands. */
  FollowerPosition position(int lane);

  /** Keeps where the writer of a lane stands. */
  void setPosition(int lane, FollowerPosition position);
}
