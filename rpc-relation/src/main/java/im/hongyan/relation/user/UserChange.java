package im.hongyan.relation.user;

import im.hongyan.wire.id.UserId;
import org.jspecify.annotations.Nullable;

/** What of a user is written; null leaves a field as it is. */
public record UserChange(
    UserId userId,
    @Nullable String nickname,
    @Nullable String faceUrl,
    @Nullable String ex,
    @Nullable Integer globalRecvMsgOpt) {
  /** Another receive option, and nothing else. */
  static UserChange globalRecvMsgOpt(UserId userId, int option) {
    return new UserChange(userId, null, null, null, option);
  }

  /** Where an empty text means that nothing is written. */
  public static @Nullable String nullIfEmpty(String text) {
    return text.isEmpty() ? null : text;
  }

  /** The user as it becomes. */
  User of(User before) {
    return new User(
        userId,
        nickname == null ? before.nickname() : nickname,
        faceUrl == null ? before.faceUrl() : faceUrl,
        ex == null ? before.ex() : ex,
        before.appMangerLevel(),
        globalRecvMsgOpt == null ? before.globalRecvMsgOpt() : globalRecvMsgOpt,
        before.createTimeMillis());
  }
}
