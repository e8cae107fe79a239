package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupRequest;
import im.hongyan.relation.user.User;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import org.jspecify.annotations.Nullable;

/**
 * An application to enter a group, as stored: one for each group and user.
 *
 * @param handleResult {@link #OPEN}, {@link #AGREED}, or -1 for refused
 * @param handleTimeMillis 0 while it is open
 */
record GroupRequestRow(
    GroupId groupId,
    UserId userId,
    int handleResult,
    String reqMsg,
    String handleMsg,
    long reqTimeMillis,
    UserId handleUserId,
    long handleTimeMillis,
    int joinSource,
    UserId inviterUserId,
    String ex) {
  static final int OPEN = 0;
  static final int AGREED = 1;

  /** With an answer. */
  GroupRequestRow answered(int result, String message, UserId handler, long atMillis) {
    return new GroupRequestRow(
        groupId,
        userId,
        result,
        reqMsg,
        message,
        reqTimeMillis,
        handler,
        atMillis,
        joinSource,
        inviterUserId,
        ex);
  }

  /** As clients get it; what is gone is null. */
  GroupRequest message(@Nullable User user, @Nullable GroupInfo group) {
    GroupRequest.Builder message =
        GroupRequest.newBuilder()
            .setHandleResult(handleResult)
            .setReqMsg(reqMsg)
            .setHandleMsg(handleMsg)
            .setReqTime(reqTimeMillis)
            .setHandleUserID(handleUserId.value())
            .setHandleTime(handleTimeMillis)
            .setEx(ex)
            .setJoinSource(joinSource)
            .setInviterUserID(inviterUserId.value());
    if (user != null) {
      message.setUserInfo(user.publicInfo());
    }
    if (group != null) {
      message.setGroupInfo(group);
    }
    return message.build();
  }
}
