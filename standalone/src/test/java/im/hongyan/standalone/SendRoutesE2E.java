package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.testkit.system.TestUser.Pushed;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves what clients get of messages that app servers send over REST (rest-message.md 5): the very
 * bytes of the content, the fields and options, and what becomes of hostile bodies.
 */
@ExtendWith(SharedSystem.class)
class SendRoutesE2E {
  private static final JsonMapper JSON = new JsonMapper();

  private static SystemAddress system;
  private static HttpClient http;
  private static String adminToken;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    http = HttpClient.newHttpClient();
    adminToken = system.asAdmin(admin -> admin.token());
  }

  @AfterAll
  static void stop() {
    http.close();
  }

  private static LoginOptions login(String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  private static HttpResponse<String> post(
      String path, String token, String operationId, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(system.api().resolve(path))
            .header("operationID", operationId)
            .header("token", token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The data of a success, asked for by the administrator. */
  private static JsonNode admin(String path, String body) {
    JsonNode answer = JSON.readTree(post(path, adminToken, MessageIds.next(), body).body());
    assertThat(answer.get("errCode").asInt()).as(answer.toString()).isZero();
    return answer.get("data");
  }

  private static String text(MsgData message) {
    return message.getContent().toStringUtf8();
  }

  private static String to(String sender, String receiver, int type, String content, String more) {
    return """
    {"sendID":"%s","recvID":"%s","sessionType":1,"contentType":%d,"content":%s%s}\
    """
        .formatted(sender, receiver, type, content, more);
  }

  private static String group(LoginOptions owner, LoginOptions... members) {
    String id = "g" + owner.userId();
    try (RestCalls rest = new RestCalls(system)) {
      CreateGroupReq.Builder request =
          CreateGroupReq.newBuilder()
              .setOwnerUserID(owner.userId())
              .setGroupInfo(GroupInfo.newBuilder().setGroupID(id).setGroupType(2));
      for (LoginOptions member : members) {
        request.addMemberUserIDs(member.userId());
      }
      rest.call(
          owner, "/group/create_group", request.build(), CreateGroupResp.getDefaultInstance());
    }
    return id;
  }

  /** The next push that is no notification of the group's begin. */
  private static Pushed next(TestUser user, int contentType) {
    Pushed pushed = user.awaitPush();
    while (pushed.message().getContentType() != contentType) {
      pushed = user.awaitPush();
    }
    return pushed;
  }

  @Test
  void theContentIsPushedByteForByteAndTheFieldsAsTheyWereSent() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    try (TestUser device = new TestUser(bob)) {
      JsonNode answer =
          admin(
              "/msg/send_msg",
              to(
                  alice.userId(),
                  bob.userId(),
                  101,
                  "{\"z\": 9007199254740993, \"content\": \"a<b>&é\", \"a\": 1.50, \"n\": null,"
                      + " \"x\": {\"big\": 123456789012345678901234567890}}",
                  ",\"senderNickname\":\"Nick\",\"senderPlatformID\":3,\"ex\":\"more\","
                      + "\"offlinePushInfo\":{\"title\":\"t\",\"iOSBadgeCount\":true}"));
      Pushed pushed = device.awaitPush();
      MsgData message = pushed.message();
      assertThat(pushed.conversationId())
          .isEqualTo(ConversationId.single(alice.userId(), bob.userId()).value());
      assertThat(text(message))
          .isEqualTo(
              "{\"a\":1.5,\"content\":\"a\\u003cb\\u003e\\u0026é\",\"n\":null,"
                  + "\"x\":{\"big\":123456789012345678901234567890},\"z\":9007199254740993}");
      assertThat(message.getSeq()).isEqualTo(1);
      assertThat(message.getMsgFrom()).isEqualTo(200);
      assertThat(message.getSenderNickname()).isEqualTo("Nick");
      assertThat(message.getSenderFaceURL()).as("not filled in").isEmpty();
      assertThat(message.getSenderPlatformID()).isEqualTo(3);
      assertThat(message.getEx()).isEqualTo("more");
      assertThat(message.getOfflinePushInfo().getIOSBadgeCount()).isTrue();
      assertThat(message.getOptionsMap()).isEmpty();
      assertThat(message.getClientMsgID()).isEqualTo(answer.get("clientMsgID").asString());
      assertThat(message.getServerMsgID()).isEqualTo(answer.get("serverMsgID").asString());
      assertThat(message.getSendTime()).isEqualTo(answer.get("sendTime").asLong());
    }
  }

  @Test
  void whatIsOnlineOnlyIsPushedAndNotStored() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    try (TestUser device = new TestUser(bob)) {
      admin(
          "/msg/send_msg",
          to(
              alice.userId(),
              bob.userId(),
              110,
              "{\"data\":\"d\"}",
              ",\"isOnlineOnly\":true,\"notOfflinePush\":true"));
      MsgData message = device.awaitPush().message();
      assertThat(message.getSeq()).isZero();
      assertThat(message.getOptionsMap())
          .isEqualTo(
              Map.of(
                  "history", false,
                  "persistent", false,
                  "senderSync", false,
                  "conversationUpdate", false,
                  "offlinePush", false));
    }
  }

  @Test
  void anAccountNotifiesInItsOwnConversation() {
    LoginOptions bob = login("bob");
    String account = "oa" + bob.userId();
    admin(
        "/user/add_notification_account",
        "{\"userID\":\"" + account + "\",\"nickName\":\"news\",\"appMangerLevel\":3}");
    try (TestUser device = new TestUser(bob)) {
      admin(
          "/msg/send_msg",
          to(
              account,
              bob.userId(),
              1400,
              "{\"text\":\"t\",\"notificationName\":\"n\",\"notificationType\":1,\"own\":\"<\"}",
              ""));
      Pushed pushed = device.awaitPush();
      assertThat(pushed.conversationId()).startsWith("sn_");
      assertThat(pushed.message().getSessionType()).isEqualTo(4);
      assertThat(pushed.message().getSeq()).isEqualTo(1);
      assertThat(text(pushed.message()))
          .isEqualTo(
              "{\"detail\":\"{\\\"notificationName\\\":\\\"n\\\",\\\"notificationType\\\":1,"
                  + "\\\"own\\\":\\\"\\\\u003c\\\",\\\"text\\\":\\\"t\\\"}\"}");
    }
  }

  @Test
  void aMentionNamesItsUsersBesideTheContent() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    String group = group(alice, bob);
    try (TestUser device = new TestUser(bob)) {
      admin(
          "/msg/send_msg",
          """
          {"sendID":"%s","groupID":"%s","sessionType":3,"contentType":106,
          "content":{"text":"@bob","atUserList":["%s"]}}\
          """
              .formatted(alice.userId(), group, bob.userId()));
      MsgData message = next(device, 106).message();
      assertThat(message.getAtUserIDListList()).containsExactly(bob.userId());
      assertThat(message.getGroupID()).isEqualTo(group);
      assertThat(text(message))
          .isEqualTo("{\"atUserList\":[\"" + bob.userId() + "\"],\"text\":\"@bob\"}");
    }
  }

  @Test
  void theStatusIsThatOfTheOperation() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    String good = "op" + MessageIds.next();
    String bad = "op" + MessageIds.next();
    String body = to(alice.userId(), bob.userId(), 101, "{\"content\":\"t\"}", "");
    post("/msg/send_msg", adminToken, good, body);
    post("/msg/send_msg", adminToken, bad, body.replace(alice.userId(), "nobody"));
    assertThat(status(bob, good)).isEqualTo(2);
    assertThat(status(bob, bad)).isZero();
    String simple = "op" + MessageIds.next();
    assertThat(
            post(
                    "/msg/send_simple_msg?key=" + key(alice.userId(), bob.userId(), ""),
                    bob.token(),
                    simple,
                    "{\"content\":\"c\"}")
                .statusCode())
        .isEqualTo(200);
    assertThat(status(alice, simple)).isEqualTo(2);
  }

  private static int status(LoginOptions caller, String operationId) {
    String body = post("/msg/check_msg_is_send_success", caller.token(), operationId, "{}").body();
    return JSON.readTree(body).at("/data/status").asInt();
  }

  private static String key(String sender, String receiver, String group) {
    String json =
        "{\"sendID\":\"%s\",\"recvID\":\"%s\",\"groupID\":\"%s\"}"
            .formatted(sender, receiver, group);
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aBatchReachesEveryReceiverOnceUnderOneClientId() {
    LoginOptions alice = login("alice");
    List<LoginOptions> receivers = List.of(login("r"), login("r"), login("r"));
    List<TestUser> devices = receivers.stream().map(TestUser::new).toList();
    String first = receivers.getFirst().userId();
    JsonNode answer =
        admin(
            "/msg/batch_send_msg",
            "{\"sendID\":\"%s\",\"sessionType\":1,\"contentType\":118,\"content\":{\"content\":\"#\"},"
                    .formatted(alice.userId())
                + "\"recvIDs\":[\"%s\",\"%s\",\"nobody\",\"%s\",\"%s\"]}"
                    .formatted(first, receivers.get(1).userId(), receivers.get(2).userId(), first));
    assertThat(answer.get("failedUserIDs").toString()).isEqualTo("[\"nobody\"]");
    assertThat(answer.get("results")).hasSize(4);
    assertThat(answer.at("/results/3/serverMsgID"))
        .as("named twice")
        .isEqualTo(answer.at("/results/0/serverMsgID"))
        .isNotEqualTo(answer.at("/results/1/serverMsgID"));
    String clientId = answer.at("/results/0/clientMsgID").asString();
    for (TestUser device : devices) {
      MsgData message = device.awaitPush().message();
      assertThat(message.getClientMsgID()).isEqualTo(clientId);
      assertThat(message.getRecvID()).isEqualTo(device.id());
      String conversation = ConversationId.single(alice.userId(), device.id()).value();
      assertThat(device.pull(conversation, 1, 10)).hasSize(1);
      device.close();
    }
  }

  @Test
  void aBusinessNotificationIsKeptWhereItsLevelSaysSo() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    String twin = ConversationId.single(alice.userId(), bob.userId()).notificationTwin().value();
    String body =
        "{\"sendUserID\":\"%s\",\"recvUserID\":\"%s\",\"key\":\"k\",\"data\":\"{\\\"a\\\":\\\"<\\\"}\"%s}";
    String content =
        "{\"detail\":\"{\\\"key\\\":\\\"k\\\",\\\"data\\\":\\\"{\\\\\\\"a\\\\\\\":"
            + "\\\\\\\"\\\\u003c\\\\\\\"}\\\"}\"}";
    try (TestUser device = new TestUser(bob)) {
      // Who has no chat with the sender does not ask for what is kept beside it.
      admin("/msg/send_msg", to(alice.userId(), bob.userId(), 101, "{\"content\":\"hi\"}", ""));
      assertThat(device.awaitPush().message().getContentType()).isEqualTo(101);
      admin("/msg/send_business_notification", body.formatted(alice.userId(), bob.userId(), ""));
      Pushed pushed = device.awaitPush();
      assertThat(pushed.conversationId()).isEqualTo(twin);
      assertThat(pushed.message().getSeq()).isZero();
      assertThat(pushed.message().getContentType()).isEqualTo(2001);
      assertThat(text(pushed.message())).isEqualTo(content);
      assertThat(pushed.message().getOptionsMap())
          .isEqualTo(
              Map.ofEntries(
                  Map.entry("isNotNotification", false),
                  Map.entry("isSendMsg", false),
                  Map.entry("history", false),
                  Map.entry("persistent", false),
                  Map.entry("offlinePush", false),
                  Map.entry("unreadCount", false),
                  Map.entry("conversationUpdate", false),
                  Map.entry("senderSync", true),
                  Map.entry("notPrivate", false),
                  Map.entry("senderConversationUpdate", false),
                  Map.entry("reactionFromCache", false)));

      admin(
          "/msg/send_business_notification",
          body.formatted(alice.userId(), bob.userId(), ",\"reliabilityLevel\":2"));
      MsgData stored = device.awaitPush().message();
      assertThat(stored.getSeq()).isEqualTo(1);
      assertThat(device.pull(twin, 1, 10)).extracting(SendRoutesE2E::text).containsExactly(content);

      admin(
          "/msg/send_business_notification",
          body.formatted(alice.userId(), bob.userId(), ",\"sendMsg\":true"));
      List<String> conversations = new ArrayList<>();
      conversations.add(device.awaitPush().conversationId());
      conversations.add(device.awaitPush().conversationId());
      assertThat(conversations)
          .containsExactlyInAnyOrder(
              twin, ConversationId.single(alice.userId(), bob.userId()).value());
    }
  }

  @Test
  void aBusinessNotificationReachesAGroup() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    String group = group(alice, bob);
    try (TestUser device = new TestUser(bob)) {
      admin(
          "/msg/send_business_notification",
          "{\"sendUserID\":\"%s\",\"recvGroupID\":\"%s\",\"key\":\"k\",\"reliabilityLevel\":2}"
              .formatted(alice.userId(), group));
      Pushed pushed = next(device, 2001);
      assertThat(pushed.conversationId()).isEqualTo("n_" + group);
      assertThat(pushed.message().getSeq()).isPositive();
      assertThat(pushed.message().getSessionType()).isEqualTo(3);
      assertThat(text(pushed.message()))
          .isEqualTo("{\"detail\":\"{\\\"key\\\":\\\"k\\\",\\\"data\\\":\\\"\\\"}\"}");
    }
  }

  @Test
  void aBotAnswersByTheKeyOfTheMessage() {
    LoginOptions alice = login("alice");
    LoginOptions bot = login("bot");
    String group = group(alice, bot);
    // A key whose base64 has a plus sign, which means a blank in a query.
    String plus = "{\"sendID\":\"" + alice.userId() + "\",\"recvID\":\"" + bot.userId() + "\"";
    String key = "";
    for (int i = 0; !key.contains("+"); i++) {
      String json = plus + ",\"x\":\"" + "~".repeat(i) + "\"}";
      key = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
    try (TestUser device = new TestUser(alice)) {
      post(
          "/msg/send_simple_msg?a=b&key=" + key,
          bot.token(),
          MessageIds.next(),
          "{\"content\":\"**hi** <\",\"ex\":\"e\"}");
      MsgData message = next(device, 118).message();
      assertThat(text(message)).isEqualTo("{\"content\":\"**hi** \\u003c\"}");
      assertThat(message.getContentType()).isEqualTo(118);
      assertThat(message.getSendID()).isEqualTo(bot.userId());
      assertThat(message.getSenderNickname()).isEqualTo(bot.userId());
      assertThat(message.getSenderPlatformID()).isEqualTo(10);
      assertThat(message.getMsgFrom()).isEqualTo(100);

      post(
          "/msg/send_simple_msg?key=" + key(alice.userId(), "", group),
          adminToken,
          MessageIds.next(),
          "{\"content\":\"all\",\"sendID\":\"" + bot.userId() + "\"}");
      Pushed pushed = next(device, 118);
      assertThat(pushed.conversationId()).isEqualTo("sg_" + group);
      assertThat(pushed.message().getSenderNickname()).isEqualTo(bot.userId());
    }
  }

  @Test
  void hostileBodiesAreRefusedWithACode() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    String deep = "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000);
    String wide = "[" + String.join(",", Collections.nCopies(30_000, "1")) + "]";
    String large = "{\"content\":\"" + "x".repeat(800_000) + "\"}";
    String many = String.join(",", Collections.nCopies(20_001, "\"u\""));
    record Row(int status, int code, String detail, String path, String body) {}
    for (Row row :
        List.of(
            new Row(400, 1001, "", "/msg/send_msg", to("a", "b", 101, deep, "")),
            new Row(
                400,
                1001,
                "json: more than 20000 values",
                "/msg/send_msg",
                to("a", "b", 101, "{\"content\":\"x\",\"more\":" + wide + "}", "")),
            new Row(
                200,
                1001,
                "message is larger than 745472 bytes",
                "/msg/send_msg",
                to(alice.userId(), bob.userId(), 101, large, "")),
            new Row(
                200,
                1001,
                "message is larger than 745472 bytes",
                "/msg/batch_send_msg",
                to(alice.userId(), "", 101, large, ",\"recvIDs\":[],\"isSendAll\":true")),
            new Row(
                200,
                1001,
                "message is larger than 745472 bytes",
                "/msg/send_business_notification",
                "{\"sendUserID\":\"a\",\"recvUserID\":\"b\",\"data\":\""
                    + "x".repeat(800_000)
                    + "\"}"),
            new Row(
                200,
                1001,
                "message is larger than 745472 bytes",
                "/msg/send_simple_msg?key=" + key("a", "b", ""),
                large),
            new Row(
                400,
                1001,
                "recvIDs has more than 20000 elements",
                "/msg/batch_send_msg",
                to("a", "", 101, "{\"content\":\"x\"}", ",\"recvIDs\":[" + many + "]")),
            new Row(
                200,
                1001,
                "sendID is longer than 64 bytes",
                "/msg/send_msg",
                to("a".repeat(65), "b", 101, "{\"content\":\"x\"}", "")))) {
      HttpResponse<String> answer = post(row.path(), adminToken, MessageIds.next(), row.body());
      JsonNode envelope = JSON.readTree(answer.body());
      assertThat(answer.statusCode()).as(row.detail()).isEqualTo(row.status());
      assertThat(envelope.get("errCode").asInt()).as(row.detail()).isEqualTo(row.code());
      if (!row.detail().isEmpty()) {
        assertThat(envelope.get("errDlt").asString()).isEqualTo(row.detail());
      }
      assertThat(answer.body().length()).isLessThan(1_000);
    }
  }
}
