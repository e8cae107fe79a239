package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.GetGroupInfoCacheReq;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMemberUserIDsReq;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.ConversationUpdateTips;
import im.hongyan.proto.sdkws.GroupCreatedTips;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupInfoSetAnnouncementTips;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.JoinGroupApplicationTips;
import im.hongyan.proto.sdkws.MemberInvitedTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the rules of making groups and letting users in, and the notifications, through gRPC. */
@ExtendWith(TestStoresExtension.class)
class GroupsTest {
  private static final int MAX_MEMBERS = 120;

  @AutoClose private static RelationDatabase database;

  private final GroupStore store = new GroupStore(mysql());
  private final AtomicInteger wakes = new AtomicInteger();
  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(5));

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer()
          .users(RelationTestServer.ADMIN, "alice", "bob", "carl", "dora")
          .users(many());

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void serve() {
    database.clear();
    server.serve(
        new Groups(
            store, server, wakes::incrementAndGet, clock, new Groups.Limits(MAX_MEMBERS, true)));
  }

  private static String[] many() {
    return IntStream.range(0, 130).mapToObj(i -> "u" + i).toArray(String[]::new);
  }

  private static CreateGroupReq.Builder creation() {
    return CreateGroupReq.newBuilder()
        .setOwnerUserID("alice")
        .setGroupInfo(GroupInfo.newBuilder().setGroupType(2).setGroupName("flock"));
  }

  private static CreateGroupReq creation(Consumer<CreateGroupReq.Builder> change) {
    CreateGroupReq.Builder request = creation();
    change.accept(request);
    return request.build();
  }

  private GroupInfo create(String caller, CreateGroupReq request) {
    return server.call(caller, groupGrpc.getCreateGroupMethod(), request).getGroupInfo();
  }

  private String refused(String caller, Consumer<CreateGroupReq.Builder> change) {
    return server.refusal(caller, groupGrpc.getCreateGroupMethod(), creation(change));
  }

  private String refused(Consumer<CreateGroupReq.Builder> change) {
    return refused("alice", change);
  }

  @Test
  void aCreationIsRefusedInTheOrderOfTheProtocol() {
    assertThat(refused("eve", c -> c.clearGroupInfo().setOwnerUserID("")))
        .isEqualTo("1001 groupInfo is empty");
    assertThat(refused("eve", c -> c.setOwnerUserID("").getGroupInfoBuilder().setGroupType(3)))
        .isEqualTo("1001 GroupType is invalid");
    assertThat(refused(c -> c.getGroupInfoBuilder().setGroupType(-1)))
        .isEqualTo("1001 GroupType is invalid");
    List<String> tooMany = Collections.nCopies(1_001, "bob");
    assertThat(refused("eve", c -> c.setOwnerUserID("").addAllMemberUserIDs(tooMany)))
        .isEqualTo("1001 ownerUserID is empty");
    assertThat(refused(c -> c.addAllMemberUserIDs(tooMany).getGroupInfoBuilder().setGroupType(1)))
        .isEqualTo("1001 too many MemberUserIDs, need to be less than 1000");
    assertThat(refused(c -> c.addAllAdminUserIDs(tooMany)))
        .isEqualTo("1001 too many AdminUserIDs, need to be less than 1000");
    assertThat(refused("eve", c -> c.getGroupInfoBuilder().setGroupType(0)))
        .isEqualTo("1001 group type only supports 2");
    assertThat(refused("bob", c -> c.addMemberUserIDs("alice")))
        .isEqualTo("1002 ownerUserID, alice=MISSING");
    for (String twice : List.of("alice", "bob")) {
      assertThat(
              refused(c -> c.addAdminUserIDs("bob").addMemberUserIDs("x").addMemberUserIDs(twice)))
          .isEqualTo("1001 group member repeated");
    }
    assertThat(refused(c -> c.addMemberUserIDs("nobody"))).isEqualTo("1101 user not found");
    assertThat(refused(c -> c.addMemberUserIDs(""))).isEqualTo("1101 user not found");
    assertThat(refused(c -> c.addAllMemberUserIDs(List.of(many()).subList(0, 120))))
        .isEqualTo("1001 group has more than 120 members");
    assertThat(database.notificationCount()).isZero();
  }

  @Test
  void idsAndTextsThatDoNotFitAreRefused() {
    create("alice", creation(c -> c.getGroupInfoBuilder().setGroupID("g1")));
    assertThat(refused(c -> c.getGroupInfoBuilder().setGroupID("g1")))
        .isEqualTo("1202 group id existed g1");
    for (int c : " \n:{}/*#?\u200b\u3000".codePoints().toArray()) {
      String id = "a" + Character.toString(c) + "b";
      assertThat(refused(group -> group.getGroupInfoBuilder().setGroupID(id)))
          .isEqualTo("1001 groupID is illegal");
    }
    assertThat(refused(c -> c.getGroupInfoBuilder().setGroupID("雁".repeat(22))))
        .isEqualTo("1001 groupID is longer than 64 bytes");
    assertThat(refused(c -> c.getGroupInfoBuilder().setGroupName("雁".repeat(256))))
        .isEqualTo("1001 groupName is longer than 255 characters");
    assertThat(refused(c -> c.getGroupInfoBuilder().setFaceURL("f".repeat(1_025))))
        .isEqualTo("1001 faceURL is longer than 1024 characters");
    String text = "t".repeat(16_385);
    assertThat(refused(c -> c.getGroupInfoBuilder().setNotification(text)))
        .startsWith("1001 notification");
    assertThat(refused(c -> c.getGroupInfoBuilder().setIntroduction(text)))
        .startsWith("1001 introduction");
    assertThat(refused(c -> c.getGroupInfoBuilder().setEx(text))).startsWith("1001 ex");
    assertThat(refused(c -> c.getGroupInfoBuilder().setCreatorUserID(text)))
        .startsWith("1001 creatorUserID");
    assertThat(refused(c -> c.getGroupInfoBuilder().setNotificationUserID(text)))
        .startsWith("1001 notificationUserID");
    String name = "雁".repeat(255);
    assertThat(create("alice", creation(c -> c.getGroupInfoBuilder().setGroupName(name))))
        .extracting(GroupInfo::getGroupName)
        .isEqualTo(name);
  }

  @Test
  void aGroupIsMadeAsAskedAndAnswered() {
    GroupInfo asked =
        GroupInfo.newBuilder()
            .setGroupName("flock")
            .setIntroduction("i")
            .setFaceURL("f")
            .setEx("e")
            .setGroupType(2)
            .setNeedVerification(1)
            .setLookMemberInfo(1)
            .setApplyMemberFriend(1)
            .setNotificationUpdateTime(7)
            .setNotificationUserID("n")
            .setOwnerUserID("eve")
            .setStatus(2)
            .setMemberCount(9)
            .setCreateTime(9)
            .build();
    GroupInfo made =
        create(
            "alice",
            creation(c -> c.setGroupInfo(asked).addMemberUserIDs("bob").addAdminUserIDs("carl")));
    assertThat(made.getGroupID()).matches("[0-9]{1,10}");
    assertThat(made)
        .isEqualTo(
            asked.toBuilder()
                .setGroupID(made.getGroupID())
                .setOwnerUserID("alice")
                .setCreatorUserID("alice")
                .setStatus(0)
                .setMemberCount(3)
                .setCreateTime(5)
                .build());
    assertThat(memberIds("bob", made.getGroupID())).containsExactly("alice", "carl", "bob");
    assertThat(members(made.getGroupID(), "bob"))
        .containsExactly(
            Member.fresh(
                    new GroupId(made.getGroupID()),
                    new UserId("bob"),
                    GroupRole.ORDINARY,
                    new Member.Entry(5, 2, new UserId("alice"), new UserId("alice")))
                .joinedAt(1));
    assertThat(wakes).hasValue(1);
  }

  private List<String> memberIds(String caller, String groupId) {
    return server
        .call(caller, groupGrpc.getGetGroupMemberUserIDsMethod(), memberIds(groupId))
        .getUserIDsList();
  }

  private static GetGroupMemberUserIDsReq memberIds(String groupId) {
    return GetGroupMemberUserIDsReq.newBuilder().setGroupID(groupId).build();
  }

  private static MsgData notification(String conversation, int index, int contentType) {
    MsgData message = database.notifications(conversation).get(index);
    assertThat(message.getContentType()).isEqualTo(contentType);
    return message;
  }

  private List<Member> members(String groupId, String userId) {
    return store.members(new GroupId(groupId), List.of(new UserId(userId)));
  }

  private static void dismiss(String groupId) {
    database.execute("UPDATE chat_group SET status = 2 WHERE group_id = ?", new GroupId(groupId));
  }

  @Test
  void theMembersAreNotifiedOfTheirNewGroup() {
    GroupInfo made = create("alice", creation(c -> c.addMemberUserIDs("bob")));
    String id = made.getGroupID();
    MsgData message = notification("n_" + id, 0, 1501);
    assertThat(message.getSendID()).isEqualTo("alice");
    assertThat(message.getOptionsOrThrow("isSendMsg")).isTrue();
    GroupCreatedTips tips = NotificationTips.read(message, GroupCreatedTips.getDefaultInstance());
    assertThat(tips.getGroup()).isEqualTo(made);
    assertThat(tips.getOperationTime()).isEqualTo(5);
    assertThat(tips.getOpUser()).isEqualTo(tips.getGroupOwnerUser());
    assertThat(tips.getMemberListList())
        .extracting(GroupMemberFullInfo::getUserID)
        .containsExactly("alice", "bob");
    assertThat(tips.getMemberList(1))
        .isEqualTo(
            GroupMemberFullInfo.newBuilder()
                .setGroupID(id)
                .setUserID("bob")
                .setRoleLevel(20)
                .setJoinTime(5)
                .setNickname("nick bob")
                .setFaceURL("face bob")
                .setJoinSource(2)
                .setOperatorUserID("alice")
                .setInviterUserID("alice")
                .build());
    assertThat(tips.getGroupMemberVersion()).isEqualTo(1);
    assertThat(tips.getGroupMemberVersionID()).hasSize(24);
    assertThat(database.notificationCount()).isEqualTo(1);
  }

  @Test
  void anAdministratorMakesGroupsWithoutBeingAMember() {
    GroupInfo made =
        create(
            RelationTestServer.ADMIN,
            creation(c ->
                c.setSendMessage(false)
                    .addAllMemberUserIDs(List.of(many()).subList(0, 60))
                    .getGroupInfoBuilder()
                    .setNotification("read me")));
    assertThat(made.getMemberCount()).isEqualTo(61);
    MsgData message = notification("n_" + made.getGroupID(), 0, 1501);
    assertThat(message.getOptionsOrThrow("isSendMsg")).isFalse();
    GroupCreatedTips tips = NotificationTips.read(message, GroupCreatedTips.getDefaultInstance());
    assertThat(tips.getMemberListCount()).isEqualTo(50);
    assertThat(tips.getOpUser())
        .isEqualTo(
            GroupMemberFullInfo.newBuilder()
                .setGroupID(made.getGroupID())
                .setUserID(RelationTestServer.ADMIN)
                .setRoleLevel(60)
                .setAppMangerLevel(2)
                .setNickname("nick imAdmin")
                .setFaceURL("face imAdmin")
                .build());
    MsgData announced = notification("n_" + made.getGroupID(), 1, 1519);
    assertThat(announced.getOptionsOrThrow("isSendMsg")).isTrue();
    assertThat(announced.getSenderNickname()).isEqualTo("nick imAdmin");
    assertThat(announced.getSenderFaceURL()).isEqualTo("face imAdmin");
    assertThat(
            NotificationTips.read(announced, GroupInfoSetAnnouncementTips.getDefaultInstance())
                .getGroup()
                .getNotification())
        .isEqualTo("read me");
  }

  private GroupInfo group(int needVerification) {
    return create(
        "alice",
        creation(c ->
            c.addAdminUserIDs("bob")
                .addMemberUserIDs("carl")
                .getGroupInfoBuilder()
                .setNeedVerification(needVerification)));
  }

  private static InviteUserToGroupReq invitation(String groupId, List<String> userIds) {
    return InviteUserToGroupReq.newBuilder()
        .setGroupID(groupId)
        .addAllInvitedUserIDs(userIds)
        .build();
  }

  private void invite(String caller, String groupId, String... userIds) {
    server.call(
        caller, groupGrpc.getInviteUserToGroupMethod(), invitation(groupId, List.of(userIds)));
  }

  private String refusedInvitation(String caller, String groupId, List<String> userIds) {
    return server.refusal(
        caller, groupGrpc.getInviteUserToGroupMethod(), invitation(groupId, userIds));
  }

  @Test
  void anInvitationIsRefusedInTheOrderOfTheProtocol() {
    String id = group(0).getGroupID();
    assertThat(refusedInvitation("eve", "", List.of())).isEqualTo("1001 groupID is empty");
    assertThat(refusedInvitation("eve", "x", List.of())).isEqualTo("1001 invitedUserIDs is empty");
    assertThat(refusedInvitation("eve", "x", Collections.nCopies(1_001, "dora")))
        .isEqualTo("1001 too many InvitedUserIDs, need to be less than 1000");
    assertThat(refusedInvitation("eve", "x", List.of("dora", "dora")))
        .isEqualTo("1001 userID duplicate");
    assertThat(refusedInvitation("eve", "x", List.of("nobody"))).isEqualTo("1004");
    assertThat(refusedInvitation("dora", id, List.of("nobody")))
        .isEqualTo("1002 op user not in group");
    assertThat(refusedInvitation("carl", id, List.of("dora", "nobody")))
        .isEqualTo("1004 user not found");
    assertThat(refusedInvitation(RelationTestServer.ADMIN, "x", List.of("nobody")))
        .as("the guard asks no administrator for a role")
        .isEqualTo("1004");
    dismiss(id);
    assertThat(refusedInvitation("dora", id, List.of("nobody"))).isEqualTo("1204");
    assertThat(refusedInvitation(RelationTestServer.ADMIN, id, List.of("nobody")))
        .isEqualTo("1204");
    assertThat(database.notificationCount()).isEqualTo(1);
  }

  @Test
  void whoIsInvitedIsInAndAllAreNotified() {
    String id = group(0).getGroupID();
    invite("carl", id, "dora", "bob");
    assertThat(memberIds("dora", id)).containsExactly("alice", "bob", "carl", "dora");
    assertThat(members(id, "dora").getFirst().entry())
        .isEqualTo(new Member.Entry(5, 2, new UserId("carl"), new UserId("carl")));
    MsgData message = notification("n_" + id, 1, 1509);
    assertThat(message.getOptionsOrThrow("isSendMsg")).isTrue();
    MemberInvitedTips tips = NotificationTips.read(message, MemberInvitedTips.getDefaultInstance());
    assertThat(tips.getGroup().getMemberCount()).isEqualTo(4);
    assertThat(tips.getInvitedUserListList())
        .extracting(GroupMemberFullInfo::getNickname)
        .containsExactly("nick dora");
    assertThat(tips.getOpUser().getRoleLevel()).isEqualTo(20);
    assertThat(tips.getInviterUser()).isEqualTo(tips.getOpUser());
    assertThat(tips.getGroupMemberVersion()).isEqualTo(2);
    ConversationUpdateTips changed =
        NotificationTips.read(
            notification("n_dora_dora", 0, 1300), ConversationUpdateTips.getDefaultInstance());
    assertThat(changed.getUserID()).isEqualTo("dora");
    assertThat(changed.getConversationIDListList()).containsExactly("sg_" + id);
    invite("carl", id, "dora");
    assertThat(database.notificationCount()).as("nobody joined").isEqualTo(3);
  }

  @Test
  void manyJoinByFifties() {
    String id = group(0).getGroupID();
    invite("alice", id, List.of(many()).subList(0, 117).toArray(String[]::new));
    List<Integer> sizes =
        database.notifications("n_" + id).stream()
            .filter(message -> message.getContentType() == 1509)
            .map(message ->
                NotificationTips.read(message, MemberInvitedTips.getDefaultInstance())
                    .getInvitedUserListCount())
            .toList();
    assertThat(sizes).containsExactly(50, 50, 17);
    assertThat(refusedInvitation("alice", id, List.of("dora")))
        .isEqualTo("1001 group has more than 120 members");
  }

  @Test
  void anOrdinaryMembersInvitationIntoAVerifyingGroupIsARequest() {
    String id = group(1).getGroupID();
    invite("carl", id, "dora", "u1", "bob");
    assertThat(memberIds("carl", id)).doesNotContain("dora");
    assertThat(requests(id)).containsExactly("dora  5 2 carl ", "u1  5 2 carl ");
    List<JoinGroupApplicationTips> toAlice = applications("n_alice_carl");
    assertThat(toAlice).hasSize(2);
    assertThat(applications("n_bob_carl")).isEqualTo(toAlice);
    assertThat(applications("n_carl_carl")).isEqualTo(toAlice);
    assertThat(database.notificationCount()).isEqualTo(1 + 6);
    JoinGroupApplicationTips first = toAlice.get(0);
    assertThat(first).isNotEqualTo(toAlice.get(1));
    assertThat(first.getUuid()).hasSize(36).isNotEqualTo(toAlice.get(1).getUuid());
    assertThat(first.getApplicant().getUserID()).isEqualTo("carl");
    assertThat(first.getRequest().getUserInfo().getNickname()).isEqualTo("nick dora");
    assertThat(first.getRequest().hasGroupInfo()).isFalse();
    assertThat(first.getGroup().getGroupID()).isEqualTo(id);
  }

  private static List<JoinGroupApplicationTips> applications(String conversation) {
    return database.notifications(conversation).stream()
        .filter(message -> message.getContentType() == 1503)
        .map(message ->
            NotificationTips.read(message, JoinGroupApplicationTips.getDefaultInstance()))
        .toList();
  }

  /** User, message, time, source, inviter and ex of each open request. */
  private static List<String> requests(String groupId) {
    return mysql()
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    "SELECT CONCAT_WS(' ', user_id, req_msg, req_time, join_source,"
                        + " inviter_user_id, ex) FROM group_request WHERE group_id = ?"
                        + " AND handle_result = 0 ORDER BY user_id")
                .bind(0, new GroupId(groupId))
                .mapTo(String.class)
                .list());
  }

  @Test
  void adminsAndAppAdminsInviteIntoAVerifyingGroup() {
    String id = group(1).getGroupID();
    invite("bob", id, "dora");
    invite(RelationTestServer.ADMIN, id, "u1");
    assertThat(memberIds("u1", id)).contains("dora", "u1");
    String open = group(2).getGroupID();
    invite("carl", open, "dora");
    assertThat(memberIds("dora", open)).contains("dora");
  }

  @Test
  void onlyMembersAndAdministratorsSeeTheMembers() {
    String id = group(0).getGroupID();
    var method = groupGrpc.getGetGroupMemberUserIDsMethod();
    assertThat(server.refusal("eve", method, memberIds(""))).isEqualTo("1001 GroupID is empty");
    assertThat(server.refusal("eve", method, memberIds(id)))
        .isEqualTo("1002 opUser in ownerUserIDs");
    assertThat(server.refusal("eve", method, memberIds("nothing")))
        .isEqualTo("1002 opUser in ownerUserIDs");
    assertThat(memberIds(RelationTestServer.ADMIN, id)).hasSize(3);
    assertThat(memberIds(RelationTestServer.ADMIN, "nothing")).isEmpty();
  }

  @Test
  void ourOwnServicesReadGroupsAndMembers() {
    GroupInfo made = group(1);
    var info = groupGrpc.getGetGroupInfoCacheMethod();
    var member = groupGrpc.getGetGroupMemberCacheMethod();
    GetGroupInfoCacheReq askGroup =
        GetGroupInfoCacheReq.newBuilder().setGroupID(made.getGroupID()).build();
    GetGroupMemberCacheReq askMember =
        GetGroupMemberCacheReq.newBuilder()
            .setGroupID(made.getGroupID())
            .setGroupMemberID("bob")
            .build();
    assertThat(server.call(RelationTestServer.SERVICE, info, askGroup).getGroupInfo())
        .isEqualTo(made);
    assertThat(
            server.call(RelationTestServer.SERVICE, member, askMember).getMember().getRoleLevel())
        .isEqualTo(60);
    assertThat(
            server.refusal(
                RelationTestServer.SERVICE, info, askGroup.toBuilder().setGroupID("x").build()))
        .isEqualTo("1004");
    assertThat(
            server.refusal(
                RelationTestServer.SERVICE,
                member,
                askMember.toBuilder().setGroupMemberID("dora").build()))
        .isEqualTo("1004");
    for (String caller : List.of("alice", RelationTestServer.ADMIN)) {
      assertThat(server.refusal(caller, info, askGroup)).isEqualTo("1002 internal method");
      assertThat(server.refusal(caller, member, askMember)).isEqualTo("1002 internal method");
    }
  }
}
