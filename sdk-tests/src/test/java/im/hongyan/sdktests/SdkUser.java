package im.hongyan.sdktests;

import im.hongyan.sdktests.browser.Page;
import im.hongyan.sdktests.browser.PageListener;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Platform;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * One device of a user: the official SDK in a page of its own. Used by one thread; its creator
 * closes it.
 */
final class SdkUser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CONSOLE_LINES = 40;
  private static final int HISTORY = 0;

  /** What the SDK refuses, by its code. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;

    private Refused(String method, JsonNode answer) {
      super(method + " was refused: " + answer);
      this.code = answer.path("errCode").asInt();
    }

    int code() {
      return code;
    }
  }

  /** The SDK's code for its own failures, such as those of its database. */
  private static final int UNKNOWN = 10005;

  private final SdkEvents events = new SdkEvents();
  private final BlockingQueue<String> console = new LinkedBlockingQueue<>(CONSOLE_LINES);
  private final SdkSystem system;
  private final String id;
  private final Page page;

  private SdkUser(SdkSystem system, String id) {
    this.system = system;
    this.id = id;
    this.page = system.browser().open(new Listener());
  }

  private final class Listener implements PageListener {
    @Override
    public void onReport(String text) {
      JsonNode report = JSON.readTree(text);
      events.add(report.path("event").asString(), report.path("data"));
    }

    @Override
    public void onConsole(String line) {
      while (!console.offer(line)) {
        console.poll();
      }
    }
  }

  /** A user with a device whose page is loaded and which is not logged in. */
  static SdkUser open(SdkSystem system, String id) {
    SdkUser user = new SdkUser(system, id);
    user.load();
    return user;
  }

  private void load() {
    events.clear();
    page.go(system.page());
    await("PageReady", any -> true);
  }

  /** Goes away from the page, as when an app is ended: its database stays. */
  void leave() {
    page.go(URI.create("about:blank"));
  }

  /** Loads the page again, as when an app is started again. */
  void restart() {
    load();
  }

  /** Logs in as a web client; returns once the first synchronisation has finished. */
  SdkUser login() {
    return login(Platform.WEB);
  }

  /** Logs in as an app that says which platform it is. */
  SdkUser login(Platform platform) {
    startLogin(system.address().login(id, platform).token(), platform);
    await("OnConnectSuccess", any -> true);
    await("OnSyncServerFinish", any -> true);
    return this;
  }

  /** Logs in with a token and does not wait for what comes of it. */
  void startLogin(String token, Platform platform) {
    SystemAddress address = system.address();
    call(
        "login",
        Map.of(
            "userID",
            id,
            "token",
            token,
            "platformID",
            platform.number(),
            "apiAddr",
            address.api().toString(),
            "wsAddr",
            address.ws().toString()));
  }

  /** The user's id. */
  String id() {
    return id;
  }

  /** What was reported. */
  SdkEvents events() {
    return events;
  }

  /**
   * Calls a method of the SDK and returns the data of its answer.
   *
   * @throws Refused when the SDK breaks its promise
   */
  JsonNode call(String method, Object... arguments) {
    String expression =
        "call("
            + JSON.writeValueAsString(method)
            + ","
            + JSON.writeValueAsString(List.of(arguments))
            + ")";
    JsonNode answer = JSON.readTree(page.evaluate(expression).asString());
    if (answer.path("errCode").asInt() != 0) {
      throw new Refused(method, answer);
    }
    return answer.path("data");
  }

  /**
   * Calls a method that the SDK refuses, and returns the code that it gives for it.
   *
   * @throws AssertionError when it does not refuse
   */
  int refused(String method, Object... arguments) {
    try {
      call(method, arguments);
    } catch (Refused refused) {
      return refused.code();
    }
    throw new AssertionError(method + " was not refused");
  }

  /**
   * Puts another into the blacklist. The SDK reads the list behind its call, and once more for the
   * notification; where both insert the row the call fails, and the row is there all the same.
   */
  void addBlack(SdkUser other) {
    try {
      call("addBlack", Map.of("toUserID", other.id(), "ex", "rude"));
    } catch (Refused refused) {
      if (refused.code() != UNKNOWN) {
        throw refused;
      }
    }
  }

  /** Sends a text to a peer; returns the message as the SDK has it once it is acknowledged. */
  JsonNode sendText(String peer, String text) {
    JsonNode message = call("createTextMessage", text);
    return call("sendMessage", Map.of("recvID", peer, "groupID", "", "message", message));
  }

  /** Sends a text to a group; returns the message as the SDK has it once it is acknowledged. */
  JsonNode sendToGroup(String group, String text) {
    return sendToGroup(group, call("createTextMessage", text));
  }

  /** Sends a message to a group; returns it as the SDK has it once it is acknowledged. */
  JsonNode sendToGroup(String group, JsonNode message) {
    return call("sendMessage", Map.of("recvID", "", "groupID", group, "message", message));
  }

  /** The message with a text that was received; waits for it. */
  JsonNode awaitText(String text) {
    return awaitMessage(message -> text(message).equals(text));
  }

  /** The first message that was received and is as wanted; waits for it. */
  JsonNode awaitMessage(Predicate<JsonNode> wanted) {
    JsonNode messages = await("OnRecvNewMessages", list -> stream(list).anyMatch(wanted));
    return stream(messages).filter(wanted).findFirst().orElseThrow();
  }

  /** The conversation with a peer, once the SDK has it. */
  JsonNode conversation(SdkUser peer) {
    return conversation(ConversationId.single(id, peer.id()));
  }

  /** A conversation, once the SDK has it. */
  JsonNode conversation(ConversationId conversation) {
    return Eventually.value(() ->
        stream(call("getAllConversationList"))
            .filter(one -> one.path("conversationID").asString().equals(conversation.value()))
            .findFirst()
            .orElseThrow());
  }

  /** The texts of the conversation with a peer, oldest first. */
  List<String> history(SdkUser peer, int page) {
    return texts(historyPages(peer.id(), page));
  }

  /** The pages of the conversation with a peer as the SDK hands them out, newest first. */
  List<JsonNode> historyPages(String peer, int count) {
    return historyPages(ConversationId.single(id, peer), count);
  }

  /** The pages of a conversation as the SDK hands them out, newest first. */
  List<JsonNode> historyPages(ConversationId conversation, int count) {
    List<JsonNode> pages = new ArrayList<>();
    String start = "";
    while (pages.isEmpty() || !pages.getLast().path("isEnd").asBoolean()) {
      JsonNode page =
          call(
              "getAdvancedHistoryMessageList",
              Map.of(
                  "conversationID", conversation.value(),
                  "startClientMsgID", start,
                  "count", count,
                  "viewType", HISTORY));
      pages.add(page);
      JsonNode oldest = page.path("messageList").path(0);
      if (oldest.isMissingNode()) {
        break;
      }
      start = oldest.path("clientMsgID").asString();
    }
    return pages;
  }

  /** The texts of such pages, oldest first. */
  static List<String> texts(List<JsonNode> pages) {
    return pages.reversed().stream()
        .flatMap(page -> stream(page.path("messageList")))
        .map(SdkUser::text)
        .toList();
  }

  /** What a text holds that the SDK keeps as JSON, such as a conversation's newest message. */
  static JsonNode parse(String json) {
    return JSON.readTree(json);
  }

  private static String text(JsonNode message) {
    return message.path("textElem").path("content").asString("");
  }

  /** The elements of a list that the SDK returned. */
  static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  /** The data of the first event of a name that is as wanted; waits for it. */
  JsonNode await(String event, Predicate<JsonNode> wanted) {
    try {
      return events.await(event, wanted);
    } catch (AssertionError late) {
      throw new AssertionError(
          id + ": " + late.getMessage() + "\nconsole:\n" + String.join("\n", console), late);
    }
  }

  @Override
  public void close() {
    page.close();
  }
}
