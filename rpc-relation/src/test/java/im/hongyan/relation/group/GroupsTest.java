package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.GetGroupInfoCacheReq;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMemberUserIDsReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupCreatedTips;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupInfoSetAnnouncementTips;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
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

/** Proves the rules of making groups and of reading them, and the notifications, through gRPC. */
@ExtendWith(TestStoresExtension.class)
class GroupsTest {
  private static final int MAX_MEMBERS = 120;

  @AutoClose private static RelationDatabase database;

  private final GroupStore store = new GroupStore(mysql());
  private final AtomicInteger wakes = new AtomicInteger();
  private final RecordedGroupHooks hooks = new RecordedGroupHooks();
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
            store,
            server,
            wakes::incrementAndGet,
            hooks,
            clock,
            new Groups.Limits(MAX_MEMBERS, true)));
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

  @Test
  void hooksStandAroundTheMakingOfAGroup() {
    String id =
        create("alice", creation(c -> c.addMemberUserIDs("bob").addAdminUserIDs("carl")))
            .getGroupID();
    assertThat(hooks.calls())
        .containsExactly(
            "beforeCreate  alice [alice, carl, bob]",
            "beforeMembersJoin " + id + " [alice, carl, bob]",
            "afterCreate " + id + " alice [alice, carl, bob]");
    hooks.refuse("beforeMembersJoin");
    assertThat(refused(c -> c.getGroupInfoBuilder().setGroupID("refused"))).isEqualTo("5000 no");
    assertThat(store.find(new GroupId("refused"))).isEmpty();
    assertThat(refused("eve", c -> c.addMemberUserIDs("nobody"))).startsWith("1002");
    assertThat(hooks.calls()).as("no hook before the checks").hasSize(5);
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
