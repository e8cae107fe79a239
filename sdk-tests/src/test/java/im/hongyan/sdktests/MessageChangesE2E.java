package im.hongyan.sdktests;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that read marks, revocations, deletions and clears reach the official SDK's devices. */
@SdkCase
class MessageChangesE2E {
  private static final int REVOKED = 2101;

  private final SdkSystem system;

  MessageChangesE2E(SdkSystem system) {
    this.system = system;
  }

  private static String chat(SdkUser one, SdkUser other) {
    return ConversationId.single(one.id(), other.id()).value();
  }

  private static Map<String, String> message(String conversation, JsonNode message) {
    return Map.of(
        "conversationID", conversation, "clientMsgID", message.path("clientMsgID").asString());
  }

  /** What the other side of a conversation is told of a revoked message; waits for it. */
  private static JsonNode awaitRevoked(SdkUser user, JsonNode message) {
    return user.await(
        "OnNewRecvMessageRevoked",
        event -> event.path("clientMsgID").equals(message.path("clientMsgID")));
  }

  /** A message as the user's database has it. */
  private static JsonNode stored(SdkUser user, SdkUser other, JsonNode message) {
    JsonNode found =
        user.call(
            "findMessageList",
            List.of(
                Map.of(
                    "conversationID",
                    chat(user, other),
                    "clientMsgIDList",
                    List.of(message.path("clientMsgID").asString()))));
    return found.path("findResultItems").path(0).path("messageList").path(0);
  }

  private static boolean isRead(SdkUser user, SdkUser other, JsonNode message) {
    return stored(user, other, message).path("isRead").asBoolean();
  }

  private static int unread(SdkUser user) {
    return user.call("getTotalUnreadMsgCount").asInt();
  }

  @Test
  void whoHasReadIsShownToTheSenderAndUnreadTotalsFall() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "one");
      JsonNode two = alice.sendText(bob.id(), "two");
      bob.awaitText("two");
      eventually(() -> assertThat(unread(bob)).isEqualTo(2));
      bob.call("markConversationMessageAsRead", chat(bob, alice));
      alice.await("OnRecvC2CReadReceipt", receipts -> receipts.toString().contains(bob.id()));
      eventually(() -> assertThat(isRead(alice, bob, two)).isTrue());
      eventually(() -> assertThat(unread(bob)).isZero());
      assertThat(bob.conversation(alice).path("unreadCount").asInt()).isZero();
    }
  }

  @Test
  void aRevokedMessageIsRevokedOnBothSides() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      JsonNode sent = alice.sendText(bob.id(), "a mistake");
      bob.awaitText("a mistake");
      alice.call("revokeMessage", message(chat(alice, bob), sent));
      JsonNode revoked = awaitRevoked(bob, sent);
      assertThat(revoked.path("revokerID").asString()).isEqualTo(alice.id());
      for (List<SdkUser> pair : List.of(List.of(alice, bob), List.of(bob, alice))) {
        eventually(() ->
            assertThat(pair.getFirst().historyPages(pair.getLast().id(), 10))
                .allSatisfy(page ->
                    assertThat(page.path("messageList").path(0).path("contentType").asInt())
                        .isEqualTo(REVOKED)));
      }
      assertThat(alice.history(bob, 10)).doesNotContain("a mistake");
    }
  }

  @Test
  @Tag("long")
  void theOwnerRevokesWhatAMemberHasWritten() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("flock", alice, bob);
      JsonNode sent = bob.sendToGroup(group, "spam");
      alice.awaitText("spam");
      String conversation = ConversationId.group(group).value();
      alice.call("revokeMessage", message(conversation, sent));
      JsonNode revoked = awaitRevoked(bob, sent);
      assertThat(revoked.path("revokerID").asString()).isEqualTo(alice.id());
      assertThat(revoked.path("sourceMessageSendID").asString()).isEqualTo(bob.id());
    }
  }

  @Test
  @Tag("long")
  void aDeletedMessageStaysDeletedOnADeviceWithAnEmptyDatabase() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "stays");
      JsonNode last = alice.sendText(bob.id(), "goes");
      bob.awaitText("goes");
      // Until its copy with the seq is back, the SDK can delete it nowhere but here.
      eventually(() -> assertThat(stored(alice, bob, last).path("seq").asLong()).isPositive());
      alice.call("deleteMessage", message(chat(alice, bob), last));
      assertThat(alice.history(bob, 10)).containsExactly("stays");
      assertThat(bob.history(alice, 10)).containsExactly("stays", "goes");
      try (SdkUser pad = system.openAnother(alice)) {
        pad.login(Platform.IPAD);
        eventually(() -> assertThat(pad.history(bob, 10)).containsExactly("stays"));
        alice.sendText(bob.id(), "afterwards");
        pad.awaitText("afterwards");
        eventually(() -> assertThat(pad.history(bob, 10)).containsExactly("stays", "afterwards"));
      }
    }
  }

  @Test
  void aClearedConversationIsEmptyForWhoClearedItAlone() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "old");
      bob.awaitText("old");
      bob.call("clearConversationAndDeleteAllMsg", chat(bob, alice));
      assertThat(bob.history(alice, 10)).isEmpty();
      eventually(() -> assertThat(unread(bob)).isZero());
      assertThat(alice.history(bob, 10)).containsExactly("old");
      alice.sendText(bob.id(), "new");
      bob.awaitText("new");
      assertThat(bob.history(alice, 10)).containsExactly("new");
    }
  }

  @Test
  @Tag("long")
  void allConversationsAreClearedAtOnceAlsoForADeviceWithAnEmptyDatabase() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      bob.sendText(alice.id(), "from bob");
      carl.sendText(alice.id(), "from carl");
      alice.awaitText("from bob");
      alice.awaitText("from carl");
      alice.call("deleteAllMsgFromLocalAndSvr");
      assertThat(alice.history(bob, 10)).isEmpty();
      assertThat(alice.history(carl, 10)).isEmpty();
      eventually(() -> assertThat(unread(alice)).isZero());
      try (SdkUser pad = system.openAnother(alice)) {
        pad.login(Platform.IPAD);
        assertThat(pad.history(bob, 10)).isEmpty();
        assertThat(unread(pad)).isZero();
        bob.sendText(alice.id(), "again");
        pad.awaitText("again");
        assertThat(pad.history(bob, 10)).containsExactly("again");
      }
    }
  }

  @Test
  @Tag("long")
  void aDeletedConversationComesBackWithTheNextMessage() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "old");
      bob.awaitText("old");
      bob.call("deleteConversationAndDeleteAllMsg", chat(bob, alice));
      assertThat(SdkUser.stream(bob.call("getAllConversationList"))).isEmpty();
      alice.sendText(bob.id(), "new");
      bob.awaitText("new");
      assertThat(bob.conversation(alice).path("latestMsg").asString()).contains("new");
      assertThat(bob.history(alice, 10)).containsExactly("new");
    }
  }

  @Test
  @Tag("long")
  void aReadMarkReachesTheReadersOtherDevice() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser pad = system.openAnother(bob)) {
      pad.login(Platform.IPAD);
      alice.sendText(bob.id(), "one");
      bob.awaitText("one");
      pad.awaitText("one");
      eventually(() -> assertThat(unread(pad)).isOne());
      bob.call("markConversationMessageAsRead", chat(bob, alice));
      eventually(() -> assertThat(unread(pad)).isZero());
    }
  }
}
