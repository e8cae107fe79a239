package im.hongyan.transfer.search;

import com.google.protobuf.ByteString;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import im.hongyan.transfer.follower.LaneHistory;

/**
 * Builds the index of a lane from history, in bounded steps that go on where a process ended.
 * Single-threaded for each lane.
 */
final class IndexRebuild {
  private final SearchStore store;
  private final LaneHistory history;

  IndexRebuild(SearchStore store, LaneHistory history) {
    this.store = store;
    this.history = history;
  }

  /** Adds the next messages. */
  void step(int lane, Rebuild from, long nowMillis) {
    Searchable found = new Searchable();
    LaneHistory.Reached reached =
        history.read(
            lane,
            from.conversationId(),
            from.seq(),
            row -> found.add(row.conversationId(), row.seq(), ByteString.copyFrom(row.body())));
    store.fill(
        lane,
        new Rebuild(from.format(), reached.conversationId(), reached.seq(), reached.done()),
        found.batch(nowMillis));
  }
}
