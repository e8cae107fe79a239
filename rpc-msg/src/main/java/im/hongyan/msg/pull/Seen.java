package im.hongyan.msg.pull;

import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.proto.sdkws.MsgData;
import org.jspecify.annotations.Nullable;

/**
 * A visible seq as it stands in the stores.
 *
 * @param message as it was sent; null when it was deleted for everybody
 */
public record Seen(@Nullable MsgData message, MessageMarks marks) {
  private static final int DELETED = 4;

  /** A stored body; the tombstone that a deletion leaves is none. */
  static Seen of(MsgData stored, MessageMarks marks) {
    boolean tombstone = stored.getStatus() == DELETED && stored.getContent().isEmpty();
    return new Seen(tombstone ? null : stored, marks);
  }

  /** Whether it was deleted for everybody. */
  public boolean erased() {
    return message == null;
  }
}
