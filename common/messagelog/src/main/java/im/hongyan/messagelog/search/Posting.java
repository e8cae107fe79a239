package im.hongyan.messagelog.search;

import java.util.Comparator;

/**
 * One term of one message. Postings are kept in the order of their terms, then of their messages.
 *
 * @param term one of {@link Terms}
 * @param conversation the number that the index gave the conversation
 * @param seq of the message
 * @param sentMillis when the message was sent
 * @param contentType of the message
 */
public record Posting(long term, long conversation, long seq, long sentMillis, int contentType) {
  /** By term, conversation and seq. */
  public static final Comparator<Posting> ORDER =
      (a, b) -> {
        // Written out, since filling the index is mostly this.
        if (a.term != b.term) {
          return a.term < b.term ? -1 : 1;
        }
        if (a.conversation != b.conversation) {
          return a.conversation < b.conversation ? -1 : 1;
        }
        return Long.compare(a.seq, b.seq);
      };

  /** The message, without the term. */
  public record Place(long conversation, long seq) {}

  public Place place() {
    return new Place(conversation, seq);
  }

  /** Whether both are of one message. */
  public boolean samePlace(Posting other) {
    return conversation == other.conversation && seq == other.seq;
  }
}
