package im.hongyan.messagelog.search;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the index. What it finds are places of messages: whether they say what was asked for, and
 * what became of them since, is for the caller to see. Safe for use by several threads; blocks.
 */
public interface MessageSearch {
  /** A place in the order of answers: newer ones first, then by conversation and seq. */
  record Cursor(long sentMillis, long conversation, long seq) {
    /** Before everything. */
    public static final Cursor START = new Cursor(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    /** Whether a place comes later in an answer. */
    public boolean isBefore(long sent, long number, long atSeq) {
      if (sent != sentMillis) {
        return sent < sentMillis;
      }
      return number != conversation ? number < conversation : atSeq < seq;
    }
  }

  /** The seqs of a conversation that the caller may read; none where the last is the lower one. */
  record SeqWindow(long first, long last) {}

  /**
   * What is looked for by words.
   *
   * @param terms each message has all of these words
   * @param conversationIds where; null for everywhere
   * @param windows of conversations where that is known already; what lies outside is passed over
   * @param sendId of whom; empty for everybody
   * @param contentTypes empty for all
   * @param fromMillis the earliest time
   * @param toMillis the latest time
   * @param after what comes behind it
   * @param most at most so many places
   */
  record WordSearch(
      List<String> terms,
      @Nullable List<String> conversationIds,
      Map<String, SeqWindow> windows,
      String sendId,
      Set<Integer> contentTypes,
      long fromMillis,
      long toMillis,
      Cursor after,
      int most) {
    /** Copies the lists. */
    public WordSearch {
      terms = List.copyOf(terms);
      conversationIds = conversationIds == null ? null : List.copyOf(conversationIds);
      windows = Map.copyOf(windows);
      contentTypes = Set.copyOf(contentTypes);
    }
  }

  /** A message that may be meant. */
  record Found(String conversationId, long seq, Cursor cursor) {}

  /**
   * Places, the newest first.
   *
   * @param next where to go on; null when there is nothing further
   */
  record FoundPage(List<Found> found, @Nullable Cursor next) {
    /** Copies the list. */
    public FoundPage {
      found = List.copyOf(found);
    }
  }

  /** The next places; with none of them, but a cursor, where a page's work was done before. */
  FoundPage words(WordSearch search);

  /**
   * What is listed by facts alone.
   *
   * @param sendId empty for everybody
   * @param receiver the user or group that it was sent to; empty for all
   * @param contentType 0 for all
   * @param group whether it is in a group; null for both
   * @param fromMillis the earliest time
   * @param toMillis the latest time
   * @param skip so many of the oldest are left out
   * @param most at most so many places
   */
  record FactSearch(
      String sendId,
      String receiver,
      int contentType,
      @Nullable Boolean group,
      long fromMillis,
      long toMillis,
      long skip,
      int most) {}

  /**
   * Places in the order of storage: by the time of the first of each hundred messages of a
   * conversation, then by conversation and seq.
   *
   * @param total of all that fit
   * @param exact whether that is all; else only so many were looked at
   */
  record Listed(List<Found> found, long total, boolean exact) {
    /** Copies the list. */
    public Listed {
      found = List.copyOf(found);
    }
  }

  /** A page of what fits, and how many there are. */
  Listed facts(FactSearch search);
}
