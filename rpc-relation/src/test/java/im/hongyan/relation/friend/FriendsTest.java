package im.hongyan.relation.friend;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the rules of friends through gRPC. */
@ExtendWith(TestStoresExtension.class)
class FriendsTest {
  @AutoClose private static RelationDatabase database;

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer().serve(new Friends(new FriendStore(mysql())));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void befriend() {
    database.clear();
    database.execute(
        "INSERT INTO friend (owner_user_id, friend_user_id, remark, create_time, add_source,"
            + " operator_user_id, ex) VALUES ('Alice', 'bob', '', 1, 0, '', '')");
  }

  private static isFriendReq request(String one, String two) {
    return isFriendReq.newBuilder().setUserID1(one).setUserID2(two).build();
  }

  private isFriendResp ask(String one, String two) {
    return server.call(
        RelationTestServer.SERVICE, friendGrpc.getIsFriendMethod(), request(one, two));
  }

  @Test
  void bothDirectionsAreAnswered() {
    isFriendResp answer = ask("Alice", "bob");
    assertThat(answer.getInUser1Friends()).isTrue();
    assertThat(answer.getInUser2Friends()).isFalse();
    assertThat(ask("bob", "Alice"))
        .isEqualTo(isFriendResp.newBuilder().setInUser2Friends(true).build());
    assertThat(ask("alice", "bob")).isEqualTo(isFriendResp.getDefaultInstance());
  }

  @Test
  void onlyTheTwoMayAsk() {
    assertThat(server.refusal("eve", friendGrpc.getIsFriendMethod(), request("Alice", "bob")))
        .isEqualTo("1002 opUser in ownerUserIDs");
  }
}
