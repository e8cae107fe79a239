package im.hongyan.relation.friend;

import im.hongyan.proto.sdkws.FriendApplicationApprovedTips;
import im.hongyan.proto.sdkws.FriendDeletedTips;
import im.hongyan.proto.sdkws.FriendInfoChangedTips;
import im.hongyan.proto.sdkws.FriendsInfoUpdateTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.util.Collection;

/**
 * The notifications of changed friend lists (notifications.md 4). Their versions stay 0, with which
 * every client asks for the changes. Stateless.
 */
final class FriendNotifications {
  private FriendNotifications() {}

  static FromToUserID pair(UserId from, UserId to) {
    return FromToUserID.newBuilder().setFromUserID(from.value()).setToUserID(to.value()).build();
  }

  /** 1201 from an imported friend to the owner. */
  static Notification imported(UserId owner, UserId friend, long nowMillis) {
    FriendApplicationApprovedTips tips =
        FriendApplicationApprovedTips.newBuilder().setFromToUserID(pair(owner, friend)).build();
    return Notification.of(NotificationType.FRIEND_APPLICATION_APPROVED, tips, nowMillis)
        .toUser(friend.value(), owner.value());
  }

  /** 1205, for the owner's other devices. */
  static Notification deleted(UserId owner, UserId friend, long nowMillis) {
    FriendDeletedTips tips =
        FriendDeletedTips.newBuilder().setFromToUserID(pair(owner, friend)).build();
    return Notification.of(NotificationType.FRIEND_DELETED, tips, nowMillis)
        .toUser(owner.value(), friend.value());
  }

  /** 1206, to the owner alone: what others are called is nobody else's matter. */
  static Notification remarked(UserId owner, UserId friend, long nowMillis) {
    FriendInfoChangedTips tips =
        FriendInfoChangedTips.newBuilder().setFromToUserID(pair(owner, friend)).build();
    return Notification.of(NotificationType.FRIEND_REMARK_SET, tips, nowMillis)
        .toUser(owner.value(), owner.value());
  }

  /** 1210, to the owner. */
  static Notification updated(UserId owner, Collection<UserId> friends, long nowMillis) {
    FriendsInfoUpdateTips tips =
        FriendsInfoUpdateTips.newBuilder()
            .setFromToUserID(FromToUserID.newBuilder().setToUserID(owner.value()))
            .addAllFriendIDs(friends.stream().map(UserId::value).toList())
            .build();
    return Notification.of(NotificationType.FRIENDS_CHANGED, tips, nowMillis)
        .toUser(owner.value(), owner.value());
  }
}
