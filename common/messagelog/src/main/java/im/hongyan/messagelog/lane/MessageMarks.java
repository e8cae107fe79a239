package im.hongyan.messagelog.lane;

import im.hongyan.proto.sequencing.Revocation;
import org.jspecify.annotations.Nullable;

/**
 * What mutations have made of a message (docs/sequencing.md, Mutations).
 *
 * @param read whether the other side of a single chat has read it
 * @param erased whether it was deleted for everybody
 * @param deleted whether the user who asks has deleted it
 * @param revocation who took it back; null when nobody did
 */
public record MessageMarks(
    boolean read, boolean erased, boolean deleted, @Nullable Revocation revocation) {
  /** A message as it was sent. */
  public static final MessageMarks NONE = new MessageMarks(false, false, false, null);

  /** Whether nothing was changed. */
  public boolean none() {
    return equals(NONE);
  }

  /** Both together; of two revocations the other one's counts, which is the older store's. */
  public MessageMarks with(MessageMarks other) {
    return new MessageMarks(
        read || other.read,
        erased || other.erased,
        deleted || other.deleted,
        other.revocation != null ? other.revocation : revocation);
  }
}
