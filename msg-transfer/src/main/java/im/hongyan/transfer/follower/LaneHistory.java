package im.hongyan.transfer.follower;

import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.search.HistoryPages;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads all that history holds of a lane, in bounded steps that go on where a process ended.
 * Single-threaded for each lane.
 */
public final class LaneHistory {
  private static final int MESSAGES_A_STEP = 1_000;
  private static final int CONVERSATIONS_A_PAGE = 1_000;

  /** All of a conversation. */
  private static final long WHOLE = Long.MAX_VALUE;

  private final HistoryPages pages;
  private final int lanes;

  /** Creates a reader of one of so many lanes. */
  public LaneHistory(HistoryPages pages, int lanes) {
    this.pages = pages;
    this.lanes = lanes;
  }

  /**
   * How far it was read.
   *
   * @param conversationId the last one; empty before the first
   * @param seq up to which it was read
   * @param done whether there is nothing further
   */
  public record Reached(String conversationId, long seq, boolean done) {}

  /** Reads the next messages, a thousand or a few less or more, and returns how far that is. */
  public Reached read(int lane, String fromConversation, long afterSeq, Consumer<Row> messages) {
    String conversation = fromConversation;
    int left = MESSAGES_A_STEP;
    if (!conversation.isEmpty() && afterSeq < WHOLE) {
      List<Row> rows = read(conversation, afterSeq, left, messages);
      if (rows.size() == left) {
        return new Reached(conversation, rows.getLast().seq(), false);
      }
      left -= rows.size();
    }
    while (true) {
      List<String> page = pages.conversations(conversation, CONVERSATIONS_A_PAGE);
      for (String id : page) {
        conversation = id;
        if (Lane.of(new ConversationId(id), lanes) != lane) {
          continue;
        }
        List<Row> rows = read(id, 0, left, messages);
        if (rows.size() == left) {
          return new Reached(id, rows.getLast().seq(), false);
        }
        left -= rows.size();
      }
      if (page.size() < CONVERSATIONS_A_PAGE) {
        return new Reached(conversation, WHOLE, true);
      }
    }
  }

  private List<Row> read(String id, long after, int limit, Consumer<Row> messages) {
    List<Row> rows = pages.messages(id, after, limit);
    rows.forEach(messages);
    return rows;
  }
}
