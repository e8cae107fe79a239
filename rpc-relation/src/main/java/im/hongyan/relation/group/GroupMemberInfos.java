package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.SetGroupMemberInfoResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names, pictures and roles of members (rest-group.md 8.23). The entries of one group are one
 * transaction. Safe for use by several threads.
 */
public final class GroupMemberInfos implements Feature {
  private final GroupChanges changes;
  private final GroupHooks hooks;

  /** Creates the feature. */
  public GroupMemberInfos(GroupChanges changes, GroupHooks hooks) {
    this.changes = changes;
    this.hooks = hooks;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getSetGroupMemberInfoMethod(), this::set);
  }

  private SetGroupMemberInfoResp set(Caller caller, SetGroupMemberInfoReq request) {
    Map<String, List<SetGroupMemberInfo>> byGroup = new LinkedHashMap<>();
    for (SetGroupMemberInfo entry : request.getMembersList()) {
      requireRole(entry);
      byGroup.computeIfAbsent(entry.getGroupID(), id -> new ArrayList<>()).add(entry);
    }
    byGroup.forEach(GroupMemberInfos::requireDistinct);
    Map<String, GroupChanges.Action> actions = new LinkedHashMap<>();
    byGroup.forEach(
        (id, entries) -> actions.put(id, (group, now) -> change(caller, group, entries, now)));
    request
        .getMembersList()
        .forEach(each -> hooks.beforeSetGroupMemberInfo(each.getGroupID(), each.getUserID()));
    changes.runAll(actions);
    request
        .getMembersList()
        .forEach(each -> hooks.afterSetGroupMemberInfo(each.getGroupID(), each.getUserID()));
    return SetGroupMemberInfoResp.getDefaultInstance();
  }

  private static void requireRole(SetGroupMemberInfo entry) {
    if (!entry.hasRoleLevel()) {
      return;
    }
    int level = entry.getRoleLevel().getValue();
    if (level == GroupRole.OWNER.level()) {
      throw ImError.NO_PERMISSION.with("cannot set ungroup owner");
    }
    if (level != GroupRole.ADMIN.level() && level != GroupRole.ORDINARY.level()) {
      throw ImError.ARGS.with("invalid role level");
    }
  }

  private static void requireDistinct(String groupId, List<SetGroupMemberInfo> entries) {
    Set<String> seen = new HashSet<>();
    for (SetGroupMemberInfo entry : entries) {
      if (!seen.add(entry.getUserID())) {
        throw ImError.ARGS.with("repeat group " + groupId + " user " + entry.getUserID());
      }
    }
  }

  private void change(
      Caller caller, LockedGroup group, List<SetGroupMemberInfo> entries, long now) {
    List<UserId> ids = entries.stream().map(entry -> new UserId(entry.getUserID())).toList();
    Map<UserId, Member> targets = new HashMap<>();
    group.members(ids).forEach(member -> targets.put(member.userId(), member));
    Optional<Member> operator = group.member(new UserId(caller.userId()));
    if (operator.isEmpty() && !caller.privileged()) {
      throw ImError.NO_PERMISSION.with("user not in group");
    }
    GroupChangeNotifications notifications = changes.notifications(caller, group, ids, now);
    for (SetGroupMemberInfo entry : entries) {
      Member target = targets.get(new UserId(entry.getUserID()));
      if (target == null) {
        throw ImError.ARGS.with("user not in group");
      }
      if (caller.privileged()) {
        requireOtherThanOwner(target, entry);
      } else {
        operator.ifPresent(by -> requireRight(by, target, entry));
      }
      change(group, target, entry, notifications);
    }
  }

  /** An administrator leaves the owner's role to the transfer, so that a group has one owner. */
  private static void requireOtherThanOwner(Member target, SetGroupMemberInfo entry) {
    if (target.role() == GroupRole.OWNER && entry.hasRoleLevel()) {
      throw ImError.NO_PERMISSION.with("cannot set ungroup owner");
    }
  }

  private static void requireRight(Member by, Member target, SetGroupMemberInfo entry) {
    boolean self = by.userId().equals(target.userId());
    switch (by.role()) {
      case OWNER -> {
        if (self && entry.hasRoleLevel()) {
          throw ImError.ARGS.with("group owner can not change own role level");
        }
      }
      case ADMIN -> {
        if (target.role() == GroupRole.OWNER) {
          throw ImError.NO_PERMISSION.with("admin can not change group owner");
        }
        if (target.role() == GroupRole.ADMIN && !self) {
          throw ImError.NO_PERMISSION.with("admin can not change other group admin");
        }
      }
      case ORDINARY -> {
        if (!self) {
          throw ImError.NO_PERMISSION.with("ordinary users can not change other role level");
        }
      }
    }
    if (self && entry.hasRoleLevel() && entry.getRoleLevel().getValue() > by.role().level()) {
      throw ImError.NO_PERMISSION.with("can not improve role level by self");
    }
  }

  private static void change(
      LockedGroup group,
      Member target,
      SetGroupMemberInfo entry,
      GroupChangeNotifications notifications) {
    Member changed = applied(target, entry);
    boolean profile = entry.hasNickname() || entry.hasFaceURL() || entry.hasEx();
    if (!profile && !entry.hasRoleLevel()) {
      return;
    }
    LogVersion version = group.save(List.of(changed), changed.role() != target.role());
    List<Notification> all = new ArrayList<>();
    if (entry.hasRoleLevel()) {
      all.add(
          notifications.memberSet(
              changed.role() == GroupRole.ADMIN
                  ? NotificationType.GROUP_MEMBER_MADE_ADMIN
                  : NotificationType.GROUP_MEMBER_MADE_ORDINARY,
              group.info(),
              changed,
              version));
    }
    if (profile) {
      all.add(
          notifications.memberSet(
              NotificationType.GROUP_MEMBER_INFO_SET, group.info(), changed, version));
    }
    group.send(all);
  }

  private static Member applied(Member member, SetGroupMemberInfo entry) {
    Member.Profile profile = member.profile();
    Member changed =
        member.withProfile(
            new Member.Profile(
                entry.hasNickname() ? entry.getNickname().getValue() : profile.nickname(),
                entry.hasFaceURL() ? entry.getFaceURL().getValue() : profile.faceUrl(),
                entry.hasEx() ? entry.getEx().getValue() : profile.ex()));
    return entry.hasRoleLevel()
        ? changed.withRole(GroupRole.of(entry.getRoleLevel().getValue()))
        : changed;
  }
}
