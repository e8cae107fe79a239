package im.hongyan.transfer.follower;

import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Heights;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.transfer.follower.HistoryRepair.LaneConversations;
import im.hongyan.transfer.follower.LostMessages.Range;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Which seqs of a lane history lacks, and the log does not bring. Single-threaded. */
final class LostRanges {
  /** So many seqs behind the last known one are looked for in the inbox at once. */
  private static final int PROBE = 50;

  private final HistoryRepair.Sources sources;
  private final HistoryStore history;
  private final int lane;

  LostRanges(HistoryRepair.Sources sources, HistoryStore history, int lane) {
    this.sources = sources;
    this.history = history;
    this.lane = lane;
  }

  /**
   * The ranges by conversation.
   *
   * @param tops last messages that Redis knows
   * @param firsts with which seqs conversations go on in the log
   * @param probe whether Redis may lack conversations, so that the inbox is asked as well
   */
  Map<String, Range> between(Map<String, Top> tops, Map<String, Long> firsts, boolean probe) {
    Set<String> ids = new HashSet<>(tops.keySet());
    ids.addAll(firsts.keySet());
    if (probe) {
      addKnown(ids);
    }
    Heights heights = history.heights(lane, ids);
    Map<String, Range> ranges = new TreeMap<>();
    for (String id : ids) {
      Top top = tops.get(id);
      Long first = firsts.get(id);
      long have = heights.seqOf(id);
      long last = first != null ? first - 1 : top == null ? have : top.seq();
      if (probe && first == null) {
        last = newestInInbox(id, Math.max(have, last));
      }
      if (last > have) {
        ranges.put(id, new Range(have + 1, last, millis(heights, id, top)));
      }
    }
    return ranges;
  }

  private static long millis(Heights heights, String id, @Nullable Top top) {
    HistoryStore.Top stored = heights.tops().get(id);
    return stored != null ? stored.sendTimeMillis() : top != null ? top.sendTimeMillis() : 0;
  }

  private void addKnown(Set<String> ids) {
    LaneConversations conversations = sources.conversations();
    conversations
        .all()
        .each(id -> {
          ConversationId conversation = new ConversationId(id);
          if (Lane.of(conversation, conversations.lanes()) == lane) {
            ids.add(id);
            ids.add(conversation.notificationTwin().value());
          }
        });
  }

  private long newestInInbox(String id, long known) {
    long newest = known;
    while (true) {
      List<Long> next = LongStream.rangeClosed(newest + 1, newest + PROBE).boxed().toList();
      long found =
          sources.inbox().find(id, next).keySet().stream().mapToLong(seq -> seq).max().orElse(0);
      if (found <= newest) {
        return newest;
      }
      newest = found;
    }
  }
}
