package im.hongyan.relation.conversation;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static im.hongyan.relation.RelationTestServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.msg.SetUserConversationsMinSeqResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves what app servers set in conversations, through gRPC (protobuf/conversation.md). */
@ExtendWith(TestStoresExtension.class)
class ConversationUpdatesTest {
  private static final String ID = "si_alice_bob";

  @AutoClose private static RelationDatabase database;

  private final ConversationStore rows = new ConversationStore(mysql());
  private final List<String> invalidated = new ArrayList<>();

  private final List<String> bounds = new ArrayList<>();

  @AutoClose private final InProcessLocator locator = new InProcessLocator("msg");
  @AutoClose private final RelationTestServer server = new RelationTestServer();

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void serve() {
    database.clear();
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    locator.serve(
        ServiceName.MSG,
        new Rpcs(share, new SimpleMeterRegistry())
            .add(rpcs ->
                rpcs.unary(
                    msgGrpc.getSetUserConversationsMinSeqMethod(),
                    (caller, request) -> {
                      bounds.add(
                          request.getConversationID()
                              + request.getUserIDsList()
                              + request.getSeq());
                      return SetUserConversationsMinSeqResp.getDefaultInstance();
                    }))
            .services());
    server.serve(
        new ConversationSync(rows),
        new ConversationUpdates(
            new ConversationSettingsStore(mysql()),
            new MessageReads(locator),
            () -> {},
            owners -> owners.forEach(owner -> invalidated.add(owner.value())),
            InstantSource.fixed(Instant.ofEpochMilli(5))));
  }

  private void addGroupRow(String user) {
    rows.addMissing(
        ConversationOwner.group("g"),
        List.of(
            new ConversationRow(
                new UserId(user), ConversationId.group("g"), 3, new UserId(""), new GroupId("g"))),
        1);
    database.execute("UPDATE conversation SET max_seq = 7, min_seq = 3");
  }

  private Conversation row(String owner, String id) {
    return rows.find(new UserId(owner), new ConversationId(id)).orElseThrow();
  }

  private static long logged(String owner) {
    return database.number(
        "SELECT COALESCE(MAX(version), 0) FROM version_log WHERE kind = 5 AND owner_id = ?",
        new UserId(owner));
  }

  private List<Integer> notifications(String owner) {
    return database.notifications("n_" + owner + "_" + owner).stream()
        .map(MsgData::getContentType)
        .toList();
  }

  private static String whole(String conversation) {
    return "{\"conversation\":" + conversation + "}";
  }

  @Test
  void aWholeConversationIsStoredAndItsOwnerNotified() {
    String wanted =
        whole(
            "{\"ownerUserID\":\"alice\",\"conversationID\":\"si_alice_bob\",\"conversationType\":1,"
                + "\"userID\":\"bob\",\"recvMsgOpt\":2,\"isPinned\":true,\"attachedInfo\":\"a\","
                + "\"isPrivateChat\":true,\"groupAtType\":1,\"ex\":\"e\",\"burnDuration\":30,"
                + "\"minSeq\":5,\"maxSeq\":6,\"msgDestructTime\":60,\"latestMsgDestructTime\":70,"
                + "\"isMsgDestruct\":true}");
    var method = conversationGrpc.getSetConversationMethod();
    assertThat(server.rest(ADMIN, method, wanted)).isEqualTo("{}");
    assertThat(server.rest(SERVICE, method, wanted)).isEqualTo("{}");
    assertThat(row("alice", ID))
        .isEqualTo(
            Conversation.newBuilder()
                .setOwnerUserID("alice")
                .setConversationID(ID)
                .setConversationType(1)
                .setUserID("bob")
                .setRecvMsgOpt(2)
                .setIsPinned(true)
                .setAttachedInfo("a")
                .setIsPrivateChat(true)
                .setGroupAtType(1)
                .setEx("e")
                .setBurnDuration(30)
                .setMsgDestructTime(60)
                .setLatestMsgDestructTime(70)
                .setIsMsgDestruct(true)
                .build());
    assertThat(notifications("alice")).as("what stays is not notified of").containsExactly(1300);
    assertThat(logged("alice")).as("made, then set").isEqualTo(2);
    assertThat(invalidated).containsExactly("alice", "alice");
    assertThat(rows.find(new UserId("bob"), new ConversationId(ID))).isEmpty();
  }

  @Test
  void seqsOfAWholeConversationAreTheLogs() {
    addGroupRow("alice");
    String wanted =
        whole(
            "{\"ownerUserID\":\"alice\",\"conversationID\":\"sg_g\",\"conversationType\":3,"
                + "\"groupID\":\"g\",\"isPinned\":true,\"maxSeq\":1}");
    assertThat(server.rest(ADMIN, conversationGrpc.getSetConversationMethod(), wanted))
        .isEqualTo("{}");
    assertThat(row("alice", "sg_g").getIsPinned()).isTrue();
    assertThat(row("alice", "sg_g").getMaxSeq()).isEqualTo(7);
    assertThat(row("alice", "sg_g").getMinSeq()).isEqualTo(3);
  }

  @Test
  void aWholeConversationIsCheckedInOrder() {
    var method = conversationGrpc.getSetConversationMethod();
    String owner = "\"ownerUserID\":\"alice\"";
    String id = owner + ",\"conversationID\":\"si_alice_bob\"";
    assertThat(server.rest("alice", method, "{}")).isEqualTo("1001 conversation is empty");
    assertThat(server.rest("alice", method, whole("{}"))).isEqualTo("1001 ownerUserID is empty");
    assertThat(server.rest("alice", method, whole("{" + owner + "}")))
        .isEqualTo("1001 conversationID is empty");
    assertThat(server.rest("alice", method, whole("{" + id + ",\"recvMsgOpt\":3}")))
        .isEqualTo("1001 recvMsgOpt is invalid");
    assertThat(server.rest("alice", method, whole("{" + id + "}")))
        .isEqualTo("1001 conversationType is invalid");
    String type = id + ",\"conversationType\":";
    assertThat(server.rest("alice", method, whole("{" + type + "1}")))
        .isEqualTo("1002 user alice is not admin userID");
    assertThat(server.rest(ADMIN, method, whole("{" + type + "1}")))
        .isEqualTo("1001 userID is empty");
    assertThat(server.rest(ADMIN, method, whole("{" + type + "3}")))
        .isEqualTo("1001 groupID is empty");
    assertThat(server.rest(ADMIN, method, whole("{" + type + "1,\"userID\":\"eve\"}")))
        .isEqualTo("1001 conversationID is not of this user or group");
    assertThat(server.rest(ADMIN, method, whole("{" + type + "2,\"groupID\":\"g\"}")))
        .isEqualTo("1004");
    assertThat(
            server.rest(
                ADMIN,
                method,
                whole(
                    "{"
                        + owner
                        + ",\"conversationID\":\"sg_g\",\"conversationType\":3,"
                        + "\"groupID\":\"g\"}")))
        .as("no member")
        .isEqualTo("1004 conversation not found");
  }

  @Test
  void whatIsNamedChangesInTheRowsThatExistAndNobodyIsNotified() {
    addGroupRow("alice");
    addGroupRow("bob");
    var method = conversationGrpc.getUpdateConversationMethod();
    String users = "{\"conversationID\":\"sg_g\",\"userIDs\":[\"alice\",\"bob\",\"eve\",\"bob\"]";
    assertThat(
            server.rest(
                ADMIN,
                method,
                users
                    + ",\"recvMsgOpt\":1,\"isPinned\":true,\"attachedInfo\":\"a\",\"ex\":\"e\","
                    + "\"isPrivateChat\":true,\"burnDuration\":3,\"groupAtType\":2,\"minSeq\":9,"
                    + "\"maxSeq\":9,\"msgDestructTime\":4,\"isMsgDestruct\":true,"
                    + "\"latestMsgDestructTime\":5}"))
        .isEqualTo("{}");
    for (String user : List.of("alice", "bob")) {
      assertThat(row(user, "sg_g"))
          .isEqualTo(
              Conversation.newBuilder()
                  .setOwnerUserID(user)
                  .setConversationID("sg_g")
                  .setConversationType(3)
                  .setGroupID("g")
                  .setRecvMsgOpt(1)
                  .setIsPinned(true)
                  .setAttachedInfo("a")
                  .setEx("e")
                  .setIsPrivateChat(true)
                  .setBurnDuration(3)
                  .setGroupAtType(2)
                  .setMsgDestructTime(4)
                  .setIsMsgDestruct(true)
                  .setLatestMsgDestructTime(5)
                  .setMinSeq(3)
                  .setMaxSeq(7)
                  .build());
      assertThat(logged(user)).isEqualTo(2);
    }
    assertThat(server.rest(ADMIN, method, users + "}")).as("nothing named").isEqualTo("{}");
    assertThat(logged("alice")).isEqualTo(2);
    assertThat(rows.find(new UserId("eve"), new ConversationId("sg_g"))).isEmpty();
    assertThat(database.notificationCount()).isZero();
    assertThat(invalidated).startsWith("alice", "bob", "eve");
  }

  @Test
  void anUpdateIsCheckedInOrder() {
    var method = conversationGrpc.getUpdateConversationMethod();
    assertThat(server.rest("alice", method, "{}")).isEqualTo("1001 conversationID is empty");
    assertThat(server.rest("alice", method, "{\"conversationID\":\"sg_g\"}"))
        .isEqualTo("1001 userIDs is empty");
    String one = "{\"conversationID\":\"sg_g\",\"userIDs\":[\"alice\"]";
    assertThat(server.rest("alice", method, one + ",\"recvMsgOpt\":3}"))
        .isEqualTo("1001 recvMsgOpt is invalid");
    assertThat(server.rest("alice", method, one + "}"))
        .isEqualTo("1002 user alice is not admin userID");
    String many =
        String.join(",", Stream.generate(() -> "\"u\"").limit(1_001).toArray(String[]::new));
    assertThat(
            server.rest(ADMIN, method, "{\"conversationID\":\"sg_g\",\"userIDs\":[" + many + "]}"))
        .startsWith("1001");
  }

  /** The log has the bound; the row and 1300 follow it (WindowChanges). */
  @Test
  void theFirstSeqOfOwnersIsABoundOfTheLog() {
    var method = conversationGrpc.getSetConversationMinSeqMethod();
    String owners =
        "{\"conversationID\":\"sg_g\",\"ownerUserID\":[\"b\",\"a\",\"b\"],\"minSeq\":7}";
    assertThat(server.rest(SERVICE, method, owners)).isEqualTo("{}");
    assertThat(bounds).containsExactly("sg_g[b, a]7");
    assertThat(server.rest(SERVICE, method, "{\"conversationID\":\"sg_g\",\"minSeq\":7}"))
        .isEqualTo("{}");
    assertThat(bounds).as("nobody").hasSize(1);
    assertThat(server.rest(SERVICE, method, "{}")).isEqualTo("1001 conversationID is empty");
    assertThat(server.rest(ADMIN, method, owners)).startsWith("1002");
  }

  @Test
  void theHashIsThatOfTheFullList() {
    addGroupRow("alice");
    var hash = conversationGrpc.getGetUserConversationIDsHashMethod();
    var full = conversationGrpc.getGetFullOwnerConversationIDsMethod();
    assertThat(server.rest("alice", hash, "{}")).isEqualTo("1001 ownerUserID is empty");
    assertThat(server.rest("alice", hash, "{\"ownerUserID\":\"alice\"}"))
        .isEqualTo("1002 user alice is not admin userID");
    String answer = server.rest(ADMIN, hash, "{\"ownerUserID\":\"alice\"}");
    assertThat(answer).matches("\\{\"hash\":[1-9][0-9]*}");
    String number = answer.replaceAll("[^0-9]", "");
    assertThat(server.rest(ADMIN, full, "{\"userID\":\"alice\",\"idHash\":" + number + "}"))
        .contains("\"equal\":true");
    assertThat(server.rest(ADMIN, hash, "{\"ownerUserID\":\"nobody\"}")).isEqualTo("{\"hash\":0}");
  }
}
