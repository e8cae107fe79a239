package im.hongyan.relation.group;

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
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.webhooks.GroupHooks;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Making groups, and reading them for our own services (rest-group.md 7.1, 8.1, 8.26); knows the
 * roles in groups for the guard. Safe for use by several threads.
 */
public final class Groups implements Feature, GroupRoles {
  private static final int MOST_ID_TRIES = 10;

  private static final int MAX_ID_BYTES = 64;

  /** What separates parts of keys, paths, patterns and addresses. */
  private static final String ILLEGAL = ":{}/*#?";

  private final GroupStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final GroupHooks hooks;
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
      GroupHooks hooks,
      InstantSource clock,
      Limits limits) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.hooks = hooks;
    this.clock = clock;
    this.limits = limits;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.roles(this);
    rpcs.unary(groupGrpc.getCreateGroupMethod(), this::create);
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
    GroupInfo _ = store.requireOpen(new GroupId(groupId));
  }

  private CreateGroupResp create(Caller caller, CreateGroupReq request) {
    String askedId = request.getGroupInfo().getGroupID();
    checkGroupId(askedId);
    Map<UserId, GroupRole> roles = roles(request);
    Set<UserId> named = new LinkedHashSet<>(roles.keySet());
    named.add(new UserId(caller.userId()));
    Map<UserId, User> people = users.byId(named);
    if (people.size() < named.size()) {
      throw ImError.USER_ID_NOT_FOUND.with("user not found");
    }
    if (roles.size() > limits.maxMembers()) {
      throw ImError.ARGS.with("group has more than " + limits.maxMembers() + " members");
    }
    List<String> members = roles.keySet().stream().map(UserId::value).toList();
    hooks.beforeCreateGroup(askedId, request.getOwnerUserID(), members);
    GroupNotifications notifications = new GroupNotifications(caller, people, clock.millis());
    GroupInfo group =
        askedId.isEmpty()
            ? storeWithNewId(request, roles, notifications)
            : store(request, new GroupId(askedId), roles, notifications)
                .orElseThrow(() -> ImError.GROUP_ID_EXISTED.with("group id existed " + askedId));
    hooks.afterCreateGroup(group.getGroupID(), group.getOwnerUserID(), members);
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
    hooks.beforeMembersJoinGroup(
        groupId.value(), roles.keySet().stream().map(UserId::value).toList());
    Member.Entry entry = notifications.entryByInvitation();
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

  private static Optional<Boolean> given(boolean present, boolean value) {
    return present ? Optional.of(value) : Optional.empty();
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
