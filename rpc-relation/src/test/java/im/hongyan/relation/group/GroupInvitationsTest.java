package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.ConversationUpdateTips;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.JoinGroupApplicationTips;
import im.hongyan.proto.sdkws.MemberInvitedTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.GroupHooks;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the rules of inviting users into groups, and the notifications, through gRPC. */
@ExtendWith(TestStoresExtension.class)
class GroupInvitationsTest {
  private static final int MAX_MEMBERS = 120;

  @AutoClose private static RelationDatabase database;

  private final GroupStore store = new GroupStore(mysql());
  private final GroupViewStore views = new GroupViewStore(mysql());
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
    GroupChanges changes =
        new GroupChanges(new GroupChangeStore(mysql()), server, wakes::incrementAndGet, clock);
    server.serve(
        new Groups(
            store, server, () -> {}, GroupHooks.NONE, clock, new Groups.Limits(MAX_MEMBERS, true)),
        new GroupInvitations(store, changes, server, hooks, MAX_MEMBERS));
  }

  private static String[] many() {
    return IntStream.range(0, 130).mapToObj(i -> "u" + i).toArray(String[]::new);
  }

  /** Of alice, the admin bob and carl. */
  private String group(int needVerification) {
    return server
        .call(
            "alice",
            groupGrpc.getCreateGroupMethod(),
            CreateGroupReq.newBuilder()
                .setOwnerUserID("alice")
                .addAdminUserIDs("bob")
                .addMemberUserIDs("carl")
                .setGroupInfo(
                    GroupInfo.newBuilder()
                        .setGroupType(2)
                        .setGroupName("flock")
                        .setNeedVerification(needVerification))
                .build())
        .getGroupInfo()
        .getGroupID();
  }

  private static InviteUserToGroupReq invitation(String groupId, List<String> userIds) {
    return InviteUserToGroupReq.newBuilder()
        .setGroupID(groupId)
        .addAllInvitedUserIDs(userIds)
        .setReason("why")
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

  private List<String> memberIds(String groupId) {
    return store.memberIds(new GroupId(groupId)).stream().map(UserId::value).toList();
  }

  private List<Member> members(String groupId, String userId) {
    return store.members(new GroupId(groupId), List.of(new UserId(userId)));
  }

  private static void dismiss(String groupId) {
    database.execute("UPDATE chat_group SET status = 2 WHERE group_id = ?", new GroupId(groupId));
  }

  private static MsgData notification(String conversation, int index, int contentType) {
    MsgData message = database.notifications(conversation).get(index);
    assertThat(message.getContentType()).isEqualTo(contentType);
    return message;
  }

  @Test
  void anInvitationIsRefusedInTheOrderOfTheProtocol() {
    String id = group(0);
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
    String id = group(0);
    invite("carl", id, "dora", "bob");
    assertThat(memberIds(id)).containsExactly("alice", "bob", "carl", "dora");
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
  void manyJoinAtOnceFiftyWithEachVersion() {
    String id = group(0);
    String[] invited = List.of(many()).subList(0, 117).toArray(String[]::new);
    invite("alice", id, invited);
    List<MemberInvitedTips> tips =
        database.notifications("n_" + id).stream()
            .filter(message -> message.getContentType() == 1509)
            .map(message -> NotificationTips.read(message, MemberInvitedTips.getDefaultInstance()))
            .toList();
    assertThat(tips)
        .extracting(MemberInvitedTips::getInvitedUserListCount)
        .containsExactly(50, 50, 17);
    assertThat(tips)
        .extracting(MemberInvitedTips::getGroupMemberVersion)
        .containsExactly(2L, 3L, 4L);
    assertThat(tips)
        .extracting(each -> each.getGroup().getMemberCount())
        .containsExactly(53, 103, 120);
    assertThat(tips.stream().flatMap(each -> each.getInvitedUserListList().stream()))
        .extracting(GroupMemberFullInfo::getUserID)
        .containsExactly(invited);
    assertThat(memberIds(id)).endsWith(invited);
    for (int i : new int[] {0, 49, 50, 99, 100, 116}) {
      assertThat(members(id, invited[i]).getFirst().joinVersion()).isEqualTo(2 + i / 50);
    }
    assertThat(views.changedSince(new GroupId(id), 3, 100)).hasSize(17);
    assertThat(wakes).as("one transaction").hasValue(1);
    assertThat(refusedInvitation("alice", id, List.of("dora")))
        .isEqualTo("1001 group has more than 120 members");
  }

  @Test
  void allJoinOrNobody() {
    String id = group(0);
    List<String> tooMany = List.of(many()).subList(0, 118);
    assertThat(refusedInvitation("alice", id, tooMany))
        .isEqualTo("1001 group has more than 120 members");
    assertThat(memberIds(id)).hasSize(3);
    invite("alice", id, "bob", "dora");
    assertThat(memberIds(id)).as("who is a member takes no room").hasSize(4);
    assertThat(members(id, "bob").getFirst().role()).isEqualTo(GroupRole.ADMIN);
  }

  @Test
  void hooksComeBeforeAnInvitationAndBeforeMembersJoin() {
    String id = group(1);
    invite("bob", id, "dora");
    invite("carl", id, "u1");
    assertThat(hooks.calls())
        .containsExactly(
            "beforeInvite " + id + " [dora] why",
            "beforeMembersJoin " + id + " [dora]",
            "beforeInvite " + id + " [u1] why");
    hooks.refuse("beforeMembersJoin");
    assertThat(refusedInvitation("bob", id, List.of("u2"))).isEqualTo("5000 no");
    assertThat(memberIds(id)).doesNotContain("u2");
    assertThat(refusedInvitation("bob", id, List.of("nobody"))).isEqualTo("1004 user not found");
    assertThat(hooks.calls()).as("no hook before the checks").hasSize(5);
  }

  @Test
  void anOrdinaryMembersInvitationIntoAVerifyingGroupIsARequest() {
    String id = group(1);
    invite("carl", id, "dora", "u1", "bob");
    assertThat(memberIds(id)).doesNotContain("dora");
    assertThat(requests(id)).containsExactly("dora  5 2 carl ", "u1  5 2 carl ");
    List<JoinGroupApplicationTips> toAlice = applications("n_alice_carl");
    assertThat(toAlice).hasSize(2);
    assertThat(applications("n_bob_carl")).isEqualTo(toAlice);
    assertThat(applications("n_carl_carl")).isEqualTo(toAlice);
    assertThat(database.notificationCount()).isEqualTo(1 + 6);
    JoinGroupApplicationTips first = toAlice.get(0);
    assertThat(first).isNotEqualTo(toAlice.get(1));
    assertThat(first.getUuid()).hasSize(36).isNotEqualTo(toAlice.get(1).getUuid());
    assertThat(first.getApplicant().getUserID()).isEqualTo("dora");
    assertThat(first.getRequest().getUserInfo().getNickname()).isEqualTo("nick dora");
    assertThat(first.getRequest().hasGroupInfo()).isFalse();
    assertThat(first.getGroup().getGroupID()).isEqualTo(id);
  }

  @Test
  void aRequestReplacesAnEarlierOne() {
    String id = group(1);
    invite("carl", id, "dora", "u1");
    invite("bob", id, "u2");
    invite("u2", id, "dora");
    assertThat(requests(id)).containsExactly("dora  5 2 u2 ", "u1  5 2 carl ");
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
    String id = group(1);
    invite("bob", id, "dora");
    invite(RelationTestServer.ADMIN, id, "u1");
    assertThat(memberIds(id)).contains("dora", "u1");
    String open = group(2);
    invite("carl", open, "dora");
    assertThat(memberIds(open)).contains("dora");
  }
}
