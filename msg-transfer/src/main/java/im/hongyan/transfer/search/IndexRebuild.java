package im.hongyan.transfer.search;

import com.google.protobuf.ByteString;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.search.HistoryPages;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.util.List;

/**
 * Builds the index of a lane from history, in bounded steps that go on where a process ended.
 * Single-threaded for each lane.
 */
final class IndexRebuild {
  private static final int MESSAGES_A_STEP = 1_000;
  private static final int CONVERSATIONS_A_PAGE = 1_000;

  private final SearchStore store;
  private final HistoryPages history;
  private final int lanes;

  IndexRebuild(SearchStore store, HistoryPages history, int lanes) {
    this.store = store;
    this.history = history;
    this.lanes = lanes;
  }

  /** Adds the next messages. */
  void step(int lane, Rebuild from, long nowMillis) {
    Searchable found = new Searchable();
    String conversation = from.conversationId();
    long seq = from.seq();
    if (!conversation.isEmpty()) {
      seq = read(found, conversation, seq);
    }
    boolean done = false;
    while (found.size() < MESSAGES_A_STEP && !done) {
      List<String> page = history.conversations(conversation, CONVERSATIONS_A_PAGE);
      done = page.size() < CONVERSATIONS_A_PAGE;
      for (String id : page) {
        conversation = id;
        seq = Long.MAX_VALUE;
        if (Lane.of(new ConversationId(id), lanes) == lane) {
          seq = read(found, id, 0);
          if (found.size() >= MESSAGES_A_STEP) {
            done = false;
            break;
          }
        }
      }
    }
    store.fill(lane, new Rebuild(from.format(), conversation, seq, done), found.batch(nowMillis));
  }

  /** Reads on in a conversation, and returns up to which seq; the largest where that is all. */
  private long read(Searchable found, String conversation, long after) {
    if (after == Long.MAX_VALUE) {
      return after;
    }
    int limit = Math.max(1, MESSAGES_A_STEP - found.size());
    List<Row> rows = history.messages(conversation, after, limit);
    rows.forEach(row -> found.add(conversation, row.seq(), ByteString.copyFrom(row.body())));
    return rows.size() < limit ? Long.MAX_VALUE : rows.getLast().seq();
  }
}
