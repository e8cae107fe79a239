package im.hongyan.relation.group;

import com.google.protobuf.Message;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.GetGroupMemberListReq;
import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.MuteGroupMemberReq;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.SetGroupInfoExReq;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.TransferGroupOwnerReq;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Groups behind their guards, on a database. The clock goes on by a millisecond at each look. */
public final class GroupWorld implements AutoCloseable {
  private static final int MOST_MEMBERS = 200_000;

  private final RelationDatabase database;
  private final RelationTestServer server;
  private final GroupDismissals dismissals;
  private final GroupMentions mentions;
  private final AtomicLong millis = new AtomicLong(5_000);

  /** Serves them for these users. */
  public GroupWorld(RelationDatabase database, String... users) {
    this.database = database;
    MySql mysql = database.mysql();
    server = new RelationTestServer().users(RelationTestServer.ADMIN).users(users);
    GroupListStore lists = new GroupListStore(mysql);
    GroupViewStore views = new GroupViewStore(mysql);
    GroupStore groups = new GroupStore(mysql);
    InstantSource clock = () -> Instant.ofEpochMilli(millis.incrementAndGet());
    GroupChanges changes = new GroupChanges(new GroupChangeStore(mysql), server, () -> {}, clock);
    dismissals =
        GroupDismissals.start(
            changes,
            new GroupDismissalStore(mysql),
            GroupHooks.NONE,
            clock,
            new SimpleMeterRegistry());
    mentions =
        GroupMentions.start(
            new GroupMentionStore(mysql), Set::copyOf, () -> {}, clock, new SimpleMeterRegistry());
    server.serve(
        making(mysql, server, clock, MOST_MEMBERS),
        dismissals,
        new GroupSettings(changes, mentions, GroupHooks.NONE),
        new GroupMemberSettings(changes, GroupHooks.NONE),
        new GroupMemberInfos(changes, GroupHooks.NONE),
        new GroupMembership(changes, GroupHooks.NONE, MOST_MEMBERS),
        new GroupApplicationAnswers(changes, MOST_MEMBERS),
        new GroupReads(lists),
        new GroupAbstracts(lists, views, server),
        new GroupMembers(new GroupMemberStore(mysql), server, server),
        new GroupSync(new GroupSyncStore(mysql), lists, views, groups, server),
        new JoinedGroups(new JoinedGroupStore(mysql)),
        new GroupApplications(new GroupRequestStore(mysql), lists, server));
  }

  /** Making groups and inviting into them, on a database. */
  public static List<Feature> making(
      MySql mysql, UserDirectory users, InstantSource clock, int maxMembers) {
    GroupStore store = new GroupStore(mysql);
    GroupChanges changes = new GroupChanges(new GroupChangeStore(mysql), users, () -> {}, clock);
    Groups.Limits limits = new Groups.Limits(maxMembers, true);
    return List.of(
        new Groups(store, users, () -> {}, GroupHooks.NONE, clock, limits),
        new GroupInvitations(store, changes, users, GroupHooks.NONE, maxMembers));
  }

  /** Calls as a user. */
  public <A extends Message, B extends Message> B call(
      String caller, MethodDescriptor<A, B> method, A request) {
    return server.call(caller, method, request);
  }

  /** What REST answers to a body. */
  public <A extends Message, B extends Message> String rest(
      String caller, MethodDescriptor<A, B> method, String body) {
    return server.rest(caller, method, body);
  }

  /** Makes a group whose name is its id. */
  public GroupInfo create(String groupId, String owner, String... members) {
    return create(
        CreateGroupReq.newBuilder()
            .setOwnerUserID(owner)
            .addAllMemberUserIDs(List.of(members))
            .setGroupInfo(
                GroupInfo.newBuilder().setGroupID(groupId).setGroupName(groupId).setGroupType(2))
            .build());
  }

  GroupInfo create(CreateGroupReq request) {
    return call(RelationTestServer.ADMIN, groupGrpc.getCreateGroupMethod(), request).getGroupInfo();
  }

  void invite(String groupId, String inviter, String... users) {
    call(
        inviter,
        groupGrpc.getInviteUserToGroupMethod(),
        InviteUserToGroupReq.newBuilder()
            .setGroupID(groupId)
            .addAllInvitedUserIDs(List.of(users))
            .build());
  }

  /** A member's role; 0 for others. */
  long role(String groupId, String user) {
    return database.number(
        "SELECT COALESCE(MAX(role_level), 0) FROM group_member WHERE group_id = ? AND user_id = ?",
        new GroupId(groupId),
        new UserId(user));
  }

  /** Whether the user is a member. */
  public boolean isMember(String groupId, String user) {
    return role(groupId, user) > 0;
  }

  /** Lets the user in. */
  public void admit(String groupId, String user) {
    invite(groupId, RelationTestServer.ADMIN, user);
  }

  /** The user leaves. */
  public void leave(String groupId, String user) {
    quit(groupId, user);
  }

  void kick(String groupId, String user) {
    call(
        RelationTestServer.ADMIN,
        groupGrpc.getKickGroupMemberMethod(),
        KickGroupMemberReq.newBuilder().setGroupID(groupId).addKickedUserIDs(user).build());
  }

  void quit(String groupId, String user) {
    call(
        user,
        groupGrpc.getQuitGroupMethod(),
        QuitGroupReq.newBuilder().setGroupID(groupId).build());
  }

  void setRole(String groupId, String user, int level) {
    set(groupId, user, member -> member.getRoleLevelBuilder().setValue(level));
  }

  void setNickname(String groupId, String user, String nickname) {
    set(groupId, user, member -> member.getNicknameBuilder().setValue(nickname));
  }

  private void set(String groupId, String user, Consumer<SetGroupMemberInfo.Builder> change) {
    SetGroupMemberInfo.Builder member =
        SetGroupMemberInfo.newBuilder().setGroupID(groupId).setUserID(user);
    change.accept(member);
    call(
        RelationTestServer.ADMIN,
        groupGrpc.getSetGroupMemberInfoMethod(),
        SetGroupMemberInfoReq.newBuilder().addMembers(member).build());
  }

  void mute(String groupId, String user) {
    call(
        RelationTestServer.ADMIN,
        groupGrpc.getMuteGroupMemberMethod(),
        MuteGroupMemberReq.newBuilder()
            .setGroupID(groupId)
            .setUserID(user)
            .setMutedSeconds(9)
            .build());
  }

  void transfer(String groupId, String from, String to) {
    call(
        RelationTestServer.ADMIN,
        groupGrpc.getTransferGroupOwnerMethod(),
        TransferGroupOwnerReq.newBuilder()
            .setGroupID(groupId)
            .setOldOwnerUserID(from)
            .setNewOwnerUserID(to)
            .build());
  }

  void rename(String groupId, String name) {
    call(
        RelationTestServer.ADMIN,
        groupGrpc.getSetGroupInfoExMethod(),
        SetGroupInfoExReq.newBuilder()
            .setGroupID(groupId)
            .setGroupName(StringValue.newBuilder().setValue(name))
            .build());
  }

  void dismiss(String groupId) {
    call(
        RelationTestServer.ADMIN,
        groupGrpc.getDismissGroupMethod(),
        DismissGroupReq.newBuilder().setGroupID(groupId).build());
  }

  /** What the background does when members of dismissed groups have stayed long enough. */
  void removeMembersOfDismissed() {
    millis.addAndGet(Duration.ofHours(2).toMillis());
    dismissals.finishOthers();
  }

  getIncrementalGroupMemberResp changes(
      String caller, String groupId, String versionId, long version) {
    return call(
        caller, groupGrpc.getGetIncrementalGroupMemberMethod(), since(groupId, versionId, version));
  }

  static getIncrementalGroupMemberReq since(String groupId, String versionId, long version) {
    return getIncrementalGroupMemberReq
        .newBuilder()
        .setGroupID(groupId)
        .setVersionID(versionId)
        .setVersion(version)
        .build();
  }

  GetGroupMemberListResp page(String caller, String groupId, int number, int size) {
    return list(caller, groupId, 0, "", number, size);
  }

  GetGroupMemberListResp list(
      String caller, String groupId, int filter, String keyword, int number, int size) {
    return call(
        caller,
        groupGrpc.getGetGroupMemberListMethod(),
        GetGroupMemberListReq.newBuilder()
            .setGroupID(groupId)
            .setFilter(filter)
            .setKeyword(keyword)
            .setPagination(pagination(number, size))
            .build());
  }

  static RequestPagination pagination(int number, int size) {
    return RequestPagination.newBuilder().setPageNumber(number).setShowNumber(size).build();
  }

  @Override
  public void close() {
    mentions.close();
    dismissals.close();
    server.close();
  }
}
