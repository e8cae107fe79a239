package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.JoinGroupReq;
import im.hongyan.proto.group.JoinGroupResp;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.KickGroupMemberResp;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.QuitGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Joining groups and leaving them (rest-group.md 8.4, 8.5, 8.13). Safe for use by several threads.
 */
public final class GroupMembership implements Feature {
  /** Anybody enters directly. */
  private static final int OPEN = 2;

  private final GroupChanges changes;
  private final GroupHooks hooks;
  private final int maxMembers;

  /**
   * Creates the feature.
   *
   * @param maxMembers members that a group may have
   */
  public GroupMembership(GroupChanges changes, GroupHooks hooks, int maxMembers) {
    this.changes = changes;
    this.hooks = hooks;
    this.maxMembers = maxMembers;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getJoinGroupMethod(), this::join);
    rpcs.unary(groupGrpc.getQuitGroupMethod(), this::quit);
    rpcs.unary(groupGrpc.getKickGroupMemberMethod(), this::kick);
  }

  /** The applicant is called inviter, as the reference has it; nobody named means the caller. */
  private JoinGroupResp join(Caller caller, JoinGroupReq request) {
    if (request.getInviterUserID().isEmpty() && request.getJoinSource() == Member.BY_INVITATION) {
      throw ImError.ARGS.with("inviterUserID is empty");
    }
    UserId applicant =
        new UserId(
            request.getInviterUserID().isEmpty() ? caller.userId() : request.getInviterUserID());
    if (!changes.knows(applicant)) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    hooks.beforeApplyJoinGroup(
        request.getGroupID(), applicant.value(), request.getReqMessage(), request.getJoinSource());
    boolean entered =
        changes.make(
            request.getGroupID(),
            (group, now) -> {
              if (group.member(applicant).isPresent()) {
                throw ImError.ARGS.bare();
              }
              GroupChangeNotifications notifications =
                  changes.notifications(caller, group, now, applicant);
              if (group.info().getNeedVerification() == OPEN) {
                enter(group, applicant, notifications);
                return true;
              }
              apply(group, applicant, request, notifications);
              return false;
            });
    if (entered) {
      hooks.afterJoinGroup(request.getGroupID(), applicant.value());
    }
    return JoinGroupResp.getDefaultInstance();
  }

  private void enter(LockedGroup group, UserId applicant, GroupChangeNotifications notifications) {
    requireRoom(group, 1, maxMembers);
    Member.Entry entry =
        new Member.Entry(
            notifications.base().nowMillis(), 0, applicant, notifications.base().operatorId());
    Change change =
        group.admit(
            Member.fresh(
                new GroupId(group.info().getGroupID()), applicant, GroupRole.ORDINARY, entry));
    group.send(notifications.entered(change));
  }

  static void requireRoom(LockedGroup group, int joining, int maxMembers) {
    if (group.info().getMemberCount() + joining > maxMembers) {
      throw ImError.ARGS.with("group has more than " + maxMembers + " members");
    }
  }

  private static void apply(
      LockedGroup group,
      UserId applicant,
      JoinGroupReq request,
      GroupChangeNotifications notifications) {
    JoinRequest stored =
        new JoinRequest(
            new GroupId(group.info().getGroupID()),
            applicant,
            request.getReqMessage(),
            notifications.base().nowMillis(),
            request.getJoinSource(),
            new UserId(""),
            request.getEx());
    group.save(List.of(stored));
    Set<UserId> receivers = new LinkedHashSet<>(group.handlerIds());
    receivers.add(applicant);
    receivers.add(notifications.base().operatorId());
    group.send(notifications.base().applied(group.info(), List.of(stored), receivers));
  }

  /** Also from a dismissed group, whose members are still there for a while. */
  private QuitGroupResp quit(Caller caller, QuitGroupReq request) {
    UserId user = new UserId(request.getUserID().isEmpty() ? caller.userId() : request.getUserID());
    LogVersion _ =
        changes.makeAny(
            request.getGroupID(),
            (group, now) -> {
              Member member = group.member(user).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
              if (member.role() == GroupRole.OWNER) {
                throw ImError.NO_PERMISSION.with("group owner can't quit");
              }
              GroupChangeNotifications notifications =
                  changes.notifications(caller, group, now, user);
              LogVersion version = group.remove(List.of(member));
              group.send(notifications.quit(group.info(), member, version));
              return version;
            });
    hooks.afterQuitGroup(request.getGroupID(), user.value());
    return QuitGroupResp.getDefaultInstance();
  }

  private KickGroupMemberResp kick(Caller caller, KickGroupMemberReq request) {
    List<UserId> kicked = request.getKickedUserIDsList().stream().map(UserId::new).toList();
    UserId operator = new UserId(caller.userId());
    if (new HashSet<>(kicked).size() < kicked.size()) {
      throw ImError.ARGS.with("KickedUserIDs duplicate");
    }
    if (kicked.contains(operator)) {
      throw ImError.ARGS.with("opUserID in KickedUserIDs");
    }
    Optional<Boolean> sendMessage =
        request.hasSendMessage() ? Optional.of(request.getSendMessage()) : Optional.empty();
    changes.run(
        request.getGroupID(),
        (group, now) -> {
          List<Member> members = kickable(caller, group, kicked);
          GroupChangeNotifications notifications =
              changes.notifications(caller, group, kicked, now);
          LogVersion version = group.remove(members);
          group.send(notifications.kicked(group.info(), members, version, sendMessage));
        });
    hooks.afterKickGroupMember(
        request.getGroupID(), request.getKickedUserIDsList(), request.getReason());
    return KickGroupMemberResp.getDefaultInstance();
  }

  /** In the order asked. */
  private static List<Member> kickable(Caller caller, LockedGroup group, List<UserId> kicked) {
    if (kicked.contains(new UserId(group.info().getOwnerUserID()))) {
      throw ImError.ARGS.with("ownerUID can not Kick");
    }
    Map<UserId, Member> found = new HashMap<>();
    group.members(kicked).forEach(member -> found.put(member.userId(), member));
    for (UserId user : kicked) {
      if (!found.containsKey(user)) {
        throw ImError.USER_ID_NOT_FOUND.with(user.value());
      }
    }
    if (!caller.privileged()) {
      requireRightToKick(caller, group, found.values().stream().toList());
    }
    return kicked.stream().map(user -> Objects.requireNonNull(found.get(user))).toList();
  }

  private static void requireRightToKick(Caller caller, LockedGroup group, List<Member> members) {
    Member operator =
        group
            .member(new UserId(caller.userId()))
            .orElseThrow(() -> ImError.NO_PERMISSION.with("opUserID no in group"));
    switch (operator.role()) {
      case OWNER -> {}
      case ADMIN -> {
        if (members.stream().anyMatch(member -> member.role() != GroupRole.ORDINARY)) {
          throw ImError.NO_PERMISSION.with(
              "group admins cannot remove the group owner and other admins");
        }
      }
      case ORDINARY -> throw ImError.NO_PERMISSION.with("opUserID no permission");
    }
  }
}
