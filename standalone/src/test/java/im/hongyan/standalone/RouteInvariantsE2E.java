package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Proves the invariants 14 to 16, 20 and 24 of messaging.md 10.2 over the routes that change
 * messages: mark read, revoke, delete, clear and destruct, as bodies through the sockets. Alice and
 * Bob have a chat of two and a group with Carol, who leaves it; Eve has nothing to do with them.
 */
@ExtendWith(SharedSystem.class)
class RouteInvariantsE2E {
  private static final int SINGLE_MESSAGES = 3;

  private static SystemAddress system;
  private static RestCalls rest;
  private static JsonRoutes routes;

  @SuppressWarnings("NullAway") // set before all tests
  private final SocialLife life = new SocialLife(system, rest);

  private final LoginOptions alice = life.login("alice");
  private final LoginOptions bob = life.login("bob");
  private final LoginOptions carol = life.login("carol");
  private final LoginOptions eve = life.login("eve");
  private final String single = ConversationId.single(alice.userId(), bob.userId()).value();
  private final String flock = life.create("flock", alice, bob, carol);
  private final String group = ConversationId.group(flock).value();
  private TestUser alicesPhone;
  private TestUser bobsPhone;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    rest = new RestCalls(system);
    routes = new JsonRoutes(system);
  }

  @AfterAll
  static void stop() {
    rest.close();
    routes.close();
  }

  /** Three messages of the two; in the group its making, two messages, and that Carol left. */
  @BeforeEach
  void talk() {
    alicesPhone = new TestUser(alice);
    bobsPhone = new TestUser(bob);
    alicesPhone.send(alicesPhone.text(bob.userId(), "one"));
    alicesPhone.send(alicesPhone.text(bob.userId(), "two"));
    bobsPhone.send(bobsPhone.text(alice.userId(), "three"));
    life.sendToGroup(carol, flock, "from carol");
    life.sendToGroup(bob, flock, "from bob");
    life.quit(carol, flock);
    eventually(() -> {
      assertThat(bobsPhone.pull(single, 1, 10)).hasSize(SINGLE_MESSAGES);
      assertThat(bobsPhone.pull(group, 1, 10)).hasSize(4);
      assertThat(newest(carol)).containsEntry(group, 4L);
    });
  }

  @AfterEach
  void close() {
    alicesPhone.close();
    bobsPhone.close();
  }

  private Map<String, Long> newest(LoginOptions user) {
    Map<String, Long> newest = new TreeMap<>();
    routes
        .data(user, "/msg/newest_seq", "{'userID':'%s'}".formatted(user.userId()))
        .path("maxSeqs")
        .forEachEntry((id, seq) -> newest.put(id, seq.asLong()));
    return newest;
  }

  /** What the three of a group and of a chat find: messages, read positions, newest seqs. */
  private List<Object> views() {
    return List.of(
        alicesPhone.pull(single, 1, 10),
        bobsPhone.pull(single, 1, 10),
        alicesPhone.pull(group, 1, 10),
        bobsPhone.pull(group, 1, 10),
        newest(alice),
        newest(bob),
        positions(alice),
        positions(bob));
  }

  /** Read positions of both conversations. */
  private List<Long> positions(LoginOptions user) {
    JsonNode seqs =
        routes
            .data(
                user,
                "/msg/get_conversations_has_read_and_max_seq",
                "{'userID':'%s','conversationIDs':['%s','%s']}"
                    .formatted(user.userId(), single, group))
            .path("seqs");
    return Stream.of(single, group).map(id -> seqs.path(id).path("hasReadSeq").asLong()).toList();
  }

  /** A body of a route that changes a conversation, in a user's name. */
  private static String body(String conversation, LoginOptions named, String more) {
    return "{'conversationID':'%1$s','conversationIDs':['%1$s'],'userID':'%2$s'%3$s}"
        .formatted(conversation, named.userId(), more);
  }

  /** A route that changes a conversation, and what its body needs besides. */
  private record Change(String route, String more) {}

  private static final String OTHER = ",'deleteSyncOpt':{'IsSyncOther':true}";

  private static final List<Change> CHANGES =
      List.of(
          new Change("/msg/mark_msgs_as_read", ",'seqs':[1]"),
          new Change("/msg/mark_conversation_as_read", ",'hasReadSeq':1"),
          new Change("/msg/set_conversation_has_read_seq", ",'hasReadSeq':1"),
          new Change("/msg/revoke_msg", ",'seq':1"),
          new Change("/msg/revoke_msg", ",'seq':2"),
          new Change("/msg/delete_msgs", ",'seqs':[1]"),
          new Change("/msg/delete_msgs", ",'seqs':[1]" + OTHER),
          new Change("/msg/delete_msgs", ",'seqs':[2]" + OTHER),
          new Change("/msg/clear_conversation_msg", ""),
          new Change("/msg/clear_conversation_msg", OTHER));

  private String destruct(String conversation, LoginOptions owner) {
    boolean single = conversation.equals(this.single);
    return """
    {'userIDs':['%s'],'conversation':{'conversationID':'%s','conversationType':%d,'userID':'%s',\
    'groupID':'%s','isMsgDestruct':true,'msgDestructTime':1}}\
    """
        .formatted(
            owner.userId(),
            conversation,
            single ? 1 : 3,
            single ? bob.userId() : "",
            single ? "" : flock);
  }

  @Test
  void invariant14OnlyParticipantsMarkRevokeDeleteClearOrDestruct() {
    List<Object> before = views();
    for (LoginOptions intruder : List.of(eve, carol)) {
      for (String conversation : List.of(single, group)) {
        for (Change change : CHANGES) {
          String named = body(conversation, alice, change.more());
          assertThat(routes.code(intruder, change.route(), named)).as(named).isEqualTo(1002);
          String own = body(conversation, intruder, change.more());
          int code = routes.code(intruder, change.route(), own);
          if (!change.route().equals("/msg/clear_conversation_msg") && intruder.equals(eve)) {
            assertThat(code).as(change + " of " + conversation).isEqualTo(1004);
          }
        }
        String destruct = destruct(conversation, alice);
        assertThat(routes.code(intruder, "/conversation/set_conversations", destruct))
            .isEqualTo(1002);
        routes.code(intruder, "/conversation/set_conversations", destruct(conversation, intruder));
      }
      String all = "{'userID':'%s','deleteSyncOpt':{'IsSyncOther':true}}";
      assertThat(routes.code(intruder, "/msg/user_clear_all_msg", all.formatted(alice.userId())))
          .isEqualTo(1002);
      routes.code(intruder, "/msg/user_clear_all_msg", all.formatted(intruder.userId()));
      assertThat(
              routes.code(
                  intruder,
                  "/msg/delete_msg_phsical_by_seq",
                  "{'conversationID':'%s','seqs':[1,2,3]}".formatted(single)))
          .isEqualTo(1002);
    }
    assertThat(views()).isEqualTo(before);
    assertThat(pulled(eve, single)).isEmpty();
    assertThat(pulled(eve, group)).isEmpty();
    assertThat(pulled(carol, single)).isEmpty();
  }

  private static List<JsonNode> pulled(LoginOptions reader, String conversation) {
    return routes
        .data(
            reader,
            "/msg/pull_msg_by_seq",
            "{'userID':'%s','seqRanges':[{'conversationID':'%s','begin':1,'end':9,'num':9}]}"
                .formatted(reader.userId(), conversation))
        .path("msgs")
        .path(conversation)
        .path("Msgs")
        .valueStream()
        .toList();
  }

  @Test
  void invariant14ParticipantsChangeTheirOwnSideAndWhatTheySent() {
    assertThat(routes.code(bob, "/msg/revoke_msg", body(single, bob, ",'seq':1"))).isEqualTo(1002);
    String others = body(single, bob, ",'seqs':[1]" + OTHER);
    assertThat(routes.code(bob, "/msg/delete_msgs", others)).isEqualTo(1002);
    String flocks = body(group, bob, OTHER);
    assertThat(routes.code(bob, "/msg/clear_conversation_msg", flocks)).isEqualTo(1002);
    assertThat(
            routes.code(
                alice, "/msg/clear_conversation_msg", flocks.replace(bob.userId(), alice.userId())))
        .isZero();
    assertThat(bobsPhone.pull(group, 1, 10)).isEmpty();
  }

  @Test
  void invariant15NoRouteLetsAUserSendANotification() {
    String to =
        "'sendID':'%s','recvID':'%s','sessionType':1".formatted(alice.userId(), bob.userId());
    for (int type : new int[] {101, 1201, 1400, 1511, 2001, 2101, 2102, 2200, 5000}) {
      String body =
          "{%s,'contentType':%d,'content':{'content':'x','detail':'{}'}}".formatted(to, type);
      String batch = body.replaceFirst("\\{", "{'recvIDs':['" + bob.userId() + "'],");
      assertThat(routes.code(alice, "/msg/send_msg", body)).as("type " + type).isEqualTo(1002);
      assertThat(routes.code(alice, "/msg/batch_send_msg", batch)).isEqualTo(1002);
      if (type != 101 && type != 1400) {
        assertThat(routes.code(routes.admin(), "/msg/send_msg", body)).isEqualTo(1001);
        assertThat(routes.code(routes.admin(), "/msg/batch_send_msg", batch)).isEqualTo(1001);
      }
    }
    assertThat(
            routes.code(
                alice,
                "/msg/send_business_notification",
                "{'sendUserID':'%s','recvUserID':'%s','key':'k','reliabilityLevel':2}"
                    .formatted(alice.userId(), bob.userId())))
        .isEqualTo(1002);
    String tips = "{'content':'{\\\"detail\\\":\\\"{}\\\"}'}";
    assertThat(routes.code(alice, answering(carol, bob), tips)).as("as Bob").isEqualTo(1002);
    assertThat(routes.code(alice, answering(bob, alice), tips)).isZero();
    alicesPhone.send(
        alicesPhone.text(bob.userId(), "no notification").toBuilder()
            .putOptions("isNotNotification", false)
            .build());
    assertThat(pushedUntil(SINGLE_MESSAGES + 2))
        .as("in the chat and its twin")
        .extracting(pushed -> pushed.message().getContentType())
        .containsExactly(118, 101);
  }

  /** The route by which a bot answers a message. */
  private static String answering(LoginOptions sender, LoginOptions receiver) {
    return "/msg/send_simple_msg?key="
        + JsonRoutes.base64(
            "{\"sendID\":\"%s\",\"recvID\":\"%s\"}".formatted(sender.userId(), receiver.userId()));
  }

  /** What Bob is pushed, after the first three messages, up to this one of the chat of two. */
  private List<TestUser.Pushed> pushedUntil(long seq) {
    String twin = new ConversationId(single).notificationTwin().value();
    List<TestUser.Pushed> pushed = new ArrayList<>();
    TestUser.Pushed next;
    do {
      next = bobsPhone.awaitPush();
      boolean chat = next.conversationId().equals(single);
      if ((chat && next.message().getSeq() > SINGLE_MESSAGES)
          || next.conversationId().equals(twin)) {
        pushed.add(next);
      }
    } while (!next.conversationId().equals(single) || next.message().getSeq() < seq);
    return pushed;
  }

  private String readTo(long seq) {
    return body(single, bob, ",'hasReadSeq':" + seq);
  }

  @Test
  void invariant16PositionsAndBoundsNeverFallWhateverTheRoute() {
    assertThat(routes.code(bob, "/msg/mark_conversation_as_read", readTo(2))).isZero();
    assertThat(positions(bob).getFirst()).as("sending has read it").isEqualTo(3);
    alicesPhone.send(alicesPhone.text(bob.userId(), "four"));
    alicesPhone.send(alicesPhone.text(bob.userId(), "five"));
    eventually(() -> assertThat(newest(bob)).containsEntry(single, 5L));
    assertThat(routes.code(bob, "/msg/set_conversation_has_read_seq", readTo(4))).isZero();
    for (String route :
        List.of("/msg/set_conversation_has_read_seq", "/msg/mark_conversation_as_read")) {
      assertThat(routes.code(bob, route, readTo(1))).isZero();
      assertThat(positions(bob).getFirst()).as(route).isEqualTo(4);
    }
    String one = body(single, bob, ",'seqs':[1]");
    assertThat(routes.code(bob, "/msg/mark_msgs_as_read", one)).isZero();
    assertThat(positions(bob).getFirst()).isEqualTo(4);
    assertThat(routes.code(bob, "/msg/set_conversation_has_read_seq", readTo(6))).isEqualTo(1001);
    assertThat(routes.code(bob, "/msg/mark_msgs_as_read", body(single, bob, ",'seqs':[6]")))
        .isEqualTo(1001);
    assertThat(routes.code(bob, "/msg/mark_conversation_as_read", readTo(6))).isZero();
    assertThat(positions(bob).getFirst()).as("never above the newest").isEqualTo(5);

    String clear = body(single, bob, "");
    assertThat(routes.code(bob, "/msg/clear_conversation_msg", clear)).isZero();
    String bounds =
        destruct(single, bob).replace("'isMsgDestruct'", "'minSeq':1,'maxSeq':9,'isMsgDestruct'");
    assertThat(
            routes.code(
                bob,
                "/conversation/set_conversations",
                bounds.replace("'userID':'" + bob.userId(), "'userID':'" + alice.userId())))
        .isZero();
    assertThat(bobsPhone.pull(single, 1, 9)).as("cleared stays cleared").isEmpty();
    assertThat(routes.code(alice, "/msg/clear_conversation_msg", body(single, alice, OTHER)))
        .isZero();
    bobsPhone.send(bobsPhone.text(alice.userId(), "six"));
    eventually(() ->
        assertThat(alicesPhone.pull(single, 1, 9)).extracting(MsgData::getSeq).containsExactly(6L));
    assertThat(routes.code(alice, "/msg/clear_conversation_msg", body(single, alice, ""))).isZero();
    assertThat(alicesPhone.pull(single, 1, 9)).isEmpty();
  }

  @Test
  void invariant16ManyDevicesAtOnceOnlyRaiseAPosition() {
    List<CompletableFuture<Void>> readers =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.runAsync(() -> readAtRandom(new Random(i))))
            .toList();
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < 30; i++) {
            alicesPhone.send(alicesPhone.text(bob.userId(), "more"));
          }
        });
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            Stream.concat(Stream.of(sender), readers.stream()).toArray(CompletableFuture[]::new));
    long last = 0;
    while (!all.isDone()) {
      JsonNode seqs =
          routes
              .data(
                  bob,
                  "/msg/get_conversations_has_read_and_max_seq",
                  "{'userID':'%s','conversationIDs':['%s']}".formatted(bob.userId(), single))
              .path("seqs")
              .path(single);
      long read = seqs.path("hasReadSeq").asLong();
      assertThat(read).isBetween(last, seqs.path("maxSeq").asLong());
      last = read;
    }
    all.join();
  }

  private void readAtRandom(Random random) {
    for (int i = 0; i < 20; i++) {
      String route =
          random.nextBoolean()
              ? "/msg/set_conversation_has_read_seq"
              : "/msg/mark_conversation_as_read";
      assertThat(routes.code(bob, route, readTo(1 + random.nextInt(40)))).isIn(0, 1001);
    }
  }

  @Test
  void invariant20WhoWasAwayFindsRevokesDeletionsAndReceipts() {
    String twin = new ConversationId(single).notificationTwin().value();
    bobsPhone.close();
    routes.data(alice, "/msg/revoke_msg", body(single, alice, ",'seq':1"));
    routes.data(alice, "/msg/delete_msgs", body(single, alice, ",'seqs':[2]" + OTHER));
    routes.data(alice, "/msg/mark_msgs_as_read", body(single, alice, ",'seqs':[3]"));
    routes.data(alice, "/msg/mark_conversation_as_read", body(single, alice, ",'hasReadSeq':3"));
    routes.data(alice, "/msg/revoke_msg", body(group, alice, ",'seq':3"));
    routes.data(alice, "/msg/delete_msgs", body(group, alice, ",'seqs':[2]" + OTHER));
    routes.data(
        alice,
        "/msg/delete_msgs",
        body(single, alice, ",'seqs':[3],'deleteSyncOpt':{'IsSyncSelf':true}"));
    bobsPhone = new TestUser(bob);
    assertThat(newest(bob)).containsEntry(twin, 4L).containsEntry("n_" + flock, 2L);
    assertThat(notifications(bobsPhone, twin))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("1 2101 ").contains("\"seq\":1,"),
            second -> assertThat(second).startsWith("2 2102 ").contains("\"seqs\":[2]"),
            third ->
                assertThat(third).startsWith("3 2200 ").contains("\"seqs\":[3],\"hasReadSeq\":3"),
            fourth -> assertThat(fourth).startsWith("4 2200 ").contains("\"hasReadSeq\":3"));
    assertThat(notifications(bobsPhone, "n_" + flock))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("1 2101 ").contains("\"seq\":3,"),
            second -> assertThat(second).startsWith("2 2102 ").contains("\"seqs\":[2]"));
    try (TestUser pad = new TestUser(system.login(alice.userId(), Platform.IPAD))) {
      String self = ConversationId.selfNotification(alice.userId()).value();
      assertThat(notifications(pad, self))
          .singleElement()
          .satisfies(only -> assertThat(only).startsWith("1 2102 ").contains("\"seqs\":[3]"));
      assertThat(notifications(pad, twin)).hasSize(4);
    }
  }

  /** Otherwise devices would show what a device with an empty database does not. */
  @Test
  void invariant19NotificationsListWhatWasChangedAlone() {
    String twin = new ConversationId(single).notificationTwin().value();
    routes.data(bob, "/msg/clear_conversation_msg", body(single, bob, ""));
    alicesPhone.send(alicesPhone.text(bob.userId(), "four"));
    eventually(() -> assertThat(newest(bob)).containsEntry(single, 4L));
    routes.data(bob, "/msg/mark_msgs_as_read", body(single, bob, ",'seqs':[1,4]"));
    assertThat(notifications(alicesPhone, twin))
        .singleElement()
        .satisfies(only -> assertThat(only).contains("\"seqs\":[4],\"hasReadSeq\":4"));
    assertThat(alicesPhone.pull(single, 1, 10))
        .extracting(MsgData::getIsRead)
        .containsExactly(false, false, false, true);

    routes.data(alice, "/msg/clear_conversation_msg", body(group, alice, ""));
    life.sendToGroup(bob, flock, "five");
    eventually(() -> assertThat(newest(alice)).containsEntry(group, 5L));
    routes.data(alice, "/msg/delete_msgs", body(group, alice, ",'seqs':[3,5]" + OTHER));
    routes.data(alice, "/msg/delete_msgs", body(group, alice, ",'seqs':[3]" + OTHER));
    assertThat(notifications(bobsPhone, "n_" + flock))
        .singleElement()
        .satisfies(only -> assertThat(only).contains("\"seqs\":[5]"));
    assertThat(bobsPhone.pull(group, 3, 5)).extracting(MsgData::getStatus).containsExactly(2, 0, 4);
  }

  /** Seq, content type and tips of a conversation's notifications. */
  private static List<String> notifications(TestUser reader, String conversation) {
    return reader.pull(conversation, 1, 100).stream()
        .map(message ->
            "%d %d %s"
                .formatted(
                    message.getSeq(),
                    message.getContentType(),
                    JsonRoutes.detail(message.getContent().toStringUtf8())))
        .toList();
  }

  private static void refused(int code, LoginOptions caller, String route, String body) {
    assertThat(routes.code(caller, route, body)).as(route + " " + body).isEqualTo(code);
  }

  @Test
  void invariant24RefusalsHaveTheirCodeAndStoreNothing() {
    life.block(bob, eve);
    List<Object> before = views();
    LoginOptions admin = routes.admin();
    String text = ",'contentType':101,'content':{'content':'x'}}";
    String toBob = "{'sendID':'%s','recvID':'" + bob.userId() + "','sessionType':1" + text;
    String toFlock = "{'sendID':'%s','groupID':'" + flock + "','sessionType':3" + text;
    refused(1302, admin, "/msg/send_msg", toBob.formatted(eve.userId()));
    refused(1004, admin, "/msg/send_msg", toBob.formatted("nobody"));
    refused(1203, admin, "/msg/send_msg", toFlock.formatted(carol.userId()));
    refused(1002, bob, "/msg/send_msg", toFlock.formatted(bob.userId()));
    refused(1004, alice, "/msg/revoke_msg", body(single, alice, ",'seq':9"));
    refused(1002, alice, "/msg/revoke_msg", body(single, alice, ",'seq':3"));
    refused(1001, alice, "/msg/revoke_msg", body(single, alice, ",'seq':0"));
    refused(1002, bob, "/msg/revoke_msg", body(group, bob, ",'seq':1"));
    refused(1001, bob, "/msg/delete_msgs", body(single, bob, ",'seqs':[9]"));
    refused(1001, bob, "/msg/delete_msgs", body(single, bob, ",'seqs':[]"));
    refused(1002, bob, "/msg/delete_msgs", body(single, bob, ",'seqs':[1,3]" + OTHER));
    refused(1001, bob, "/msg/mark_msgs_as_read", body(single, bob, ",'seqs':[1,9]"));
    refused(1001, bob, "/msg/set_conversation_has_read_seq", readTo(9));
    refused(1002, bob, "/msg/clear_conversation_msg", body(group, bob, OTHER));
    refused(
        1002,
        bob,
        "/msg/clear_conversation_msg",
        "{'conversationIDs':['%s','%s'],'userID':'%s'%s}"
            .formatted(single, group, bob.userId(), OTHER));
    String noType = destruct(single, bob).replace("'conversationType':1", "'conversationType':0");
    refused(1001, bob, "/conversation/set_conversations", noType);
    refused(1002, bob, "/msg/delete_msg_phsical_by_seq", body(single, bob, ",'seqs':[1]"));
    try (TestUser device = new TestUser(eve)) {
      assertThatThrownBy(() -> device.send(device.text(bob.userId(), "x")))
          .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1302));
    }
    assertThat(views()).isEqualTo(before);
    alicesPhone.send(alicesPhone.text(bob.userId(), "next"));
    assertThat(pushedUntil(SINGLE_MESSAGES + 1))
        .singleElement()
        .satisfies(next -> assertThat(next.message().getContent().toStringUtf8()).contains("next"));
    assertThat(newest(eve).keySet()).noneMatch(id -> id.startsWith("si_"));
  }
}
