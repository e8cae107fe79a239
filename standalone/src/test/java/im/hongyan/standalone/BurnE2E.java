package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkConversationAsReadResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that private messages burn after they were read (messaging.md 6.7), for who is online and
 * for who comes later, and that others, and what nobody has read, stay.
 */
@ExtendWith(SharedSystem.class)
class BurnE2E {
  private static final int DELETED = 2102;
  private static final int GONE = 4;

  private static SystemAddress system;
  private static RestCalls rest;

  private final LoginOptions alice = login("a");
  private final LoginOptions bob = login("b");
  private final LoginOptions carol = login("c");

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

  /** As official SDKs mark a message of a private chat. */
  private static MsgData privately(MsgData message) {
    return message.toBuilder()
        .putOptions("notPrivate", false)
        .setAttachedInfo("{\"isPrivateChat\":true,\"burnDuration\":1}")
        .build();
  }

  private static void read(LoginOptions reader, String conversation, long seq) {
    rest.call(
        reader,
        "/msg/mark_conversation_as_read",
        MarkConversationAsReadReq.newBuilder()
            .setUserID(reader.userId())
            .setConversationID(conversation)
            .setHasReadSeq(seq)
            .build(),
        MarkConversationAsReadResp.getDefaultInstance());
  }

  private static MsgData awaitDeleted(TestUser user) {
    MsgData next = user.awaitPush().message();
    while (next.getContentType() != DELETED) {
      next = user.awaitPush().message();
    }
    return next;
  }

  private static List<String> contents(TestUser reader, String conversation, long to) {
    return reader.pull(conversation, 1, to).stream()
        .map(message -> message.getStatus() == GONE ? "" : message.getContent().toStringUtf8())
        .toList();
  }

  @Test
  void aPrivateChatBurnsForBothSidesAndForDevicesThatComeLater() {
    String chat = ConversationId.single(alice.userId(), bob.userId()).value();
    try (TestUser sender = new TestUser(alice);
        TestUser reader = new TestUser(bob)) {
      sender.send(privately(sender.text(bob.userId(), "secret")));
      sender.send(sender.text(bob.userId(), "plain"));
      sender.send(privately(sender.text(bob.userId(), "unread")));
      for (int i = 0; i < 3; i++) {
        reader.awaitPush();
      }
      read(bob, chat, 2);
      for (TestUser user : List.of(reader, sender)) {
        assertThat(awaitDeleted(user).getContent().toStringUtf8()).contains(chat).contains("[1]");
        List<MsgData> pulled = user.pull(chat, 1, 3);
        assertThat(pulled).hasSize(3);
        assertThat(pulled.getFirst().getStatus()).isEqualTo(GONE);
        assertThat(pulled.getFirst().getClientMsgID()).as("a placeholder").isEmpty();
        assertThat(contents(user, chat, 3))
            .containsExactly("", "{\"content\":\"plain\"}", "{\"content\":\"unread\"}");
      }
    }
    LoginOptions tablet = system.login(bob.userId(), Platform.ANDROID_PAD);
    try (TestUser later = new TestUser(tablet)) {
      assertThat(contents(later, chat, 3).getFirst()).isEmpty();
      String twin = new ConversationId(chat).notificationTwin().value();
      eventually(() ->
          assertThat(later.pull(twin, 1, 20))
              .filteredOn(message -> message.getContentType() == DELETED)
              .hasSize(1));
    }
  }

  @Test
  void aGroupsMemberLosesItAfterReadingItAndOthersWhenTheyHave() {
    String group =
        rest.call(
                alice,
                "/group/create_group",
                CreateGroupReq.newBuilder()
                    .setOwnerUserID(alice.userId())
                    .addMemberUserIDs(bob.userId())
                    .addMemberUserIDs(carol.userId())
                    .setGroupInfo(GroupInfo.newBuilder().setGroupName("burn").setGroupType(2))
                    .build(),
                CreateGroupResp.getDefaultInstance())
            .getGroupInfo()
            .getGroupID();
    String chat = ConversationId.group(group).value();
    long seq;
    try (TestUser sender = new TestUser(alice);
        TestUser reader = new TestUser(bob)) {
      MsgData secret =
          privately(sender.text("", "secret")).toBuilder()
              .setGroupID(group)
              .setSessionType(3)
              .build();
      sender.send(secret);
      MsgData pushed = reader.awaitPush().message();
      while (!pushed.getClientMsgID().equals(secret.getClientMsgID())) {
        pushed = reader.awaitPush().message();
      }
      seq = pushed.getSeq();
      read(bob, chat, seq);
      for (TestUser user : List.of(reader, sender)) {
        assertThat(awaitDeleted(user).getContent().toStringUtf8()).contains(chat);
        assertThat(contents(user, chat, seq).getLast()).isEmpty();
      }
    }
    long last = seq;
    try (TestUser later = new TestUser(carol)) {
      assertThat(contents(later, chat, last).getLast()).contains("secret");
      read(carol, chat, last);
      awaitDeleted(later);
      assertThat(contents(later, chat, last).getLast()).isEmpty();
    }
  }
}
