package im.hongyan.relation.friend;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.relation.deleteFriendReq;
import im.hongyan.proto.relation.deleteFriendResp;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getDesignatedFriendsReq;
import im.hongyan.proto.relation.getDesignatedFriendsResp;
import im.hongyan.proto.relation.getFriendInfoReq;
import im.hongyan.proto.relation.getFriendInfoResp;
import im.hongyan.proto.relation.getPaginationFriendsReq;
import im.hongyan.proto.relation.getPaginationFriendsResp;
import im.hongyan.proto.relation.getSpecifiedFriendsInfoInfo;
import im.hongyan.proto.relation.getSpecifiedFriendsInfoReq;
import im.hongyan.proto.relation.getSpecifiedFriendsInfoResp;
import im.hongyan.proto.relation.importFriendReq;
import im.hongyan.proto.relation.importFriendResp;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.proto.relation.setFriendRemarkReq;
import im.hongyan.proto.relation.setFriendRemarkResp;
import im.hongyan.proto.relation.updateFriendsReq;
import im.hongyan.proto.relation.updateFriendsResp;
import im.hongyan.proto.sdkws.BlackInfo;
import im.hongyan.proto.wrapperspb.BoolValue;
import im.hongyan.relation.black.BlackEntries;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Friend lists and their changes (rest-account.md 3). Safe for use by several threads. */
public final class Friends implements Feature {
  private final FriendStore store;
  private final FriendLists lists;
  private final UserDirectory users;
  private final BlackEntries blacks;
  private final OutboxSignal outbox;
  private final FriendHooks hooks;
  private final InstantSource clock;

  /** Creates the feature. */
  public Friends(
      FriendStore store,
      FriendLists lists,
      UserDirectory users,
      BlackEntries blacks,
      OutboxSignal outbox,
      FriendHooks hooks,
      InstantSource clock) {
    this.store = store;
    this.lists = lists;
    this.users = users;
    this.blacks = blacks;
    this.outbox = outbox;
    this.hooks = hooks;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(friendGrpc.getIsFriendMethod(), this::check);
    rpcs.unary(friendGrpc.getGetPaginationFriendsMethod(), this::page);
    rpcs.unary(friendGrpc.getGetDesignatedFriendsMethod(), this::getDesignated);
    rpcs.unary(friendGrpc.getGetSpecifiedFriendsInfoMethod(), this::getSpecified);
    rpcs.unary(friendGrpc.getGetFriendInfoMethod(), this::getInfo);
    rpcs.unary(friendGrpc.getImportFriendsMethod(), this::importAll);
    rpcs.unary(friendGrpc.getDeleteFriendMethod(), this::delete);
    rpcs.unary(friendGrpc.getSetFriendRemarkMethod(), this::setRemark);
    rpcs.unary(friendGrpc.getUpdateFriendsMethod(), this::update);
  }

  private isFriendResp check(Caller caller, isFriendReq request) {
    UserId one = new UserId(request.getUserID1());
    UserId two = new UserId(request.getUserID2());
    return isFriendResp
        .newBuilder()
        .setInUser1Friends(store.contains(one, two))
        .setInUser2Friends(store.contains(two, one))
        .build();
  }

  private getPaginationFriendsResp page(Caller caller, getPaginationFriendsReq request) {
    UserId owner = new UserId(request.getUserID());
    FriendLists.FriendPage part = lists.page(owner, Page.of(request.getPagination()));
    return getPaginationFriendsResp
        .newBuilder()
        .addAllFriendsInfo(FriendMessages.listed(part.friends(), users))
        .setTotal(part.total())
        .build();
  }

  /** Who is no friend is left out. */
  private getDesignatedFriendsResp getDesignated(Caller caller, getDesignatedFriendsReq request) {
    List<Friend> friends =
        store.find(new UserId(request.getOwnerUserID()), ids(request.getFriendUserIDsList()));
    return getDesignatedFriendsResp
        .newBuilder()
        .addAllFriendsInfo(FriendMessages.listed(friends, users))
        .build();
  }

  /** For other services: without profiles; who is no friend is left out. */
  private getFriendInfoResp getInfo(Caller caller, getFriendInfoReq request) {
    return getFriendInfoResp
        .newBuilder()
        .addAllFriendInfos(
            store
                .find(new UserId(request.getOwnerUserID()), ids(request.getFriendUserIDsList()))
                .stream()
                .map(FriendMessages::only)
                .toList())
        .build();
  }

  /** In the order asked; who is no user is left out. */
  private getSpecifiedFriendsInfoResp getSpecified(
      Caller caller, getSpecifiedFriendsInfoReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    List<UserId> asked = ids(request.getUserIDListList());
    Map<UserId, Friend> friends =
        store.find(owner, asked).stream()
            .collect(Collectors.toMap(Friend::friendUserId, Function.identity()));
    Map<UserId, BlackInfo> blocked = blacks.bareEntries(owner, asked);
    getSpecifiedFriendsInfoResp.Builder answer = getSpecifiedFriendsInfoResp.newBuilder();
    for (User user : users.find(asked)) {
      getSpecifiedFriendsInfoInfo.Builder info = answer.addInfosBuilder().setUserInfo(user.info());
      Optional.ofNullable(friends.get(user.userId()))
          .ifPresent(friend -> info.setFriendInfo(FriendMessages.bare(friend)));
      Optional.ofNullable(blocked.get(user.userId())).ifPresent(info::setBlackInfo);
    }
    return answer.build();
  }

  private static List<UserId> ids(Collection<String> texts) {
    return texts.stream().map(UserId::new).toList();
  }

  /** Also those who are friends already are notified of, as the reference does. */
  private importFriendResp importAll(Caller caller, importFriendReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    requireOthers(owner, ids(request.getFriendUserIDsList()));
    List<UserId> friends =
        ids(hooks.beforeImportFriends(owner.value(), request.getFriendUserIDsList()));
    requireOthers(owner, friends);
    long now = clock.millis();
    store.importAll(
        owner,
        friends,
        new UserId(caller.userId()),
        friends.stream().map(friend -> FriendNotifications.imported(owner, friend, now)).toList(),
        now);
    outbox.wake();
    hooks.afterImportFriends(owner.value(), friends.stream().map(UserId::value).toList());
    return importFriendResp.getDefaultInstance();
  }

  private void requireOthers(UserId owner, List<UserId> friends) {
    if (friends.contains(owner)) {
      throw ImError.CANNOT_ADD_YOURSELF.with("can not add yourself");
    }
    if (new HashSet<>(friends).size() < friends.size()) {
      throw ImError.ARGS.with("friend userID repeated");
    }
    List<UserId> all = new ArrayList<>(friends);
    all.add(owner);
    if (users.find(all).size() < all.size()) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
  }

  /** One who is no friend is removed as well: a device may still show him. */
  private deleteFriendResp delete(Caller caller, deleteFriendReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    UserId friend = new UserId(request.getFriendUserID());
    long now = clock.millis();
    store.remove(owner, friend, FriendNotifications.deleted(owner, friend, now), now);
    outbox.wake();
    hooks.afterDeleteFriend(owner.value(), friend.value());
    return deleteFriendResp.getDefaultInstance();
  }

  private setFriendRemarkResp setRemark(Caller caller, setFriendRemarkReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    UserId friend = new UserId(request.getFriendUserID());
    String remark = hooks.beforeSetFriendRemark(owner.value(), friend.value(), request.getRemark());
    long now = clock.millis();
    if (!store.setRemark(
        owner, friend, remark, FriendNotifications.remarked(owner, friend, now), now)) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    outbox.wake();
    hooks.afterSetFriendRemark(owner.value(), friend.value(), remark);
    return setFriendRemarkResp.getDefaultInstance();
  }

  /** Who is no friend is left out; the notification names all the same. */
  private updateFriendsResp update(Caller caller, updateFriendsReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    Set<UserId> friends = Set.copyOf(ids(request.getFriendUserIDsList()));
    long now = clock.millis();
    store.update(
        owner,
        friends,
        change(request),
        FriendNotifications.updated(owner, ids(request.getFriendUserIDsList()), now),
        now);
    outbox.wake();
    return updateFriendsResp.getDefaultInstance();
  }

  private static FriendStore.Change change(updateFriendsReq request) {
    return new FriendStore.Change(
        request.hasIsPinned()
            ? Optional.of(request.getIsPinned()).map(BoolValue::getValue)
            : Optional.empty(),
        request.hasRemark() ? Optional.of(request.getRemark().getValue()) : Optional.empty(),
        request.hasEx() ? Optional.of(request.getEx().getValue()) : Optional.empty());
  }
}
