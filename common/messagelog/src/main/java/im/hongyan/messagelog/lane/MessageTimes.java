package im.hongyan.messagelog.lane;

/** When the messages of the history were sent. Safe for use by several threads. */
@FunctionalInterface
public interface MessageTimes {
  /**
   * The newest seq whose message was sent at a time or before it, 0 for none. Where send times are
   * not in the order of the seqs, it is one before which some message was sent by then.
   */
  long newestUntil(String conversationId, long millis);
}
