package im.hongyan.relation.black;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.proto.relation.removeBlackReq;
import im.hongyan.proto.relation.removeBlackResp;
import im.hongyan.proto.sdkws.BlackAddedTips;
import im.hongyan.proto.sdkws.BlackDeletedTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.time.InstantSource;
import java.util.List;

/** Blacklists (rest-account.md 3.13). Safe for use by several threads. */
public final class Blacks implements Feature {
  private final BlackStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final RelationCacheInvalidator caches;
  private final InstantSource clock;

  /** Creates the feature. */
  public Blacks(
      BlackStore store,
      UserDirectory users,
      OutboxSignal outbox,
      RelationCacheInvalidator caches,
      InstantSource clock) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.caches = caches;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(friendGrpc.getIsBlackMethod(), this::check);
    rpcs.unary(friendGrpc.getAddBlackMethod(), this::add);
    rpcs.unary(friendGrpc.getRemoveBlackMethod(), this::remove);
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
    return removeBlackResp.getDefaultInstance();
  }

  private static FromToUserID pair(UserId owner, UserId other) {
    return FromToUserID.newBuilder()
        .setFromUserID(owner.value())
        .setToUserID(other.value())
        .build();
  }
}
