package im.hongyan.relation.black;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.sdkws.BlackAddedTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.friend.FriendApi;
import im.hongyan.relation.notification.Tips;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves the rules of blacklists, and what services ask of friends, through gRPC. */
class BlacksTest {
  private final FakeBlackStore store = new FakeBlackStore();
  private final AtomicInteger wakes = new AtomicInteger();
  private final List<String> changed = new ArrayList<>();
  private final RelationTestServer faces = new RelationTestServer().users("alice", "bob");
  private final BlackService service =
      new BlackService(
          store,
          faces::find,
          wakes::incrementAndGet,
          changed::add,
          InstantSource.fixed(Instant.ofEpochMilli(5)));

  BlacksTest() {
    faces
        .with(
            FriendApi.access(),
            new FriendApi(
                (owner, user) -> owner.equals("alice") && user.equals("bob"),
                service,
                RelationTestServer.admins()))
        .serve();
  }

  @AfterEach
  void close() {
    faces.close();
  }

  private static addBlackReq request(String owner, String blocked) {
    return addBlackReq
        .newBuilder()
        .setOwnerUserID(owner)
        .setBlackUserID(blocked)
        .setEx("x")
        .build();
  }

  private String refusal(String caller, addBlackReq request) {
    return faces.refusal(caller, friendGrpc.getAddBlackMethod(), request);
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
    assertThat(store.blacks()).isEmpty();
  }

  @Test
  void theOwnersDevicesAreToldAndOnlyThey() {
    faces.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    faces.call(RelationTestServer.ADMIN, friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    assertThat(store.blacks()).containsExactly(new Black("alice", "bob", 5, 0, "alice", "x"));
    assertThat(store.told()).hasSize(1);
    assertThat(store.told().getFirst().conversationId()).isEqualTo("n_alice_alice");
    MsgData message = store.told().getFirst().message();
    assertThat(message.getContentType()).isEqualTo(1207);
    assertThat(message.getSendID()).isEqualTo("alice");
    assertThat(message.getRecvID()).isEqualTo("alice");
    assertThat(Tips.read(message, BlackAddedTips.getDefaultInstance()).getFromToUserID())
        .isEqualTo(FromToUserID.newBuilder().setFromUserID("alice").setToUserID("bob").build());
    assertThat(wakes).hasValue(1);
  }

  @Test
  void whoRemembersTheListIsToldAlsoOfARowThatWasThere() {
    refusal("alice", request("alice", "nobody"));
    assertThat(changed).isEmpty();
    faces.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    faces.call("alice", friendGrpc.getAddBlackMethod(), request("alice", "bob"));
    assertThat(changed).containsExactly("alice", "alice");
  }

  @Test
  void bothDirectionsAreAnswered() {
    faces.call("bob", friendGrpc.getAddBlackMethod(), request("bob", "alice"));
    var black =
        faces.call(
            RelationTestServer.SERVICE,
            friendGrpc.getIsBlackMethod(),
            isBlackReq.newBuilder().setUserID1("alice").setUserID2("bob").build());
    assertThat(black.getInUser1Blacks()).isFalse();
    assertThat(black.getInUser2Blacks()).isTrue();
    isFriendReq ask = isFriendReq.newBuilder().setUserID1("alice").setUserID2("bob").build();
    var friend = faces.call(RelationTestServer.SERVICE, friendGrpc.getIsFriendMethod(), ask);
    assertThat(friend.getInUser1Friends()).isTrue();
    assertThat(friend.getInUser2Friends()).isFalse();
    assertThat(faces.refusal("eve", friendGrpc.getIsFriendMethod(), ask))
        .isEqualTo("1002 opUser in ownerUserIDs");
  }
}
