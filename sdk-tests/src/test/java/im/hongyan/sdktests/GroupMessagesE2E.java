package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that messages in groups arrive in the official SDK, and whom they mention. */
@SdkCase
@Tag("long")
class GroupMessagesE2E {
  private static final int AT = 106;
  private static final String ALL = "AtAllTag";
  private static final int MESSAGES = 130;
  private static final int PAGE = 50;

  private final SdkSystem system;

  GroupMessagesE2E(SdkSystem system) {
    this.system = system;
  }

  private static JsonNode mention(SdkUser sender, String group, String text, String... users) {
    List<Map<String, String>> names =
        List.of(users).stream()
            .map(user -> Map.of("atUserID", user, "groupNickname", "N-" + user))
            .toList();
    JsonNode message =
        sender.call(
            "createTextAtMessage",
            Map.of("text", text, "atUserIDList", List.of(users), "atUsersInfo", names));
    return sender.sendToGroup(group, message);
  }

  private static JsonNode awaitMention(SdkUser user, String text) {
    return user.awaitMessage(
        message -> message.path("atTextElem").path("text").asString("").equals(text));
  }

  @Test
  void whoIsMentionedIsShownInTheMessage() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      String group = Groups.create("mention", alice, bob, carl);
      mention(alice, group, "@bob look", bob.id());
      for (SdkUser member : List.of(bob, carl)) {
        JsonNode shown = awaitMention(member, "@bob look");
        assertThat(shown.path("contentType").asInt()).isEqualTo(AT);
        JsonNode at = shown.path("atTextElem");
        assertThat(at.path("atUserList")).hasToString("[\"" + bob.id() + "\"]");
        JsonNode name = at.path("atUsersInfo").path(0);
        assertThat(name.path("atUserID").asString()).isEqualTo(bob.id());
        assertThat(name.path("groupNickname").asString()).isEqualTo("N-" + bob.id());
      }
      mention(alice, group, "@all look", ALL);
      for (SdkUser member : List.of(bob, carl)) {
        assertThat(awaitMention(member, "@all look").path("atTextElem").path("atUserList"))
            .hasToString("[\"" + ALL + "\"]");
      }
    }
  }

  private static void awaitFlag(SdkUser user, String group, int flag) {
    Eventually.eventually(() ->
        assertThat(user.conversation(Groups.chat(group)).path("groupAtType").asInt())
            .isEqualTo(flag));
  }

  private static void clearFlag(SdkUser user, String group) {
    user.call("resetConversationGroupAtType", Groups.chat(group).value());
    awaitFlag(user, group, 0);
  }

  @Test
  void aFlagIsShownAndClearedByItsUser() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("flag", alice, bob);
      bob.call(
          "setConversation",
          Map.of("conversationID", Groups.chat(group).value(), "groupAtType", 1));
      awaitFlag(bob, group, 1);
      clearFlag(bob, group);
    }
  }

  @Test
  void theConversationOfWhoIsMentionedIsFlaggedUntilItIsRead() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      String group = Groups.create("flags", alice, bob, carl);
      mention(alice, group, "@bob look", bob.id());
      awaitFlag(bob, group, 1);
      mention(alice, group, "@all look", ALL);
      awaitFlag(carl, group, 2);
      clearFlag(carl, group);
      clearFlag(bob, group);
      mention(alice, group, "@all and @carl", ALL, carl.id());
      awaitFlag(carl, group, 3);
      awaitFlag(bob, group, 2);
      assertThat(alice.conversation(Groups.chat(group)).path("groupAtType").asInt())
          .as("the sender's own")
          .isZero();
      try (SdkUser fresh = system.openAnother(carl)) {
        fresh.login();
        awaitFlag(fresh, group, 3);
        clearFlag(fresh, group);
        alice.call("setGroupInfo", Map.of("groupID", group, "notification", "Meet at 9"));
        awaitFlag(fresh, group, 4);
      }
      awaitFlag(bob, group, 4);
    }
  }

  @Test
  void aMemberWhoWasAwayFindsAllMessagesInPages() {
    List<String> texts = IntStream.range(0, MESSAGES).mapToObj(i -> "text " + i).toList();
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("pages", alice, bob);
      bob.leave();
      texts.forEach(text -> alice.sendToGroup(group, text));
      bob.restart();
      bob.login();
      JsonNode conversation =
          Eventually.value(() -> {
            JsonNode shown = bob.conversation(Groups.chat(group));
            assertThat(shown.path("latestMsg").asString()).contains("text " + (MESSAGES - 1));
            assertThat(shown.path("unreadCount").asInt()).as("with 1501").isEqualTo(MESSAGES + 1);
            return shown;
          });
      assertThat(conversation.path("groupID").asString()).isEqualTo(group);
      List<JsonNode> pages = bob.historyPages(Groups.chat(group), PAGE);
      assertThat(SdkUser.texts(pages).stream().filter(text -> !text.isEmpty()))
          .containsExactlyElementsOf(texts);
    }
  }
}
