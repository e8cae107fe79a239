package im.hongyan.relation.conversation;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static im.hongyan.relation.RelationTestServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.owner.OwnerStore;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves what app servers learn of receive options, and who may ask, through gRPC. */
@ExtendWith(TestStoresExtension.class)
class ConversationReceiversTest {
  /** More than are asked for in one statement. */
  private static final int MEMBERS = 1_200;

  @AutoClose private static RelationDatabase database;

  private final ConversationStore rows = new ConversationStore(mysql());

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer()
          .serve(
              new ConversationReceivers(
                  rows, new OwnerStore(mysql())::find, ConversationReceiversTest::members));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  private static List<UserId> members(GroupId group) {
    return group.value().equals("g")
        ? IntStream.range(0, MEMBERS).mapToObj(i -> new UserId("u" + i)).toList()
        : List.of();
  }

  @BeforeEach
  void fill() {
    database.clear();
    for (String user : List.of("u3", "u1100", "left")) {
      add(ConversationOwner.group("g"), user, "sg_g", 2);
    }
    add(ConversationOwner.group("g"), "u5", "sg_g", 1);
    add(ConversationOwner.group("g"), "u6", "sg_g", 0);
    add(ConversationOwner.pair("ann", "bob"), "ann", "si_ann_bob", 0);
    add(ConversationOwner.pair("ann", "bob"), "bob", "si_ann_bob", 1);
  }

  private void add(ConversationOwner owner, String user, String conversation, int option) {
    ConversationId id = new ConversationId(conversation);
    rows.addMissing(
        owner, List.of(ConversationRow.ofPair(new UserId(user), id, 1, new UserId(""))), 1);
    database.execute(
        "UPDATE conversation SET recv_msg_opt = ? WHERE owner_user_id = ? AND conversation_id = ?",
        option,
        new UserId(user),
        id);
  }

  @Test
  void offlinePushIsForThoseAskedForWhoReceiveEverything() {
    var method = conversationGrpc.getGetConversationOfflinePushUserIDsMethod();
    assertThat(server.rest("u1", method, "{}")).isEqualTo("1001 conversationID is empty");
    assertThat(server.rest("u1", method, "{\"conversationID\":\"sg_g\"}"))
        .isEqualTo("1002 user u1 is not admin userID");
    assertThat(server.rest(ADMIN, method, "{\"conversationID\":\"sg_g\"}"))
        .isEqualTo("{\"userIDs\":null}");
    assertThat(
            server.rest(
                SERVICE,
                method,
                "{\"conversationID\":\"sg_g\","
                    + "\"userIDs\":[\"u6\",\"u5\",\"u3\",\"no row\",\"u6\"]}"))
        .isEqualTo("{\"userIDs\":[\"u6\",\"no row\"]}");
    String many =
        String.join(",", Stream.generate(() -> "\"u\"").limit(1_001).toArray(String[]::new));
    assertThat(
            server.rest(ADMIN, method, "{\"conversationID\":\"sg_g\",\"userIDs\":[" + many + "]}"))
        .startsWith("1001");
  }

  @Test
  void whoReceivesOtherwiseIsFoundAmongThoseWhoHaveTheConversationNow() {
    var method = conversationGrpc.getGetConversationNotReceiveMessageUserIDsMethod();
    assertThat(server.rest("u1", method, "{}")).isEqualTo("1001 conversationID is empty");
    assertThat(server.rest("u1", method, "{\"conversationID\":\"sg_g\"}"))
        .isEqualTo("1002 user u1 is not admin userID");
    assertThat(server.rest(ADMIN, method, "{\"conversationID\":\"sg_g\"}"))
        .isEqualTo("{\"userIDs\":[\"u3\",\"u5\",\"u1100\"]}");
    assertThat(server.rest(ADMIN, method, "{\"conversationID\":\"si_ann_bob\"}"))
        .isEqualTo("{\"userIDs\":[\"bob\"]}");
    for (String nobodys : List.of("si_ann_eve", "sg_ann_bob", "si_g", "x")) {
      assertThat(server.rest(ADMIN, method, "{\"conversationID\":\"" + nobodys + "\"}"))
          .as(nobodys)
          .isEqualTo("{\"userIDs\":null}");
    }
  }

  @Test
  void whoIsNotNotifiedIsFoundByTheGroup() {
    var method = conversationGrpc.getGetRecvMsgNotNotifyUserIDsMethod();
    assertThat(server.rest("u1", method, "{}")).isEqualTo("1001 groupID is empty");
    assertThat(server.rest("u1", method, "{\"groupID\":\"g\"}"))
        .isEqualTo("1002 user u1 is not admin userID");
    assertThat(server.rest(ADMIN, method, "{\"groupID\":\"g\"}"))
        .isEqualTo("{\"userIDs\":[\"u3\",\"u1100\"]}");
    assertThat(server.rest(ADMIN, method, "{\"groupID\":\"h\"}")).isEqualTo("{\"userIDs\":null}");
  }
}
