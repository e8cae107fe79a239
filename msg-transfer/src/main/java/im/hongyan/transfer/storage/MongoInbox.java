package im.hongyan.transfer.storage;

import im.hongyan.messagelog.mongo.InboxStore;
import im.hongyan.messagelog.mongo.InboxStore.Entry;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.follower.InboxPort;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * The inbox in MongoDB, as its writer uses it; counts by the names of existing dashboards
 * (errors-config-ops.md 7). Safe for several threads.
 */
public final class MongoInbox implements InboxPort {
  private final InboxStore store;
  private final Counter inserted;
  private final Counter failed;

  /** Creates access to the store. */
  public MongoInbox(InboxStore store, MeterRegistry meters) {
    this.store = store;
    inserted = meters.counter("msg_insert_mongo_success_total");
    failed = meters.counter("msg_insert_mongo_failed_total");
  }

  @Override
  public void put(List<Entry> entries, Instant storedAt) {
    try {
      store.put(entries, storedAt);
      inserted.increment(entries.size());
    } catch (RuntimeException e) {
      failed.increment(entries.size());
      throw e;
    }
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
