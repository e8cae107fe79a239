package im.hongyan.relation.friend;

import im.hongyan.proto.relation.FriendInfoOnly;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Map;

/** Friends as clients get them (rest-account.md 0.13). Stateless. */
final class FriendMessages {
  private static final int MILLIS_A_SECOND = 1000;

  private FriendMessages() {}

  /** As in lists: times in seconds, with a short profile, blank where the user is gone. */
  static List<FriendInfo> listed(List<Friend> friends, UserDirectory users) {
    Map<UserId, User> profiles = users.byId(friends.stream().map(Friend::friendUserId).toList());
    return friends.stream()
        .map(friend -> {
          UserInfo.Builder profile = UserInfo.newBuilder().setUserID(friend.friendUserId().value());
          User user = profiles.get(friend.friendUserId());
          if (user != null) {
            profile.setNickname(user.nickname()).setFaceURL(user.faceUrl()).setEx(user.ex());
          }
          return begin(friend)
              .setCreateTime(friend.createTimeMillis() / MILLIS_A_SECOND)
              .setFriendUser(profile)
              .build();
        })
        .toList();
  }

  /** As beside the whole profile: time in milliseconds, no profile. */
  static FriendInfo bare(Friend friend) {
    return begin(friend).setCreateTime(friend.createTimeMillis()).build();
  }

  /** As services get it: ids in the place of profiles, time in milliseconds. */
  static FriendInfoOnly only(Friend friend) {
    return FriendInfoOnly.newBuilder()
        .setOwnerUserID(friend.ownerUserId().value())
        .setFriendUserID(friend.friendUserId().value())
        .setRemark(friend.remark())
        .setCreateTime(friend.createTimeMillis())
        .setAddSource(friend.addSource())
        .setOperatorUserID(friend.operatorUserId().value())
        .setEx(friend.ex())
        .setIsPinned(friend.pinned())
        .build();
  }

  private static FriendInfo.Builder begin(Friend friend) {
    return FriendInfo.newBuilder()
        .setOwnerUserID(friend.ownerUserId().value())
        .setRemark(friend.remark())
        .setAddSource(friend.addSource())
        .setOperatorUserID(friend.operatorUserId().value())
        .setEx(friend.ex())
        .setIsPinned(friend.pinned());
  }
}
