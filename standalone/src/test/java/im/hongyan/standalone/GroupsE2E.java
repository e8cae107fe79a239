package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.GetGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetGroupMemberUserIDsResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves the routes of groups and blacklists, and that their notifications arrive, on a whole
 * system.
 */
@ExtendWith(SharedSystem.class)
class GroupsE2E {
  private static SystemAddress system;
  private static RestCalls rest;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    rest = new RestCalls(system);
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  private static LoginOptions login(String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  private static GroupInfo create(LoginOptions owner, GroupInfo info, LoginOptions... members) {
    CreateGroupReq.Builder request =
        CreateGroupReq.newBuilder().setOwnerUserID(owner.userId()).setGroupInfo(info);
    List.of(members).forEach(member -> request.addMemberUserIDs(member.userId()));
    return rest.call(
            owner, "/group/create_group", request.build(), CreateGroupResp.getDefaultInstance())
        .getGroupInfo();
  }

  private static GroupInfo flock() {
    return GroupInfo.newBuilder().setGroupName("鸿雁 <flock>").setGroupType(2).build();
  }

  private static void invite(LoginOptions caller, String groupId, String... userIds) {
    rest.call(
        caller,
        "/group/invite_user_to_group",
        InviteUserToGroupReq.newBuilder()
            .setGroupID(groupId)
            .addAllInvitedUserIDs(List.of(userIds))
            .build(),
        InviteUserToGroupResp.getDefaultInstance());
  }

  private static List<String> memberIds(LoginOptions caller, String groupId) {
    return rest.call(
            caller,
            "/group/get_group_member_user_id",
            GetGroupMemberUserIDsReq.newBuilder().setGroupID(groupId).build(),
            GetGroupMemberUserIDsResp.getDefaultInstance())
        .getUserIDsList();
  }

  private static void block(LoginOptions owner, String blocked) {
    rest.call(
        owner,
        "/friend/add_black",
        addBlackReq.newBuilder().setOwnerUserID(owner.userId()).setBlackUserID(blocked).build(),
        addBlackResp.getDefaultInstance());
  }

  private static void refused(int code, String detail, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ImException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.detail()).isEqualTo(detail);
            });
  }

  @Test
  void aGroupIsMadeAndItsMembersSeeEachOther() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    LoginOptions eve = login("eve");
    GroupInfo made = create(alice, flock(), bob);
    assertThat(made.getGroupName()).isEqualTo("鸿雁 <flock>");
    assertThat(made.getOwnerUserID()).isEqualTo(alice.userId());
    assertThat(made.getCreatorUserID()).isEqualTo(alice.userId());
    assertThat(made.getMemberCount()).isEqualTo(2);
    assertThat(made.getCreateTime()).isPositive();
    assertThat(memberIds(bob, made.getGroupID())).containsExactly(alice.userId(), bob.userId());
    refused(1002, "opUser in ownerUserIDs", () -> memberIds(eve, made.getGroupID()));
    refused(
        1202,
        "group id existed " + made.getGroupID(),
        () -> create(eve, flock().toBuilder().setGroupID(made.getGroupID()).build()));
    refused(
        1001,
        "group type only supports 2",
        () -> create(eve, flock().toBuilder().setGroupType(0).build()));
    CreateGroupReq inAlicesName =
        CreateGroupReq.newBuilder().setOwnerUserID(alice.userId()).setGroupInfo(flock()).build();
    refused(
        1002,
        "ownerUserID, " + alice.userId() + "=MISSING",
        () ->
            rest.call(
                eve, "/group/create_group", inAlicesName, CreateGroupResp.getDefaultInstance()));
  }

  @Test
  void whoIsInvitedIsInAndLearnsOfItsConversation() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    LoginOptions carl = login("carl");
    String group = create(alice, flock(), bob).getGroupID();
    try (TestUser phone = new TestUser(carl)) {
      invite(bob, group, carl.userId());
      // The group is notified of him too, with him already among its members.
      Map<Integer, TestUser.Pushed> notifications = new HashMap<>();
      while (!notifications.keySet().containsAll(List.of(1300, 1509))) {
        TestUser.Pushed pushed = phone.awaitPush();
        notifications.put(pushed.message().getContentType(), pushed);
      }
      TestUser.Pushed own = Objects.requireNonNull(notifications.get(1300));
      assertThat(own.conversationId())
          .isEqualTo(ConversationId.selfNotification(carl.userId()).value());
      assertThat(own.message().getContent().toStringUtf8()).contains("sg_" + group);
    }
    assertThat(memberIds(carl, group)).containsExactly(alice.userId(), bob.userId(), carl.userId());
    refused(1004, "user not found", () -> invite(bob, group, "nobody"));
    refused(1004, "", () -> invite(bob, "nothing", carl.userId()));
    refused(1002, "op user not in group", () -> invite(login("eve"), group, carl.userId()));
  }

  @Test
  void whoIsBlockedCannotSendFromThenOnAndTheOwnersDevicesLearnOfIt() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    try (TestUser phone = new TestUser(alice);
        TestUser blocked = new TestUser(bob)) {
      blocked.send(blocked.text(alice.userId(), "before"));
      phone.awaitPush();
      blocked.awaitPush();
      block(alice, bob.userId());
      refused(1302, "", () -> blocked.send(blocked.text(alice.userId(), "from then on")));
      block(alice, bob.userId());
      TestUser.Pushed notification = phone.awaitPush();
      assertThat(notification.message().getContentType()).isEqualTo(1207);
      assertThat(notification.message().getContent().toStringUtf8()).contains(bob.userId());
      assertThat(blocked.waitingPushes()).as("nobody notified him").isZero();
    }
    refused(1004, "user not found", () -> block(alice, alice.userId()));
    refused(1001, "blackUserID is empty", () -> block(alice, ""));
  }
}
