package im.hongyan.messagelog.search;

import im.hongyan.messagelog.lane.HistoryStore.Row;
import java.util.List;

/** Reads the whole history in bounded pages, by its key. Safe for use by several threads. */
public interface HistoryPages {
  /** The next conversations that have messages, in the order of their ids' bytes. */
  List<String> conversations(String after, int limit);

  /** The next messages of a conversation. */
  List<Row> messages(String conversationId, long after, int limit);
}
