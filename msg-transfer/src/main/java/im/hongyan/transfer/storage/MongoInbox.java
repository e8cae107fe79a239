package im.hongyan.transfer.storage;

import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.stores.mongo.InboxStore;
import im.hongyan.stores.mongo.InboxStore.Entry;
import im.hongyan.transfer.follower.InboxPort;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** The inbox in MongoDB, as its writer uses it. Safe for use by several threads. */
public record MongoInbox(InboxStore store) implements InboxPort {
  @Override
  public void put(List<Entry> entries, Instant storedAt) {
    store.put(entries, storedAt);
  }

  @Override
  public void remove(String conversationId, Collection<Long> seqs) {
    store.remove(conversationId, seqs);
  }

  @Override
  public FollowerPosition position(int lane) {
    return store.position(lane);
  }

  @Override
  public void setPosition(int lane, FollowerPosition position) {
    store.setPosition(lane, position);
  }
}
