package im.hongyan.relation.user;

import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.wire.id.UserId;

/** A user as stored. */
public record User(
    UserId userId,
    String nickname,
    String faceUrl,
    String ex,
    int appMangerLevel,
    int globalRecvMsgOpt,
    long createTimeMillis) {
  /** A user as registered now. */
  static User registered(UserInfo info, long nowMillis) {
    return new User(
        new UserId(info.getUserID()),
        info.getNickname(),
        info.getFaceURL(),
        info.getEx(),
        info.getAppMangerLevel(),
        info.getGlobalRecvMsgOpt(),
        nowMillis);
  }

  /** The user as clients get it. */
  UserInfo info() {
    return UserInfo.newBuilder()
        .setUserID(userId.value())
        .setNickname(nickname)
        .setFaceURL(faceUrl)
        .setEx(ex)
        .setCreateTime(createTimeMillis)
        .setAppMangerLevel(appMangerLevel)
        .setGlobalRecvMsgOpt(globalRecvMsgOpt)
        .build();
  }
}
