package im.hongyan.relation.user;

import im.hongyan.proto.sdkws.PublicUserInfo;
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
  private static final int MAX_ORDINARY_LEVEL = 1;

  /** Whether it is neither an administrator nor an account of the system. */
  boolean isOrdinary() {
    return appMangerLevel == 0 || appMangerLevel == MAX_ORDINARY_LEVEL;
  }

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

  /** What everybody may see beside lists. */
  public PublicUserInfo publicInfo() {
    return PublicUserInfo.newBuilder()
        .setUserID(userId.value())
        .setNickname(nickname)
        .setFaceURL(faceUrl)
        .setEx(ex)
        .build();
  }

  /** The user as clients get it. */
  public UserInfo info() {
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
