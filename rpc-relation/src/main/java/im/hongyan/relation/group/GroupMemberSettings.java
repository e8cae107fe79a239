package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.CancelMuteGroupMemberReq;
import im.hongyan.proto.group.CancelMuteGroupMemberResp;
import im.hongyan.proto.group.MuteGroupMemberReq;
import im.hongyan.proto.group.MuteGroupMemberResp;
import im.hongyan.proto.group.TransferGroupOwnerReq;
import im.hongyan.proto.group.TransferGroupOwnerResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Muted members and another owner (rest-group.md 8.7, 8.19, 8.20). Safe for several threads. */
public final class GroupMemberSettings implements Feature {
  private final GroupChanges changes;
  private final GroupHooks hooks;

  /** Creates the feature. */
  public GroupMemberSettings(GroupChanges changes, GroupHooks hooks) {
    this.changes = changes;
    this.hooks = hooks;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getMuteGroupMemberMethod(), this::mute);
    rpcs.unary(groupGrpc.getCancelMuteGroupMemberMethod(), this::unmute);
    rpcs.unary(groupGrpc.getTransferGroupOwnerMethod(), this::transfer);
  }

  private MuteGroupMemberResp mute(Caller caller, MuteGroupMemberReq request) {
    setMuted(caller, request.getGroupID(), request.getUserID(), request.getMutedSeconds());
    return MuteGroupMemberResp.getDefaultInstance();
  }

  private CancelMuteGroupMemberResp unmute(Caller caller, CancelMuteGroupMemberReq request) {
    setMuted(caller, request.getGroupID(), request.getUserID(), 0);
    return CancelMuteGroupMemberResp.getDefaultInstance();
  }

  /**
   * Mutes from now on, or no longer.
   *
   * @param seconds unsigned
   */
  private void setMuted(Caller caller, String groupId, String userId, int seconds) {
    UserId target = new UserId(userId);
    changes.run(
        groupId,
        (group, now) -> {
          Member member = group.member(target).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
          requireRightToMute(caller, group, member, seconds != 0);
          long until =
              seconds == 0
                  ? 0
                  : now + Duration.ofSeconds(Integer.toUnsignedLong(seconds)).toMillis();
          Member changed = member.mutedUntil(until);
          LogVersion version = group.save(List.of(changed), false);
          group.send(
              List.of(
                  changes
                      .notifications(caller, group, now, target)
                      .muted(group.info(), changed, seconds, version)));
        });
  }

  private static void requireRightToMute(
      Caller caller, LockedGroup group, Member target, boolean mute) {
    if (caller.privileged()) {
      return;
    }
    GroupRole role =
        group
            .member(new UserId(caller.userId()))
            .orElseThrow(ImError.RECORD_NOT_FOUND::bare)
            .role();
    boolean allowed =
        switch (target.role()) {
          case OWNER -> false;
          case ADMIN -> role == GroupRole.OWNER;
          case ORDINARY -> role != GroupRole.ORDINARY;
        };
    if (!allowed) {
      throw ImError.NO_PERMISSION.with(refusal(target.role(), mute));
    }
  }

  private static String refusal(GroupRole target, boolean mute) {
    String who =
        switch (target) {
          case OWNER -> "group owner";
          case ADMIN -> "group admin";
          case ORDINARY -> "group ordinary users";
        };
    return mute ? "set " + who + " mute" : "Can not set " + who + " unmute";
  }

  /** The old owner gets the role that the new one had; a muted one can speak first. */
  private TransferGroupOwnerResp transfer(Caller caller, TransferGroupOwnerReq request) {
    UserId oldOwner = new UserId(request.getOldOwnerUserID());
    UserId newOwner = new UserId(request.getNewOwnerUserID());
    changes.run(
        request.getGroupID(), (group, now) -> transfer(caller, group, oldOwner, newOwner, now));
    hooks.afterTransferGroupOwner(request.getGroupID(), oldOwner.value(), newOwner.value());
    return TransferGroupOwnerResp.getDefaultInstance();
  }

  private void transfer(
      Caller caller, LockedGroup group, UserId oldOwner, UserId newOwner, long now) {
    if (oldOwner.equals(newOwner)) {
      throw ImError.ARGS.with("OldOwnerUserID == NewOwnerUserID");
    }
    Member old = requireMember(group, oldOwner);
    Member next = requireMember(group, newOwner);
    if (old.role() != GroupRole.OWNER
        || (!caller.privileged() && !oldOwner.value().equals(caller.userId()))) {
      throw ImError.NO_PERMISSION.with("no permission transfer group owner");
    }
    GroupChangeNotifications notifications =
        changes.notifications(caller, group, now, oldOwner, newOwner);
    List<Notification> all = new ArrayList<>();
    if (next.muteEndMillis() > now) {
      next = next.mutedUntil(0);
      LogVersion version = group.save(List.of(next), false);
      all.add(notifications.muted(group.info(), next, 0, version));
    }
    Member former = old.withRole(next.role());
    Member owner = next.withRole(GroupRole.OWNER);
    LogVersion version = group.save(List.of(former, owner), true);
    all.add(notifications.transferred(group.info(), former, owner, version));
    group.send(all);
  }

  private static Member requireMember(LockedGroup group, UserId user) {
    return group
        .member(user)
        .orElseThrow(() -> ImError.ARGS.with("user not in group " + user.value()));
  }
}
