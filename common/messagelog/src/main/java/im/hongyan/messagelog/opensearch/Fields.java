package im.hongyan.messagelog.opensearch;

/**
 * The fields of a document. A message is one document, named by its conversation's number and its
 * seq. The first of each hundred seqs of a conversation has one more, with {@link #BEGUN} alone,
 * which stays when the message goes. Stateless.
 */
final class Fields {
  /** Number of the conversation. */
  static final String CONVERSATION = "conversation";

  static final String SEQ = "seq";

  /** When the message was sent, in milliseconds. */
  static final String SENT = "sent";

  /** When the first of its hundred messages was sent, in milliseconds. */
  static final String BEGUN = "begun";

  /** Content type. */
  static final String TYPE = "type";

  /** Whether the conversation is a group's. */
  static final String GROUP = "group";

  static final String SENDER = "sender";

  /** The other user, or the group. */
  static final String RECEIVER = "receiver";

  /** The terms of the text, as our analyzer makes them. */
  static final String TERMS = "terms";

  private Fields() {}

  /** The id of a message's document. */
  static String id(long conversation, long seq) {
    return conversation + "-" + seq;
  }

  /** The first of the hundred seqs that a seq is one of. */
  static long firstOfHundred(long seq) {
    return seq - Math.floorMod(seq - 1, 100L);
  }

  /** The id of the document that says when such a hundred began. */
  static String beginId(long conversation, long first) {
    return id(conversation, first) + "-begin";
  }
}
