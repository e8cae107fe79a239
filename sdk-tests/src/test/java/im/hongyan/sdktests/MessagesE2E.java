package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that messages between two users arrive in the official SDK, at once or later. */
@SdkCase
class MessagesE2E {
  private static final int SENT = 2;
  private static final int MESSAGES = 120;
  private static final int PAGE = 50;

  private final SdkSystem system;

  MessagesE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void textGoesBothWays() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      JsonNode sent = alice.sendText(bob.id(), "hello <bob> & 你好");
      assertThat(sent.path("status").asInt()).isEqualTo(SENT);
      assertThat(sent.path("serverMsgID").asString()).isNotEmpty();
      JsonNode received = bob.awaitText("hello <bob> & 你好");
      assertThat(received.path("sendID").asString()).isEqualTo(alice.id());
      assertThat(received.path("senderNickname").asString()).isEqualTo(alice.id());
      assertThat(received.path("clientMsgID")).isEqualTo(sent.path("clientMsgID"));
      assertThat(received.path("serverMsgID")).isEqualTo(sent.path("serverMsgID"));
      assertThat(received.path("sendTime")).isEqualTo(sent.path("sendTime"));
      bob.sendText(alice.id(), "hello alice");
      alice.awaitText("hello alice");
      assertThat(alice.history(bob, 10)).containsExactly("hello <bob> & 你好", "hello alice");
      assertThat(bob.history(alice, 10)).containsExactly("hello <bob> & 你好", "hello alice");
      assertThat(bob.conversation(alice).path("unreadCount").asInt()).isEqualTo(1);
    }
  }

  @Test
  @Tag("long")
  void anotherDeviceOfTheSenderShowsTheMessageToo() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser pad = system.openAnother(alice)) {
      pad.login(Platform.IPAD);
      alice.sendText(bob.id(), "from the browser");
      pad.awaitText("from the browser");
      assertThat(pad.history(bob, 10)).containsExactly("from the browser");
    }
  }

  @Test
  void aReceiverWhoWasOfflineFindsTheMessages() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.open("bob")) {
      system.register(bob.id());
      alice.sendText(bob.id(), "one");
      alice.sendText(bob.id(), "two");
      bob.login();
      JsonNode conversation = bob.conversation(alice);
      assertThat(conversation.path("unreadCount").asInt()).isEqualTo(2);
      assertThat(conversation.path("showName").asString()).isEqualTo(alice.id());
      assertThat(conversation.path("latestMsg").asString()).contains("two");
      assertThat(bob.history(alice, 10)).containsExactly("one", "two");
    }
  }

  @Test
  void historyIsPagedWithoutGapsToItsBeginning() {
    List<String> texts = IntStream.range(0, MESSAGES).mapToObj(i -> "text " + i).toList();
    try (SdkUser bob = system.open("bob")) {
      system.register(bob.id());
      LoginOptions login = system.address().login("writerof" + bob.id(), Platform.ANDROID);
      try (TestUser writer = new TestUser(login)) {
        texts.forEach(text -> writer.send(writer.text(bob.id(), text)));
      }
      bob.login();
      List<JsonNode> pages = bob.historyPages(login.userId(), PAGE);
      assertThat(pages.stream().map(page -> page.path("messageList").size()).toList())
          .startsWith(PAGE, PAGE, MESSAGES - 2 * PAGE);
      assertThat(SdkUser.texts(pages)).containsExactlyElementsOf(texts);
    }
  }

  @Test
  void typingIsShownToThePeerWhileItLasts() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "first");
      bob.awaitText("first");
      String conversation = alice.conversation(bob).path("conversationID").asString();
      alice.call("changeInputStates", Map.of("conversationID", conversation, "focus", true));
      JsonNode typing =
          bob.await(
              "OnConversationUserInputStatusChanged",
              state -> !state.path("platformIDs").isEmpty());
      assertThat(typing.path("userID").asString()).isEqualTo(alice.id());
      assertThat(typing.path("conversationID").asString()).isEqualTo(conversation);
      assertThat(typing.path("platformIDs")).hasToString("[" + Platform.WEB.number() + "]");
      alice.call("changeInputStates", Map.of("conversationID", conversation, "focus", false));
      bob.await(
          "OnConversationUserInputStatusChanged", state -> state.path("platformIDs").isEmpty());
      assertThat(bob.history(alice, 10)).containsExactly("first");
    }
  }

  @Test
  void aNotificationOfTheBusinessReachesTheApp() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      system.notifyBusiness(alice, bob, "order", "{\"state\":\"paid <1>\"}");
      JsonNode detail =
          bob.await("OnRecvCustomBusinessMessage", event -> event.toString().contains("order"));
      assertThat(detail.toString()).contains("paid <1>");
      assertThat(SdkUser.stream(bob.call("getAllConversationList"))).isEmpty();
    }
  }
}
