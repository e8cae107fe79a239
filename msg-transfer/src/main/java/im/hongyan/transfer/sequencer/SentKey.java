package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.lane.ResendKeys;
import im.hongyan.proto.sequencing.InboundRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hash of conversation, sender and client id, and whether it is stored: what makes a message a
 * resend of another.
 */
record SentKey(long high, long low) {
  static SentKey of(InboundRecord record) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, conversation(record));
      add(digest, record.getSendId());
      add(digest, ResendKeys.of(record));
      ByteBuffer hash = ByteBuffer.wrap(digest.digest());
      return new SentKey(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The conversation of a record: that of its first copy, else that of what it changes. */
  static String conversation(InboundRecord record) {
    return record.getCopiesCount() > 0
        ? record.getCopies(0).getConversationId()
        : record.getMutation().getConversationId();
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
