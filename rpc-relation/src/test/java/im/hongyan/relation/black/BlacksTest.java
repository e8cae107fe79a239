package im.hongyan.relation.black;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.proto.relation.removeBlackReq;
import im.hongyan.proto.relation.removeBlackResp;
import im.hongyan.proto.sdkws.BlackAddedTips;
import im.hongyan.proto.sdkws.BlackDeletedTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.json.GoJsonWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the rules of blacklists through gRPC. */
@ExtendWith(TestStoresExtension.class)
class BlacksTest {
  @AutoClose private static RelationDatabase database;

  private final BlackStore store = new BlackStore(mysql(), 3);
  private final AtomicInteger wakes = new AtomicInteger();
  private final List<UserId> invalidated = new ArrayList<>();
  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(5));

  @AutoClose
  private final RelationTestServer server = new RelationTestServer().users("alice", "bob", "Bob");

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
    server.serve(
        new Blacks(
            store, server, wakes::incrementAndGet, invalidated::addAll, FriendHooks.NONE, clock));
  }

  private static addBlackReq request(String owner, String blocked) {
    return addBlackReq
        .newBuilder()
        .setOwnerUserID(owner)
        .setBlackUserID(blocked)
        .setEx("x")
        .build();
  }

  private static long rows() {
    return database.number("SELECT COUNT(*) FROM black");
  }

  private String refusal(String caller, addBlackReq request) {
    return server.refusal(caller, friendGrpc.getAddBlackMethod(), request);
  }

  @Test
  void refusalsComeInTheOrderOfTheProtocol() {
    assertThat(refusal("alice", request("", ""))).isEqualTo("1001 ownerUserID is empty");
    assertThat(refusal("alice", request("bob", ""))).isEqualTo("1001 blackUserID is empty");
    assertThat(refusal("alice", request("bob", "x"))).isEqualTo("1002 ownerUserID, bob=MISSING");
    assertThat(refusal("alice", request("alice", "x"))).isEqualTo("1004 user not found");
    assertThat(refusal("alice", request("alice", "alice"))).isEqualTo("1004 user not found");
    assertThat(refusal(RelationTestServer.ADMIN, request("x", "alice")))
        .isEqualTo("1004 user not found");
    addBlackReq large = request("alice", "bob").toBuilder().setEx("e".repeat(16_385)).build();
    assertThat(refusal("alice", large)).isEqualTo("1001 ex is longer than 16384 bytes");
    assertThat(rows()).isZero();
  }

  @Test
  void theOwnersDevicesAreNotifiedAndOnlyThey() {
    server.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    server.call(RelationTestServer.ADMIN, friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    assertThat(rows()).isEqualTo(1);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM black WHERE owner_user_id = 'alice' AND block_user_id = 'bob'"
                    + " AND create_time = 5 AND add_source = 0 AND operator_user_id = 'alice'"
                    + " AND ex = 'x'"))
        .isEqualTo(1);
    assertThat(database.notificationCount()).isEqualTo(1);
    MsgData message = database.notifications("n_alice_alice").getFirst();
    assertThat(message.getContentType()).isEqualTo(1207);
    assertThat(message.getSendID()).isEqualTo("alice");
    assertThat(message.getRecvID()).isEqualTo("alice");
    assertThat(
            NotificationTips.read(message, BlackAddedTips.getDefaultInstance()).getFromToUserID())
        .isEqualTo(FromToUserID.newBuilder().setFromUserID("alice").setToUserID("bob").build());
    assertThat(wakes).hasValue(1);
  }

  @Test
  void cachesOfTheListAreInvalidatedAlsoForARowThatWasThere() {
    refusal("alice", request("alice", "nobody"));
    assertThat(invalidated).isEmpty();
    server.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    server.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    assertThat(invalidated).containsExactly(new UserId("alice"), new UserId("alice"));
  }

  private isBlackResp ask(String one, String two) {
    return server.call(
        RelationTestServer.SERVICE, friendGrpc.getIsBlackMethod(), isBlack(one, two));
  }

  private static isBlackReq isBlack(String one, String two) {
    return isBlackReq.newBuilder().setUserID1(one).setUserID2(two).build();
  }

  @Test
  void bothDirectionsAreAnswered() {
    assertThat(ask("bob", "alice")).isEqualTo(isBlackResp.getDefaultInstance());
    server.call("bob", friendGrpc.getAddBlackMethod(), request("bob", "alice"));
    isBlackResp black = ask("alice", "bob");
    assertThat(black.getInUser1Blacks()).isFalse();
    assertThat(black.getInUser2Blacks()).isTrue();
    assertThat(ask("alice", "Bob")).isEqualTo(isBlackResp.getDefaultInstance());
    assertThat(server.refusal("eve", friendGrpc.getIsBlackMethod(), isBlack("alice", "bob")))
        .isEqualTo("1002 opUser in ownerUserIDs");
  }

  private static removeBlackReq removal(String owner, String blocked) {
    return removeBlackReq.newBuilder().setOwnerUserID(owner).setBlackUserID(blocked).build();
  }

  private removeBlackResp remove(String caller, String owner, String blocked) {
    return server.call(caller, friendGrpc.getRemoveBlackMethod(), removal(owner, blocked));
  }

  @Test
  void aRemovalIsRefusedInTheOrderOfTheProtocol() {
    var method = friendGrpc.getRemoveBlackMethod();
    assertThat(server.refusal("alice", method, removal("", "")))
        .isEqualTo("1001 ownerUserID is empty");
    assertThat(server.refusal("alice", method, removal("bob", "")))
        .isEqualTo("1001 blackUserID is empty");
    assertThat(server.refusal("alice", method, removal("bob", "x")))
        .isEqualTo("1002 ownerUserID, bob=MISSING");
    assertThat(invalidated).isEmpty();
  }

  @Test
  void aRemovedUserIsOffTheListAndTheOwnersDevicesAreNotified() {
    server.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    server.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "Bob"));
    assertThat(GoJsonWriter.toText(remove("alice", "alice", "bob"))).isEqualTo("{}");
    assertThat(ask("alice", "bob")).isEqualTo(isBlackResp.getDefaultInstance());
    assertThat(ask("alice", "Bob").getInUser1Blacks()).as("the other stays").isTrue();
    MsgData message = database.notifications("n_alice_alice").get(2);
    assertThat(message.getContentType()).isEqualTo(1208);
    assertThat(message.getSendID()).isEqualTo("alice");
    assertThat(message.getRecvID()).isEqualTo("alice");
    assertThat(
            NotificationTips.read(message, BlackDeletedTips.getDefaultInstance()).getFromToUserID())
        .isEqualTo(FromToUserID.newBuilder().setFromUserID("alice").setToUserID("bob").build());
    assertThat(database.notificationCount()).isEqualTo(3);
    assertThat(wakes).hasValue(3);
  }

  @Test
  void aUserWhoIsNotOnTheListIsRemovedAsWellAndCachesAreInvalidatedAllTheSame() {
    remove("alice", "alice", "nobody");
    remove(RelationTestServer.ADMIN, "alice", "bob");
    assertThat(database.notificationCount()).isZero();
    assertThat(wakes).hasValue(0);
    assertThat(invalidated).containsExactly(new UserId("alice"), new UserId("alice"));
  }
}
