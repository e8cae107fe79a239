package im.hongyan.relation.friendrequest;

import im.hongyan.proto.sdkws.FriendApplicationApprovedTips;
import im.hongyan.proto.sdkws.FriendApplicationRejectedTips;
import im.hongyan.proto.sdkws.FriendApplicationTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.relation.user.User;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.util.Map;

/**
 * The notifications of one operation on applications (notifications.md 4), each with the
 * application, without which clients fail. Immutable.
 *
 * @param people both users, by id
 * @param nowMillis time of the operation
 */
record FriendRequestNotifications(Map<UserId, User> people, long nowMillis) {
  FriendRequestNotifications {
    people = Map.copyOf(people);
  }

  private static FromToUserID pair(FriendRequestRow row) {
    return FromToUserID.newBuilder()
        .setFromUserID(row.fromUserId().value())
        .setToUserID(row.toUserId().value())
        .build();
  }

  /** 1203, to whom it is made. */
  Notification added(FriendRequestRow row) {
    FriendApplicationTips tips =
        FriendApplicationTips.newBuilder()
            .setFromToUserID(pair(row))
            .setRequest(row.message(people))
            .build();
    return Notification.of(NotificationType.FRIEND_APPLICATION_ADDED, tips, nowMillis)
        .toUser(row.fromUserId().value(), row.toUserId().value());
  }

  /** 1201, to who applied. */
  Notification approved(FriendRequestRow row, String handleMsg) {
    FriendApplicationApprovedTips tips =
        FriendApplicationApprovedTips.newBuilder()
            .setFromToUserID(pair(row))
            .setHandleMsg(handleMsg)
            .setRequest(row.message(people))
            .build();
    return Notification.of(NotificationType.FRIEND_APPLICATION_APPROVED, tips, nowMillis)
        .toUser(row.toUserId().value(), row.fromUserId().value());
  }

  /** 1202, to who applied. */
  Notification rejected(FriendRequestRow row, String handleMsg) {
    FriendApplicationRejectedTips tips =
        FriendApplicationRejectedTips.newBuilder()
            .setFromToUserID(pair(row))
            .setHandleMsg(handleMsg)
            .setRequest(row.message(people))
            .build();
    return Notification.of(NotificationType.FRIEND_APPLICATION_REJECTED, tips, nowMillis)
        .toUser(row.toUserId().value(), row.fromUserId().value());
  }
}
