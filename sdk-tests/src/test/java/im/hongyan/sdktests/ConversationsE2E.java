package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.ConversationId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Proves what the official SDK keeps on the server of a user's conversations, and what it counts.
 */
@SdkCase
class ConversationsE2E {
  private static final int NOT_RECEIVED = 1;
  private static final int NOT_NOTIFIED = 2;
  private static final int PRIVATE_CHAT = 1701;
  private static final int NOT_SENT = 1001;

  private final SdkSystem system;

  ConversationsE2E(SdkSystem system) {
    this.system = system;
  }

  private static ConversationId chat(SdkUser one, SdkUser other) {
    return ConversationId.single(one.id(), other.id());
  }

  private static void set(SdkUser user, ConversationId conversation, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("conversationID", conversation.value());
    user.call("setConversation", all);
  }

  private static void assertShown(JsonNode conversation, Map<String, ?> settings) {
    settings.forEach((name, value) ->
        assertThat(conversation.path(name).asString()).as(name).isEqualTo(value.toString()));
  }

  private static int unread(SdkUser user, ConversationId conversation) {
    return user.conversation(conversation).path("unreadCount").asInt();
  }

  private static int total(SdkUser user) {
    return user.call("getTotalUnreadMsgCount").asInt();
  }

  private static List<String> shown(SdkUser user) {
    return SdkUser.stream(user.call("getAllConversationList"))
        .map(one -> one.path("conversationID").asString())
        .toList();
  }

  @Test
  void settingsAreShownOnEveryDevice() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      bob.sendText(alice.id(), "hello");
      alice.awaitText("hello");
      ConversationId chat = chat(alice, bob);
      Map<String, Object> settings =
          Map.of(
              "isPinned",
              true,
              "recvMsgOpt",
              NOT_NOTIFIED,
              "burnDuration",
              45,
              "isMsgDestruct",
              true,
              "msgDestructTime",
              86_400,
              "ex",
              "{\"color\":\"red\"}");
      set(alice, chat, settings);
      Eventually.eventually(() -> assertShown(alice.conversation(chat), settings));
      alice.await("OnConversationChanged", changed -> changed.path(0).path("isPinned").asBoolean());
      try (SdkUser fresh = system.openAnother(alice)) {
        fresh.login();
        Eventually.eventually(() -> assertShown(fresh.conversation(chat), settings));
        Map<String, Object> none = new HashMap<>(settings);
        none.putAll(Map.of("isPinned", false, "recvMsgOpt", 0, "ex", "", "isMsgDestruct", false));
        set(fresh, chat, none);
        Eventually.eventually(() -> assertShown(fresh.conversation(chat), none));
      }
      assertThat(bob.conversation(chat).path("isPinned").asBoolean()).as("of bob").isFalse();
    }
  }

  @Test
  @Tag("long")
  void pinnedConversationsComeFirst() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("pinned", alice, bob);
      bob.sendText(alice.id(), "newest");
      alice.awaitText("newest");
      String single = chat(alice, bob).value();
      String grouped = Groups.chat(group).value();
      Eventually.eventually(() -> assertThat(shown(alice)).containsExactly(single, grouped));
      set(alice, Groups.chat(group), Map.of("isPinned", true));
      Eventually.eventually(() -> assertThat(shown(alice)).containsExactly(grouped, single));
      assertThat(
              SdkUser.stream(
                      alice.call("getConversationListSplit", Map.of("offset", 0, "count", 1)))
                  .map(one -> one.path("conversationID").asString()))
          .containsExactly(grouped);
      alice.call("hideConversation", single);
      assertThat(shown(alice)).containsExactly(grouped);
      bob.sendText(alice.id(), "here again");
      alice.awaitText("here again");
      Eventually.eventually(() -> assertThat(shown(alice)).containsExactly(grouped, single));
    }
  }

  @Test
  @Tag("long")
  void whoDoesNotReceiveIsNotSentTo() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      bob.sendText(alice.id(), "before");
      alice.awaitText("before");
      set(alice, chat(alice, bob), Map.of("recvMsgOpt", NOT_RECEIVED));
      JsonNode message = bob.call("createTextMessage", "meanwhile");
      assertThat(
              bob.refused(
                  "sendMessage", Map.of("recvID", alice.id(), "groupID", "", "message", message)))
          .isEqualTo(NOT_SENT);
      set(alice, chat(alice, bob), Map.of("recvMsgOpt", 0));
      bob.sendText(alice.id(), "after");
      alice.awaitText("after");
      assertThat(alice.history(bob, 10)).containsExactly("before", "after");
    }
  }

  @Test
  @Tag("long")
  void aPrivateChatIsPrivateOnBothSides() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "in the open");
      bob.awaitText("in the open");
      ConversationId chat = chat(alice, bob);
      set(alice, chat, Map.of("burnDuration", 30));
      set(alice, chat, Map.of("isPrivateChat", true));
      bob.awaitMessage(message -> message.path("contentType").asInt() == PRIVATE_CHAT);
      for (SdkUser user : List.of(alice, bob)) {
        Eventually.eventually(
            () -> assertThat(user.conversation(chat).path("isPrivateChat").asBoolean()).isTrue());
      }
      assertThat(alice.conversation(chat).path("burnDuration").asInt()).isEqualTo(30);
      alice.sendText(bob.id(), "between us");
      JsonNode secret = bob.awaitText("between us");
      assertThat(secret.path("attachedInfoElem").path("isPrivateChat").asBoolean()).isTrue();
      assertThat(secret.path("attachedInfoElem").path("burnDuration").asInt()).isEqualTo(30);
      set(bob, chat, Map.of("isPrivateChat", false));
      Eventually.eventually(
          () -> assertThat(alice.conversation(chat).path("isPrivateChat").asBoolean()).isFalse());
    }
  }

  @Test
  @Tag("long")
  void draftsStayOnTheirDevice() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      bob.sendText(alice.id(), "hello");
      alice.awaitText("hello");
      ConversationId chat = chat(alice, bob);
      alice.call(
          "setConversationDraft",
          Map.of("conversationID", chat.value(), "draftText", "I was about to"));
      assertThat(alice.conversation(chat).path("draftText").asString()).isEqualTo("I was about to");
      alice.restart();
      alice.login();
      assertThat(alice.conversation(chat).path("draftText").asString()).isEqualTo("I was about to");
      try (SdkUser fresh = system.openAnother(alice)) {
        fresh.login();
        assertThat(fresh.conversation(chat).path("draftText").asString()).isEmpty();
      }
    }
  }

  @Test
  void unreadCountsSurviveARestartAndGrowWhileAway() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("counts", alice, bob);
      ConversationId single = chat(alice, bob);
      ConversationId grouped = Groups.chat(group);
      alice.sendText(bob.id(), "one");
      alice.sendToGroup(group, "one in the group");
      bob.awaitText("one in the group");
      Eventually.eventually(() -> {
        assertThat(unread(bob, single)).isOne();
        assertThat(unread(bob, grouped)).as("with 1501").isEqualTo(2);
        assertThat(total(bob)).isEqualTo(3);
      });
      bob.restart();
      bob.login();
      assertThat(unread(bob, single)).isOne();
      assertThat(unread(bob, grouped)).isEqualTo(2);
      system.read(bob, grouped);
      Eventually.eventually(() -> assertThat(total(bob)).isOne());

      bob.leave();
      alice.sendText(bob.id(), "two");
      alice.sendText(bob.id(), "three");
      alice.sendToGroup(group, "two in the group");
      bob.restart();
      bob.login();
      Eventually.eventually(() -> {
        assertThat(unread(bob, single)).isEqualTo(3);
        assertThat(unread(bob, grouped)).isOne();
        assertThat(total(bob)).isEqualTo(4);
      });
    }
  }

  @Test
  @Tag("long")
  void mutedConversationsCountNothingInTheTotal() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("quiet", alice, bob);
      Groups.awaitType(bob, group, 1501);
      set(bob, Groups.chat(group), Map.of("recvMsgOpt", NOT_NOTIFIED));
      alice.sendToGroup(group, "psst");
      bob.awaitText("psst");
      alice.sendText(bob.id(), "hello");
      bob.awaitText("hello");
      Eventually.eventually(() -> {
        assertThat(unread(bob, Groups.chat(group))).isEqualTo(2);
        assertThat(total(bob)).as("the conversation of two alone").isOne();
      });
    }
  }
}
