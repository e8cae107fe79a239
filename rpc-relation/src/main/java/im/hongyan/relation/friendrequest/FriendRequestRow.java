package im.hongyan.relation.friendrequest;

import im.hongyan.proto.sdkws.FriendRequest;
import im.hongyan.relation.user.User;
import im.hongyan.wire.id.UserId;
import java.util.Map;

/**
 * An application to become a friend, as stored: one for each ordered pair.
 *
 * @param handleResult one of {@link #PENDING}, {@link #AGREED} and {@link #REFUSED}
 * @param handleTimeMillis 0 until it is answered the first time
 */
public record FriendRequestRow(
    UserId fromUserId,
    UserId toUserId,
    int handleResult,
    String reqMsg,
    long createTimeMillis,
    UserId handlerUserId,
    String handleMsg,
    long handleTimeMillis,
    String ex) {
  static final int PENDING = 0;
  static final int AGREED = 1;
  static final int REFUSED = -1;

  /** As clients get it, with the profiles of both; blank where one is gone. */
  FriendRequest message(Map<UserId, User> users) {
    FriendRequest.Builder message =
        FriendRequest.newBuilder()
            .setFromUserID(fromUserId.value())
            .setToUserID(toUserId.value())
            .setHandleResult(handleResult)
            .setReqMsg(reqMsg)
            .setCreateTime(createTimeMillis)
            .setHandlerUserID(handlerUserId.value())
            .setHandleMsg(handleMsg)
            .setHandleTime(handleTimeMillis)
            .setEx(ex);
    User from = users.get(fromUserId);
    if (from != null) {
      message.setFromNickname(from.nickname()).setFromFaceURL(from.faceUrl());
    }
    User to = users.get(toUserId);
    if (to != null) {
      message.setToNickname(to.nickname()).setToFaceURL(to.faceUrl());
    }
    return message.build();
  }
}
