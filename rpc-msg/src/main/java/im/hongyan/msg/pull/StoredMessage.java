package im.hongyan.msg.pull;

import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.MessageStatus;
import org.jspecify.annotations.Nullable;

/**
 * What the stores hold under a visible seq.
 *
 * @param message as it was sent; null when it was deleted for everybody
 */
public record StoredMessage(@Nullable MsgData message, MessageMarks marks) {

  /** A stored body; the tombstone that a deletion leaves is none. */
  static StoredMessage of(MsgData stored, MessageMarks marks) {
    boolean tombstone =
        stored.getStatus() == MessageStatus.DELETED && stored.getContent().isEmpty();
    return new StoredMessage(tombstone ? null : stored, marks);
  }

  /** Whether it was deleted for everybody. */
  public boolean erased() {
    return message == null;
  }
}
