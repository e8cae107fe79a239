package im.hongyan.relation.black;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.relation.GetSpecifiedBlacksReq;
import im.hongyan.proto.relation.GetSpecifiedBlacksResp;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getIncrementalBlacksReq;
import im.hongyan.proto.relation.getIncrementalBlacksResp;
import im.hongyan.proto.relation.getPaginationBlacksReq;
import im.hongyan.proto.relation.getPaginationBlacksResp;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.proto.relation.removeBlackReq;
import im.hongyan.proto.relation.removeBlackResp;
import im.hongyan.proto.sdkws.BlackAddedTips;
import im.hongyan.proto.sdkws.BlackDeletedTips;
import im.hongyan.proto.sdkws.BlackInfo;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.proto.sdkws.PublicUserInfo;
import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Blacklists (rest-account.md 3.13). Safe for use by several threads. */
public final class Blacks implements Feature, BlackEntries {
  private static final int MILLIS_A_SECOND = 1000;

  private final BlackStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final RelationCacheInvalidator caches;
  private final FriendHooks hooks;
  private final InstantSource clock;

  /** Creates the feature. */
  public Blacks(
      BlackStore store,
      UserDirectory users,
      OutboxSignal outbox,
      RelationCacheInvalidator caches,
      FriendHooks hooks,
      InstantSource clock) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.caches = caches;
    this.hooks = hooks;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(friendGrpc.getIsBlackMethod(), this::check);
    rpcs.unary(friendGrpc.getAddBlackMethod(), this::add);
    rpcs.unary(friendGrpc.getRemoveBlackMethod(), this::remove);
    rpcs.unary(friendGrpc.getGetPaginationBlacksMethod(), this::page);
    rpcs.unary(friendGrpc.getGetSpecifiedBlacksMethod(), this::getSpecified);
    rpcs.unary(friendGrpc.getGetIncrementalBlacksMethod(), this::getChanges);
  }

  private isBlackResp check(Caller caller, isBlackReq request) {
    UserId one = new UserId(request.getUserID1());
    UserId two = new UserId(request.getUserID2());
    return isBlackResp
        .newBuilder()
        .setInUser1Blacks(store.contains(one, two))
        .setInUser2Blacks(store.contains(two, one))
        .build();
  }

  /** Who is on the list already stays there. Only the owner's devices get the notification. */
  private addBlackResp add(Caller caller, addBlackReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    UserId blocked = new UserId(request.getBlackUserID());
    hooks.beforeAddBlack(owner.value(), blocked.value());
    if (owner.equals(blocked) || users.find(List.of(owner, blocked)).size() < 2) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
    long now = clock.millis();
    BlackAddedTips tips = BlackAddedTips.newBuilder().setFromToUserID(pair(owner, blocked)).build();
    Notification notification =
        Notification.of(NotificationType.BLACK_ADDED, tips, now)
            .toUser(owner.value(), owner.value());
    UserId operator = new UserId(caller.userId());
    if (store.add(new Black(owner, blocked, now, 0, operator, request.getEx()), notification)) {
      outbox.wake();
    }
    // Also for a row that was there: the process that wrote it may have died before this line.
    caches.invalidate(owner);
    return addBlackResp.getDefaultInstance();
  }

  /** Who is not on the list is fine, and no notification then. Again only the owner's devices. */
  private removeBlackResp remove(Caller caller, removeBlackReq request) {
    UserId owner = new UserId(request.getOwnerUserID());
    UserId blocked = new UserId(request.getBlackUserID());
    BlackDeletedTips tips =
        BlackDeletedTips.newBuilder().setFromToUserID(pair(owner, blocked)).build();
    Notification notification =
        Notification.of(NotificationType.BLACK_REMOVED, tips, clock.millis())
            .toUser(owner.value(), owner.value());
    if (store.remove(owner, blocked, notification)) {
      outbox.wake();
    }
    // Also for a row that was gone: the process that removed it may have died before this line.
    caches.invalidate(owner);
    hooks.afterRemoveBlack(owner.value(), blocked.value());
    return removeBlackResp.getDefaultInstance();
  }

  private getPaginationBlacksResp page(Caller caller, getPaginationBlacksReq request) {
    UserId owner = new UserId(request.getUserID());
    Page page = Page.of(request.getPagination());
    List<Black> blacks = page.isEmpty() ? List.of() : store.page(owner, page);
    return getPaginationBlacksResp
        .newBuilder()
        .addAllBlacks(listed(blacks))
        .setTotal(store.count(owner))
        .build();
  }

  /** In the order asked; who is not on the list is left out. Times are milliseconds here. */
  private GetSpecifiedBlacksResp getSpecified(Caller caller, GetSpecifiedBlacksReq request) {
    List<UserId> asked = ids(request.getUserIDListList());
    Map<UserId, BlackInfo> entries = bareEntries(new UserId(request.getOwnerUserID()), asked);
    Map<UserId, PublicUserInfo> profiles = profiles(entries.keySet());
    GetSpecifiedBlacksResp.Builder answer = GetSpecifiedBlacksResp.newBuilder();
    for (UserId user : asked) {
      BlackInfo entry = entries.get(user);
      if (entry != null) {
        BlackInfo.Builder black = answer.addBlacksBuilder().mergeFrom(entry);
        Optional.ofNullable(profiles.get(user)).ifPresent(black::setBlackUserInfo);
      }
    }
    return answer.setTotal(answer.getBlacksCount()).build();
  }

  @Override
  public Map<UserId, BlackInfo> bareEntries(UserId owner, Collection<UserId> asked) {
    return store.find(owner, asked).stream()
        .collect(
            Collectors.toMap(
                Black::blockUserId,
                black -> begin(black).setCreateTime(black.createTimeMillis()).build()));
  }

  private getIncrementalBlacksResp getChanges(Caller caller, getIncrementalBlacksReq request) {
    UserId owner = new UserId(VersionLogs.requireOwner(request.getUserID()));
    VersionDelta delta = store.delta(owner, request.getVersionID(), request.getVersion());
    return getIncrementalBlacksResp
        .newBuilder()
        .setVersion(delta.current().number())
        .setVersionID(delta.current().id())
        .setFull(delta.full())
        .addAllDelete(delta.deleted())
        .addAllInsert(listed(store.find(owner, ids(delta.inserted()))))
        .addAllUpdate(listed(store.find(owner, ids(delta.updated()))))
        .build();
  }

  private static List<UserId> ids(Collection<String> texts) {
    return texts.stream().map(UserId::new).toList();
  }

  /** As in lists: times in seconds, and never without a profile, which clients read. */
  private List<BlackInfo> listed(List<Black> blacks) {
    Map<UserId, PublicUserInfo> profiles =
        profiles(blacks.stream().map(Black::blockUserId).toList());
    return blacks.stream()
        .map(black ->
            begin(black)
                .setCreateTime(black.createTimeMillis() / MILLIS_A_SECOND)
                .setBlackUserInfo(
                    profiles.getOrDefault(
                        black.blockUserId(),
                        PublicUserInfo.newBuilder().setUserID(black.blockUserId().value()).build()))
                .build())
        .toList();
  }

  private Map<UserId, PublicUserInfo> profiles(Collection<UserId> ids) {
    return users.find(ids).stream().collect(Collectors.toMap(User::userId, User::publicInfo));
  }

  private static BlackInfo.Builder begin(Black black) {
    return BlackInfo.newBuilder()
        .setOwnerUserID(black.ownerUserId().value())
        .setAddSource(black.addSource())
        .setOperatorUserID(black.operatorUserId().value())
        .setEx(black.ex());
  }

  private static FromToUserID pair(UserId owner, UserId other) {
    return FromToUserID.newBuilder()
        .setFromUserID(owner.value())
        .setToUserID(other.value())
        .build();
  }
}
