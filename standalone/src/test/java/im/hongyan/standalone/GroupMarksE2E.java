package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.conversation.GetIncrementalConversationReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.proto.conversation.SetConversationsReq;
import im.hongyan.proto.conversation.SetConversationsResp;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.QuitGroupResp;
import im.hongyan.proto.group.SetGroupInfoExReq;
import im.hongyan.proto.group.SetGroupInfoExResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.wrapperspb.Int32Value;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.testkit.system.TestUser.Pushed;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that mentions and announcements mark the conversations of a group's members, and that rows
 * whose window the log changes are in their owners' logs (messaging.md 3.7; rest-group.md 7.3,
 * 8.2).
 */
@ExtendWith(SharedSystem.class)
class GroupMarksE2E {
  private static final int AT_TEXT = 106;
  private static final int CONVERSATION_CHANGED = 1300;
  private static final int ME = 1;
  private static final int ALL = 2;
  private static final int ALL_AND_ME = 3;
  private static final int ANNOUNCEMENT = 4;

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

  private String create() {
    return call(
            alice,
            "/group/create_group",
            CreateGroupReq.newBuilder()
                .setOwnerUserID(alice.userId())
                .addMemberUserIDs(bob.userId())
                .addMemberUserIDs(carol.userId())
                .setGroupInfo(GroupInfo.newBuilder().setGroupName("marks").setGroupType(2))
                .build(),
            CreateGroupResp.getDefaultInstance())
        .getGroupInfo()
        .getGroupID();
  }

  private static <M extends Message> M call(
      LoginOptions caller, String route, Message request, M answer) {
    return rest.call(caller, route, request, answer);
  }

  private static void mention(TestUser sender, String group, String... users) {
    sender.send(
        sender.text(group, "look").toBuilder()
            .clearRecvID()
            .setGroupID(group)
            .setSessionType(3)
            .setContentType(AT_TEXT)
            .addAllAtUserIDList(List.of(users))
            .build());
  }

  private static Conversation conversation(LoginOptions owner, String group) {
    return call(
            owner,
            "/conversation/get_conversation",
            GetConversationReq.newBuilder()
                .setOwnerUserID(owner.userId())
                .setConversationID("sg_" + group)
                .build(),
            GetConversationResp.getDefaultInstance())
        .getConversation();
  }

  private static int mark(LoginOptions owner, String group) {
    return conversation(owner, group).getGroupAtType();
  }

  private static GetIncrementalConversationResp changes(
      LoginOptions owner, GetIncrementalConversationResp since) {
    return call(
        owner,
        "/conversation/get_incremental_conversations",
        GetIncrementalConversationReq.newBuilder()
            .setUserID(owner.userId())
            .setVersionID(since.getVersionID())
            .setVersion(since.getVersion())
            .build(),
        GetIncrementalConversationResp.getDefaultInstance());
  }

  private static GetIncrementalConversationResp now(LoginOptions owner) {
    return changes(owner, GetIncrementalConversationResp.getDefaultInstance());
  }

  private static void awaitChanged(TestUser user) {
    Pushed pushed = user.awaitPush();
    while (pushed.message().getContentType() != CONVERSATION_CHANGED) {
      pushed = user.awaitPush();
    }
  }

  private static void clearMark(LoginOptions owner, String group) {
    call(
        owner,
        "/conversation/set_conversations",
        SetConversationsReq.newBuilder()
            .addUserIDs(owner.userId())
            .setConversation(
                ConversationReq.newBuilder()
                    .setConversationID("sg_" + group)
                    .setConversationType(3)
                    .setGroupID(group)
                    .setGroupAtType(Int32Value.newBuilder()))
            .build(),
        SetConversationsResp.getDefaultInstance());
  }

  @Test
  void whoIsMentionedFindsTheMarkIsNotifiedAndTakesItAway() {
    String group = create();
    GetIncrementalConversationResp before = now(bob);
    try (TestUser a = new TestUser(alice);
        TestUser b = new TestUser(bob)) {
      mention(a, group, bob.userId());
      awaitChanged(b);
      assertThat(mark(bob, group)).as("when the notification is there").isEqualTo(ME);
      assertThat(changes(bob, before).getUpdateList())
          .filteredOn(row -> row.getConversationID().equals("sg_" + group))
          .extracting(Conversation::getGroupAtType)
          .containsExactly(ME);
      assertThat(mark(carol, group)).isZero();
      assertThat(mark(alice, group)).isZero();

      clearMark(bob, group);
      mention(a, group, carol.userId());
      Eventually.eventually(() -> assertThat(mark(carol, group)).isEqualTo(ME));
      assertThat(mark(bob, group)).as("an older mention has had its effect").isZero();
    }
  }

  /** An open chat clears the mark as soon as the message is there, before the mark is. */
  @Test
  void aMarkThatWasClearedDoesNotComeBack() {
    String group = create();
    try (TestUser a = new TestUser(alice);
        TestUser b = new TestUser(bob)) {
      mention(a, group, "AtAllTag");
      while (b.awaitPush().message().getContentType() != AT_TEXT) {
        // Pushes of the group's making come before.
      }
      clearMark(bob, group);
      Eventually.eventually(() -> assertThat(mark(carol, group)).isEqualTo(ALL));
      assertThat(mark(bob, group)).isZero();
    }
  }

  @Test
  void anAnnouncementAfterAMentionStays() {
    String group = create();
    try (TestUser a = new TestUser(alice)) {
      mention(a, group, "AtAllTag");
      announce(group, "later");
      mention(a, group, alice.userId());
      Eventually.eventually(() -> assertThat(mark(alice, group)).isEqualTo(ME));
      assertThat(mark(carol, group)).as("the mention was before it").isEqualTo(ANNOUNCEMENT);
    }
  }

  @Test
  void everybodyButTheSenderIsMarkedAndTheNamedApart() {
    String group = create();
    try (TestUser a = new TestUser(alice)) {
      mention(a, group, "AtAllTag");
      Eventually.eventually(() -> assertThat(mark(carol, group)).isEqualTo(ALL));
      mention(a, group, "AtAllTag", bob.userId());
      Eventually.eventually(() -> assertThat(mark(bob, group)).isEqualTo(ALL_AND_ME));
      assertThat(mark(carol, group)).isEqualTo(ALL);
      assertThat(mark(alice, group)).as("the sender").isZero();
    }
  }

  @Test
  void anAnnouncementMarksAllMembersBeforeItsAnswer() {
    String group = create();
    announce(group, "tomorrow at nine");
    for (LoginOptions member : List.of(alice, bob, carol)) {
      assertThat(mark(member, group)).isEqualTo(ANNOUNCEMENT);
    }
    clearMark(bob, group);
    announce(group, "");
    assertThat(mark(bob, group)).as("none to read").isZero();
  }

  private void announce(String group, String text) {
    call(
        alice,
        "/group/set_group_info_ex",
        SetGroupInfoExReq.newBuilder()
            .setGroupID(group)
            .setNotification(StringValue.newBuilder().setValue(text))
            .build(),
        SetGroupInfoExResp.getDefaultInstance());
  }

  @Test
  void theBoundOfALeaverIsInTheLogOfHisConversations() {
    String group = create();
    GetIncrementalConversationResp before = now(bob);
    call(
        bob,
        "/group/quit_group",
        QuitGroupReq.newBuilder().setGroupID(group).build(),
        QuitGroupResp.getDefaultInstance());
    Eventually.eventually(() ->
        assertThat(changes(bob, before).getUpdateList())
            .filteredOn(row -> row.getConversationID().equals("sg_" + group))
            .as("rows that have changed")
            .singleElement()
            .satisfies(row -> assertThat(row.getMaxSeq()).isPositive()));
  }
}
