package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.DismissGroupResp;
import im.hongyan.proto.group.JoinGroupReq;
import im.hongyan.proto.group.JoinGroupResp;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.KickGroupMemberResp;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.QuitGroupResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.testkit.system.TestUser.Pushed;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what leavers, removed members, returning members and members of a dismissed group read and
 * are pushed (rest-group.md 7.3, 7.4; docs/sequencing.md, Membership windows).
 */
@ExtendWith(SharedSystem.class)
class GroupLifeE2E {
  private static final int QUIT = 1504;
  private static final int KICKED = 1508;
  private static final int DISMISSED = 1511;

  private static SystemAddress system;
  private static RestCalls rest;

  private final LoginOptions alice = login("alice");
  private final LoginOptions bob = login("bob");
  private final LoginOptions carol = login("carol");

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

  private String create(int needVerification) {
    return call(
            alice,
            "create_group",
            CreateGroupReq.newBuilder()
                .setOwnerUserID(alice.userId())
                .addMemberUserIDs(bob.userId())
                .addMemberUserIDs(carol.userId())
                .setGroupInfo(
                    GroupInfo.newBuilder()
                        .setGroupName("life")
                        .setGroupType(2)
                        .setNeedVerification(needVerification))
                .build(),
            CreateGroupResp.getDefaultInstance())
        .getGroupInfo()
        .getGroupID();
  }

  private static <M extends Message> M call(
      LoginOptions caller, String route, Message request, M answer) {
    return rest.call(caller, "/group/" + route, request, answer);
  }

  private static MsgData send(TestUser sender, String group, String text) {
    MsgData message =
        sender.text(group, text).toBuilder()
            .clearRecvID()
            .setGroupID(group)
            .setSessionType(3)
            .build();
    sender.send(message);
    return message;
  }

  /** The next push of this type in the chat. */
  private static MsgData awaitPush(TestUser user, String group, int contentType) {
    while (true) {
      Pushed pushed = user.awaitPush();
      if (pushed.conversationId().equals("sg_" + group)
          && pushed.message().getContentType() == contentType) {
        return pushed.message();
      }
    }
  }

  private static List<MsgData> read(TestUser user, String group) {
    return user.pull("sg_" + group, 1, 20).stream()
        .filter(message -> !message.getContent().isEmpty())
        .toList();
  }

  @Test
  void leaversReadUpToTheirLeaveNoticeAndReturningMembersReadOn() {
    String group = create(2);
    try (TestUser a = new TestUser(alice);
        TestUser b = new TestUser(bob);
        TestUser c = new TestUser(carol)) {
      MsgData before = send(a, group, "before");
      call(
          bob,
          "quit_group",
          QuitGroupReq.newBuilder().setGroupID(group).build(),
          QuitGroupResp.getDefaultInstance());
      long left = awaitPush(b, group, QUIT).getSeq();
      awaitPush(c, group, QUIT);
      MsgData after = send(a, group, "after");
      Eventually.eventually(() ->
          assertThat(read(c, group))
              .extracting(MsgData::getClientMsgID)
              .contains(after.getClientMsgID()));
      Eventually.eventually(() ->
          assertThat(read(b, group).getLast().getSeq()).as("the leave notice").isEqualTo(left));
      assertThat(read(b, group))
          .extracting(MsgData::getClientMsgID)
          .contains(before.getClientMsgID())
          .doesNotContain(after.getClientMsgID());
      assertThatThrownBy(() -> send(b, group, "still here"))
          .isInstanceOfSatisfying(
              ImException.class, refusal -> assertThat(refusal.code()).isEqualTo(1203));

      call(
          bob,
          "join_group",
          JoinGroupReq.newBuilder()
              .setGroupID(group)
              .setJoinSource(3)
              .setInviterUserID(bob.userId())
              .build(),
          JoinGroupResp.getDefaultInstance());
      Eventually.eventually(() ->
          assertThat(read(b, group))
              .extracting(MsgData::getClientMsgID)
              .contains(after.getClientMsgID()));

      call(
          alice,
          "kick_group",
          KickGroupMemberReq.newBuilder()
              .setGroupID(group)
              .addKickedUserIDs(carol.userId())
              .build(),
          KickGroupMemberResp.getDefaultInstance());
      long kicked = awaitPush(c, group, KICKED).getSeq();
      MsgData last = send(b, group, "without carol");
      Eventually.eventually(() ->
          assertThat(read(a, group))
              .extracting(MsgData::getClientMsgID)
              .contains(last.getClientMsgID()));
      Eventually.eventually(() -> assertThat(read(c, group).getLast().getSeq()).isEqualTo(kicked));
    }
  }

  @Test
  void dismissalReachesAllWhoWereMembersAndEndsWriting() {
    String group = create(0);
    try (TestUser a = new TestUser(alice);
        TestUser b = new TestUser(bob);
        TestUser c = new TestUser(carol)) {
      send(a, group, "last words");
      call(
          alice,
          "dismiss_group",
          DismissGroupReq.newBuilder().setGroupID(group).build(),
          DismissGroupResp.getDefaultInstance());
      for (TestUser member : List.of(a, b, c)) {
        awaitPush(member, group, DISMISSED);
      }
      assertThatThrownBy(() -> send(b, group, "too late"))
          .isInstanceOfSatisfying(
              ImException.class, refusal -> assertThat(refusal.code()).isEqualTo(1204));
      assertThat(read(c, group).getLast().getContentType()).isEqualTo(DISMISSED);
    }
  }
}
