package im.hongyan.relation.group;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Inviting users into groups (rest-group.md 7.2, 8.16). Safe for use by several threads.
 *
 * <p>Those who join do so in one transaction, fifty with each version and notification: clients
 * follow versions, and a notification must fit into a message.
 */
public final class GroupInvitations implements Feature {
  /** Members that join with one version, and one notification (notifications.md 6, 1509). */
  private static final int ENTER_AT_ONCE = GroupNotifications.MOST_LISTED_MEMBERS;

  /** Requests of one transaction; each makes a notification for every owner and admin. */
  private static final int ASK_AT_ONCE = 50;

  /** Everyone needs approval except those whom owner, admins or app admins invite. */
  private static final int ALWAYS_VERIFY = 1;

  private final GroupStore store;
  private final GroupChanges changes;
  private final UserDirectory users;
  private final GroupHooks hooks;
  private final int maxMembers;

  /**
   * Creates the feature.
   *
   * @param maxMembers members that a group may have
   */
  public GroupInvitations(
      GroupStore store,
      GroupChanges changes,
      UserDirectory users,
      GroupHooks hooks,
      int maxMembers) {
    this.store = store;
    this.changes = changes;
    this.users = users;
    this.hooks = hooks;
    this.maxMembers = maxMembers;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getInviteUserToGroupMethod(), this::invite);
  }

  /**
   * Lets users in, or asks the group's owner and admins to, where an ordinary member invites into a
   * group that verifies always. Members stay as they are.
   */
  private InviteUserToGroupResp invite(Caller caller, InviteUserToGroupReq request) {
    GroupInfo group = store.requireOpen(new GroupId(request.getGroupID()));
    List<UserId> invited = request.getInvitedUserIDsList().stream().map(UserId::new).toList();
    Set<UserId> named = new LinkedHashSet<>(invited);
    named.add(new UserId(caller.userId()));
    Map<UserId, User> people = users.byId(named);
    if (!people.keySet().containsAll(invited)) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
    hooks.beforeInviteUserToGroup(
        request.getGroupID(), request.getInvitedUserIDsList(), request.getReason());
    if (asks(caller, group)) {
      for (List<UserId> some : Lists.partition(invited, ASK_AT_ONCE)) {
        changes.run(
            request.getGroupID(),
            (locked, now) -> ask(locked, some, new GroupNotifications(caller, people, now)));
      }
    } else {
      hooks.beforeMembersJoinGroup(request.getGroupID(), request.getInvitedUserIDsList());
      Optional<Boolean> sendMessage =
          request.hasSendMessage() ? Optional.of(request.getSendMessage()) : Optional.empty();
      changes.run(
          request.getGroupID(),
          (locked, now) ->
              enter(locked, invited, new GroupNotifications(caller, people, now), sendMessage));
    }
    return InviteUserToGroupResp.getDefaultInstance();
  }

  private boolean asks(Caller caller, GroupInfo group) {
    return group.getNeedVerification() == ALWAYS_VERIFY
        && !caller.privileged()
        && store
            .members(new GroupId(group.getGroupID()), List.of(new UserId(caller.userId())))
            .stream()
            .allMatch(member -> member.role() == GroupRole.ORDINARY);
  }

  private static List<UserId> withoutMembers(LockedGroup group, List<UserId> users) {
    Set<UserId> known =
        group.members(users).stream().map(Member::userId).collect(Collectors.toSet());
    return users.stream().filter(user -> !known.contains(user)).toList();
  }

  private void enter(
      LockedGroup group,
      List<UserId> invited,
      GroupNotifications notifications,
      Optional<Boolean> sendMessage) {
    List<UserId> joining = withoutMembers(group, invited);
    if (joining.isEmpty()) {
      return;
    }
    GroupMembership.requireRoom(group, joining.size(), maxMembers);
    GroupId groupId = new GroupId(group.info().getGroupID());
    Member.Entry entry = notifications.entryByInvitation();
    List<Member> operator = group.member(notifications.operatorId()).stream().toList();
    List<Member> fresh =
        joining.stream().map(id -> Member.fresh(groupId, id, GroupRole.ORDINARY, entry)).toList();
    List<Notification> all = new ArrayList<>();
    for (Change change : group.admit(Lists.partition(fresh, ENTER_AT_ONCE))) {
      all.addAll(notifications.invited(change, operator, sendMessage));
    }
    group.send(all);
  }

  private static void ask(
      LockedGroup group, List<UserId> invited, GroupNotifications notifications) {
    GroupId groupId = new GroupId(group.info().getGroupID());
    UserId inviter = notifications.operatorId();
    List<JoinRequest> requests =
        withoutMembers(group, invited).stream()
            .map(id ->
                new JoinRequest(
                    groupId, id, "", notifications.nowMillis(), Member.BY_INVITATION, inviter, ""))
            .toList();
    Set<UserId> receivers = new LinkedHashSet<>(group.handlerIds());
    receivers.add(inviter);
    group.save(requests);
    group.send(notifications.applied(group.info(), requests, receivers));
  }
}
