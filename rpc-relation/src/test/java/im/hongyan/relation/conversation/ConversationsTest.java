package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.GetConversationIDsReq;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetPinnedConversationIDsReq;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves who gets conversation rows, who reads them, and what they hold, through gRPC. */
@ExtendWith(TestStoresExtension.class)
class ConversationsTest {
  private static final String ID = "si_alice_bob";

  @AutoClose private static RelationDatabase database;

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer()
          .serve(
              new Conversations(
                  new ConversationStore(mysql()), InstantSource.fixed(Instant.ofEpochMilli(5))));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private void create(String id, int type) {
    server.call(
        RelationTestServer.SERVICE,
        conversationGrpc.getCreateSingleChatConversationsMethod(),
        CreateSingleChatConversationsReq.newBuilder()
            .setSendID("alice")
            .setRecvID("bob")
            .setConversationID(id)
            .setConversationType(type)
            .build());
  }

  @Test
  void whoWritesToHimselfHasOneRow() {
    server.call(
        RelationTestServer.SERVICE,
        conversationGrpc.getCreateSingleChatConversationsMethod(),
        CreateSingleChatConversationsReq.newBuilder()
            .setSendID("alice")
            .setRecvID("alice")
            .setConversationID("si_alice_alice")
            .setConversationType(1)
            .build());
    assertThat(ids("alice")).containsExactly("si_alice_alice");
    assertThat(get("alice", "si_alice_alice").getUserID()).isEqualTo("alice");
  }

  private static GetConversationReq request(String owner, String id) {
    return GetConversationReq.newBuilder().setOwnerUserID(owner).setConversationID(id).build();
  }

  private Conversation get(String owner, String id) {
    return server
        .call(owner, conversationGrpc.getGetConversationMethod(), request(owner, id))
        .getConversation();
  }

  private List<String> ids(String user) {
    return server
        .call(
            user,
            conversationGrpc.getGetConversationIDsMethod(),
            GetConversationIDsReq.newBuilder().setUserID(user).build())
        .getConversationIDsList();
  }

  private List<String> pinnedIds(String user) {
    return server
        .call(
            user,
            conversationGrpc.getGetPinnedConversationIDsMethod(),
            GetPinnedConversationIDsReq.newBuilder().setUserID(user).build())
        .getConversationIDsList();
  }

  @Test
  void aChatsRowsAreMadeOnceAndOfANotificationAccountTheReceiversAlone() {
    create(ID, 1);
    database.execute("UPDATE conversation SET is_pinned = 1 WHERE owner_user_id = 'alice'");
    create(ID, 1);
    create("sn_alice_bob", 4);
    assertThat(get("alice", ID))
        .isEqualTo(
            Conversation.newBuilder()
                .setOwnerUserID("alice")
                .setConversationID(ID)
                .setConversationType(1)
                .setUserID("bob")
                .setIsPinned(true)
                .build());
    assertThat(get("bob", ID).getUserID()).isEqualTo("alice");
    assertThat(ids("alice")).containsExactly(ID);
    assertThat(ids("bob")).containsExactlyInAnyOrder(ID, "sn_alice_bob");
    assertThat(pinnedIds("alice")).containsExactly(ID);
    assertThat(pinnedIds("bob")).isEmpty();
  }

  @Test
  void onlyTheOwnerReadsARow() {
    create(ID, 1);
    var method = conversationGrpc.getGetConversationMethod();
    assertThat(server.refusal("eve", method, request("alice", ID)))
        .isEqualTo("1002 ownerUserID, alice=MISSING");
    assertThat(server.refusal("alice", method, request("alice", "si_alice_eve")))
        .isEqualTo("1004 conversation not found");
  }
}
