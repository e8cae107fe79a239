package im.hongyan.relation.group;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.GetGroupInfoCacheReq;
import im.hongyan.proto.group.GetGroupInfoCacheResp;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMemberCacheResp;
import im.hongyan.proto.group.GetGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetGroupMemberUserIDsResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.authz.GroupRoles;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Making groups and letting users in (rest-group.md 7.1, 7.2, 8.1, 8.16, 8.26); knows the roles in
 * groups for the guard. Safe for use by several threads.
 */
public final class Groups implements Feature, GroupRoles {
  /** Members that join with one version, and one notification (notifications.md 6, 1509). */
  private static final int ENTER_AT_ONCE = 50;

  private static final int MOST_ID_TRIES = 10;

  /** Owner and admins that get a request. */
  private static final int MOST_HANDLERS = 100;

  private static final int MAX_ID_BYTES = 64;

  /** What separates parts of keys, paths, patterns and addresses. */
  private static final String ILLEGAL = ":{}/*#?";

  /** Everyone needs approval except those whom owner, admins or app admins invite. */
  private static final int ALWAYS_VERIFY = 1;

  private final GroupStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final InstantSource clock;
  private final Limits limits;

  /**
   * What groups may be.
   *
   * @param maxMembers members that one may have
   * @param underscores whether ids that clients choose may have one
   */
  public record Limits(int maxMembers, boolean underscores) {}

  /** Creates the feature. */
  public Groups(
      GroupStore store,
      UserDirectory users,
      OutboxSignal outbox,
      InstantSource clock,
      Limits limits) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.clock = clock;
    this.limits = limits;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.roles(this);
    rpcs.unary(groupGrpc.getCreateGroupMethod(), this::create);
    rpcs.unary(groupGrpc.getInviteUserToGroupMethod(), this::invite);
    rpcs.unary(groupGrpc.getGetGroupMemberUserIDsMethod(), this::getMemberIds);
    rpcs.unary(groupGrpc.getGetGroupInfoCacheMethod(), this::getInfo);
    rpcs.unary(groupGrpc.getGetGroupMemberCacheMethod(), this::getMember);
  }

  @Override
  public int roleLevel(String groupId, String userId) {
    return member(new GroupId(groupId), new UserId(userId))
        .map(member -> member.role().level())
        .orElse(GroupRole.NO_MEMBER);
  }

  private Optional<Member> member(GroupId groupId, UserId userId) {
    return store.members(groupId, List.of(userId)).stream().findFirst();
  }

  @Override
  public void requireGroup(String groupId) {
    GroupInfo _ = openGroup(new GroupId(groupId));
  }

  private GroupInfo openGroup(GroupId groupId) {
    GroupInfo group = store.find(groupId).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
    if (group.getStatus() == GroupStatus.DISMISSED) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    return group;
  }

  private CreateGroupResp create(Caller caller, CreateGroupReq request) {
    String askedId = request.getGroupInfo().getGroupID();
    checkGroupId(askedId);
    Map<UserId, GroupRole> roles = roles(request);
    Set<UserId> named = new LinkedHashSet<>(roles.keySet());
    named.add(new UserId(caller.userId()));
    Map<UserId, User> people = people(named);
    if (people.size() < named.size()) {
      throw ImError.USER_ID_NOT_FOUND.with("user not found");
    }
    if (roles.size() > limits.maxMembers()) {
      throw ImError.ARGS.with("group has more than " + limits.maxMembers() + " members");
    }
    GroupNotifications notifications = new GroupNotifications(caller, people, clock.millis());
    GroupInfo group =
        askedId.isEmpty()
            ? storeWithNewId(request, roles, notifications)
            : store(request, new GroupId(askedId), roles, notifications)
                .orElseThrow(() -> ImError.GROUP_ID_EXISTED.with("group id existed " + askedId));
    return CreateGroupResp.newBuilder().setGroupInfo(group).build();
  }

  /** Refuses a group id that could be mistaken in a path, a key or a log. */
  private void checkGroupId(String groupId) {
    if (groupId.codePoints().anyMatch(this::isIllegal)) {
      throw ImError.ARGS.with("groupID is illegal");
    }
    if (groupId.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw ImError.ARGS.with("groupID is longer than " + MAX_ID_BYTES + " bytes");
    }
  }

  private boolean isIllegal(int c) {
    return ILLEGAL.indexOf(c) >= 0
        || Character.isISOControl(c)
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT
        || (c == '_' && !limits.underscores());
  }

  /** First members in their order; the operator is one of them only where it is named. */
  private static Map<UserId, GroupRole> roles(CreateGroupReq request) {
    Map<UserId, GroupRole> roles = new LinkedHashMap<>();
    roles.put(new UserId(request.getOwnerUserID()), GroupRole.OWNER);
    request.getAdminUserIDsList().forEach(admin -> putOnce(roles, admin, GroupRole.ADMIN));
    request.getMemberUserIDsList().forEach(user -> putOnce(roles, user, GroupRole.ORDINARY));
    return roles;
  }

  private static void putOnce(Map<UserId, GroupRole> roles, String userId, GroupRole role) {
    if (roles.putIfAbsent(new UserId(userId), role) != null) {
      throw ImError.ARGS.with("group member repeated");
    }
  }

  private Map<UserId, User> people(Collection<UserId> userIds) {
    Map<UserId, User> people = new HashMap<>();
    users.find(userIds).forEach(user -> people.put(user.userId(), user));
    return people;
  }

  /** Ten digits at most, as clients know them (rest-group.md 7.1). */
  private GroupInfo storeWithNewId(
      CreateGroupReq request, Map<UserId, GroupRole> roles, GroupNotifications notifications) {
    for (int tries = 0; tries < MOST_ID_TRIES; tries++) {
      String id = Integer.toUnsignedString(ThreadLocalRandom.current().nextInt());
      Optional<GroupInfo> made = store(request, new GroupId(id), roles, notifications);
      if (made.isPresent()) {
        return made.get();
      }
    }
    throw ImError.DATA.with("group id gen error");
  }

  /** The group as stored; empty when the id is taken. */
  private Optional<GroupInfo> store(
      CreateGroupReq request,
      GroupId groupId,
      Map<UserId, GroupRole> roles,
      GroupNotifications notifications) {
    GroupInfo asked = request.getGroupInfo();
    GroupInfo.Builder group =
        asked.toBuilder()
            .setGroupID(groupId.value())
            .setStatus(GroupStatus.OK)
            .setOwnerUserID(request.getOwnerUserID())
            .setCreateTime(notifications.nowMillis())
            .setMemberCount(0);
    if (asked.getCreatorUserID().isEmpty()) {
      group.setCreatorUserID(notifications.operatorId().value());
    }
    Member.Entry entry = byInvitation(notifications);
    List<Member> members = new ArrayList<>();
    roles.forEach((user, role) -> members.add(Member.fresh(groupId, user, role, entry)));
    Optional<Boolean> sendMessage = given(request.hasSendMessage(), request.getSendMessage());
    if (!store.create(
        group.build(), members, change -> notifications.created(change, sendMessage))) {
      return Optional.empty();
    }
    outbox.wake();
    return Optional.of(group.setMemberCount(roles.size()).build());
  }

  private static Member.Entry byInvitation(GroupNotifications notifications) {
    UserId operator = notifications.operatorId();
    return new Member.Entry(notifications.nowMillis(), Member.BY_INVITATION, operator, operator);
  }

  private static Optional<Boolean> given(boolean present, boolean value) {
    return present ? Optional.of(value) : Optional.empty();
  }

  /**
   * Lets users in, or asks the group's owner and admins to, where an ordinary member invites into a
   * group that verifies always. Members stay as they are.
   */
  private InviteUserToGroupResp invite(Caller caller, InviteUserToGroupReq request) {
    GroupInfo group = openGroup(new GroupId(request.getGroupID()));
    UserId operatorId = new UserId(caller.userId());
    Optional<Member> operator = member(new GroupId(group.getGroupID()), operatorId);
    List<UserId> invited = request.getInvitedUserIDsList().stream().map(UserId::new).toList();
    Set<UserId> named = new LinkedHashSet<>(invited);
    named.add(operatorId);
    Map<UserId, User> people = people(named);
    if (!people.keySet().containsAll(invited)) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
    boolean ask =
        group.getNeedVerification() == ALWAYS_VERIFY
            && !caller.privileged()
            && operator.filter(member -> member.role() != GroupRole.ORDINARY).isEmpty();
    GroupNotifications notifications = new GroupNotifications(caller, people, clock.millis());
    for (List<UserId> some : Lists.partition(invited, ENTER_AT_ONCE)) {
      require(
          ask ? ask(request, some, notifications) : enter(request, some, operator, notifications));
      outbox.wake();
    }
    return InviteUserToGroupResp.getDefaultInstance();
  }

  private JoinResult enter(
      InviteUserToGroupReq request,
      List<UserId> ids,
      Optional<Member> operator,
      GroupNotifications notifications) {
    GroupId groupId = new GroupId(request.getGroupID());
    Member.Entry entry = byInvitation(notifications);
    Optional<Boolean> sendMessage = given(request.hasSendMessage(), request.getSendMessage());
    List<Member> known = operator.stream().toList();
    return store.enter(
        groupId,
        ids.stream().map(id -> Member.fresh(groupId, id, GroupRole.ORDINARY, entry)).toList(),
        limits.maxMembers(),
        change -> notifications.invited(change, known, sendMessage));
  }

  private JoinResult ask(
      InviteUserToGroupReq request, List<UserId> ids, GroupNotifications notifications) {
    GroupId groupId = new GroupId(request.getGroupID());
    UserId inviter = notifications.operatorId();
    int source = Member.BY_INVITATION;
    List<JoinRequest> requests =
        ids.stream()
            .map(id ->
                new JoinRequest(groupId, id, "", notifications.nowMillis(), source, inviter, ""))
            .toList();
    Set<UserId> receivers = new LinkedHashSet<>(store.handlerIds(groupId, MOST_HANDLERS));
    receivers.add(inviter);
    return store.apply(
        groupId, requests, (group, stored) -> notifications.applied(group, stored, receivers));
  }

  /** Refuses what was not done: a group may change between the first look and the change. */
  private void require(JoinResult result) {
    switch (result) {
      case DONE -> {}
      case NO_GROUP -> throw ImError.RECORD_NOT_FOUND.bare();
      case DISMISSED -> throw ImError.DISMISSED_ALREADY.bare();
      case FULL ->
          throw ImError.ARGS.with("group has more than " + limits.maxMembers() + " members");
    }
  }

  /** In member order; of an unknown group, for those who may ask anything, none. */
  private GetGroupMemberUserIDsResp getMemberIds(Caller caller, GetGroupMemberUserIDsReq request) {
    List<UserId> ids = store.memberIds(new GroupId(request.getGroupID()));
    return GetGroupMemberUserIDsResp.newBuilder()
        .addAllUserIDs(ids.stream().map(UserId::value).toList())
        .build();
  }

  private GetGroupInfoCacheResp getInfo(Caller caller, GetGroupInfoCacheReq request) {
    return GetGroupInfoCacheResp.newBuilder()
        .setGroupInfo(
            store
                .find(new GroupId(request.getGroupID()))
                .orElseThrow(ImError.RECORD_NOT_FOUND::bare))
        .build();
  }

  private GetGroupMemberCacheResp getMember(Caller caller, GetGroupMemberCacheReq request) {
    Member member =
        member(new GroupId(request.getGroupID()), new UserId(request.getGroupMemberID()))
            .orElseThrow(ImError.RECORD_NOT_FOUND::bare);
    return GetGroupMemberCacheResp.newBuilder()
        .setMember(GroupMessages.member(member, null))
        .build();
  }
}
