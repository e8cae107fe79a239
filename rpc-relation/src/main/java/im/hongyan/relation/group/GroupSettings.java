package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.CancelMuteGroupReq;
import im.hongyan.proto.group.CancelMuteGroupResp;
import im.hongyan.proto.group.MuteGroupReq;
import im.hongyan.proto.group.MuteGroupResp;
import im.hongyan.proto.group.SetGroupInfoExReq;
import im.hongyan.proto.group.SetGroupInfoExResp;
import im.hongyan.proto.group.SetGroupInfoReq;
import im.hongyan.proto.group.SetGroupInfoResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupInfoForSet;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A group's own data (rest-group.md 8.2, 8.3, 8.21, 8.22). Safe for use by several threads. */
public final class GroupSettings implements Feature {
  private final GroupChanges changes;
  private final GroupMentions mentions;
  private final GroupHooks hooks;

  /** Creates the feature. */
  public GroupSettings(GroupChanges changes, GroupMentions mentions, GroupHooks hooks) {
    this.changes = changes;
    this.mentions = mentions;
    this.hooks = hooks;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getSetGroupInfoMethod(), this::set);
    rpcs.unary(groupGrpc.getSetGroupInfoExMethod(), this::setEx);
    rpcs.unary(groupGrpc.getMuteGroupMethod(), this::mute);
    rpcs.unary(groupGrpc.getCancelMuteGroupMethod(), this::unmute);
  }

  /** Empty texts leave what is there. */
  private SetGroupInfoResp set(Caller caller, SetGroupInfoReq request) {
    SetGroupInfoExReq wanted = named(request.getGroupInfoForSet());
    change(caller, wanted.getGroupID(), group -> applied(group, wanted));
    return SetGroupInfoResp.getDefaultInstance();
  }

  /** What is not empty, as the newer request names it. */
  private static SetGroupInfoExReq named(GroupInfoForSet wanted) {
    SetGroupInfoExReq.Builder named =
        SetGroupInfoExReq.newBuilder().setGroupID(wanted.getGroupID());
    given(wanted.getGroupName()).ifPresent(named::setGroupName);
    given(wanted.getNotification()).ifPresent(named::setNotification);
    given(wanted.getIntroduction()).ifPresent(named::setIntroduction);
    given(wanted.getFaceURL()).ifPresent(named::setFaceURL);
    if (wanted.hasEx()) {
      named.setEx(wanted.getEx());
    }
    if (wanted.hasNeedVerification()) {
      named.setNeedVerification(wanted.getNeedVerification());
    }
    if (wanted.hasLookMemberInfo()) {
      named.setLookMemberInfo(wanted.getLookMemberInfo());
    }
    if (wanted.hasApplyMemberFriend()) {
      named.setApplyMemberFriend(wanted.getApplyMemberFriend());
    }
    return named.build();
  }

  private static Optional<StringValue> given(String text) {
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(StringValue.newBuilder().setValue(text).build());
  }

  /** Whatever is named is written, also when it is empty; but a group has a name. */
  private SetGroupInfoExResp setEx(Caller caller, SetGroupInfoExReq request) {
    if (request.hasGroupName() && request.getGroupName().getValue().isBlank()) {
      throw ImError.ARGS.with("group name is empty");
    }
    SetGroupInfoExReq.Builder wanted = request.toBuilder();
    if (request.hasNotification()) {
      wanted.getNotificationBuilder().setValue(request.getNotification().getValue().strip());
    }
    SetGroupInfoExReq stripped = wanted.build();
    change(caller, request.getGroupID(), group -> applied(group, stripped));
    return SetGroupInfoExResp.getDefaultInstance();
  }

  private static GroupInfo applied(GroupInfo group, SetGroupInfoExReq wanted) {
    GroupInfo.Builder changed = group.toBuilder();
    if (wanted.hasGroupName()) {
      changed.setGroupName(wanted.getGroupName().getValue());
    }
    if (wanted.hasNotification()) {
      changed.setNotification(wanted.getNotification().getValue());
    }
    if (wanted.hasIntroduction()) {
      changed.setIntroduction(wanted.getIntroduction().getValue());
    }
    if (wanted.hasFaceURL()) {
      changed.setFaceURL(wanted.getFaceURL().getValue());
    }
    if (wanted.hasEx()) {
      changed.setEx(wanted.getEx().getValue());
    }
    if (wanted.hasNeedVerification()) {
      changed.setNeedVerification(wanted.getNeedVerification().getValue());
    }
    if (wanted.hasLookMemberInfo()) {
      changed.setLookMemberInfo(wanted.getLookMemberInfo().getValue());
    }
    if (wanted.hasApplyMemberFriend()) {
      changed.setApplyMemberFriend(wanted.getApplyMemberFriend().getValue());
    }
    return changed.build();
  }

  /** What stays as it is, is neither written nor notified of. */
  private void change(Caller caller, String groupId, UnaryOperator<GroupInfo> change) {
    hooks.beforeSetGroupInfo(groupId);
    boolean changed =
        changes.make(
            groupId,
            (group, now) -> {
              GroupInfo before = group.info();
              GroupInfo after = change.apply(before);
              if (after.equals(before)) {
                return false;
              }
              if (!after.getNotification().equals(before.getNotification())) {
                after =
                    after.toBuilder()
                        .setNotificationUpdateTime(now)
                        .setNotificationUserID(caller.userId())
                        .build();
              }
              LogVersion version = group.save(after);
              if (isAnnounced(before, after)) {
                group.markAnnounced();
              }
              group.send(
                  notifications(changes.notifications(caller, group, now), before, after, version));
              return true;
            });
    if (changed) {
      mentions.markNow(new GroupId(groupId));
      hooks.afterSetGroupInfo(groupId);
    }
  }

  private static boolean isAnnounced(GroupInfo before, GroupInfo after) {
    return !after.getNotification().isEmpty()
        && !after.getNotification().equals(before.getNotification());
  }

  private static List<Notification> notifications(
      GroupChangeNotifications of, GroupInfo before, GroupInfo after, LogVersion version) {
    List<Notification> notifications = new ArrayList<>();
    if (!after.getNotification().equals(before.getNotification())) {
      notifications.add(of.announced(after, version));
    }
    if (!after.getGroupName().equals(before.getGroupName())) {
      notifications.add(of.named(after, version));
    }
    GroupInfo others =
        after.toBuilder()
            .setNotification(before.getNotification())
            .setNotificationUpdateTime(before.getNotificationUpdateTime())
            .setNotificationUserID(before.getNotificationUserID())
            .setGroupName(before.getGroupName())
            .build();
    if (!others.equals(before)) {
      notifications.add(of.infoSet(after, version));
    }
    return notifications;
  }

  private MuteGroupResp mute(Caller caller, MuteGroupReq request) {
    setMuted(caller, request.getGroupID(), true);
    return MuteGroupResp.getDefaultInstance();
  }

  private CancelMuteGroupResp unmute(Caller caller, CancelMuteGroupReq request) {
    setMuted(caller, request.getGroupID(), false);
    return CancelMuteGroupResp.getDefaultInstance();
  }

  /** Also where it is so already: the caller's devices may not know. */
  private void setMuted(Caller caller, String groupId, boolean muted) {
    changes.run(
        groupId,
        (group, now) -> {
          GroupInfo after =
              group.info().toBuilder()
                  .setStatus(muted ? GroupStatus.MUTED : GroupStatus.OK)
                  .build();
          LogVersion version = group.save(after);
          group.send(
              List.of(changes.notifications(caller, group, now).groupMuted(after, muted, version)));
        });
  }
}
