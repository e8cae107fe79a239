package im.hongyan.relation.user;

import im.hongyan.proto.sdkws.UserInfoUpdatedTips;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;

/** Notifications of users (notifications.md 5). Stateless. */
final class UserNotifications {
  private UserNotifications() {}

  /** To a user's devices, which read the profile anew, and to the operator's. */
  static Notification infoUpdated(UserId operator, UserId changed, long nowMillis) {
    UserInfoUpdatedTips tips = UserInfoUpdatedTips.newBuilder().setUserID(changed.value()).build();
    return Notification.of(NotificationType.USER_INFO_UPDATED, tips, nowMillis)
        .toUser(operator.value(), changed.value());
  }
}
