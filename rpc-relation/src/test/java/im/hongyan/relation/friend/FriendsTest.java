package im.hongyan.relation.friend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import im.hongyan.proto.relation.FriendInfoOnly;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getFriendInfoReq;
import im.hongyan.proto.relation.importFriendReq;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.proto.relation.setFriendRemarkReq;
import im.hongyan.proto.relation.updateFriendsReq;
import im.hongyan.proto.sdkws.FriendApplicationApprovedTips;
import im.hongyan.proto.sdkws.FriendApplicationRejectedTips;
import im.hongyan.proto.sdkws.FriendApplicationTips;
import im.hongyan.proto.sdkws.FriendDeletedTips;
import im.hongyan.proto.sdkws.FriendInfoChangedTips;
import im.hongyan.proto.sdkws.FriendsInfoUpdateTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves who is notified of changed friends, where hooks are asked, and the bounds. */
@ExtendWith(TestStoresExtension.class)
class FriendsTest {
  @AutoClose private static RelationDatabase database;

  private final RecordingHooks hooks = new RecordingHooks();

  @AutoClose
  private final FriendWorld world = new FriendWorld(database(), hooks, "alice", "bob", "carol");

  private static RelationDatabase database() {
    return database;
  }

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  /** Writes down what it is asked, and refuses or changes what its fields say. */
  private static final class RecordingHooks implements FriendHooks {
    final List<String> asked = new ArrayList<>();
    boolean refusing;

    private void note(String what) {
      asked.add(what);
      if (refusing && what.startsWith("before")) {
        throw ImError.NO_PERMISSION.with("refused by a hook");
      }
    }

    @Override
    public void beforeAddFriend(String fromUserId, String toUserId, String reqMsg, String ex) {
      note("beforeAddFriend " + fromUserId + " " + toUserId);
    }

    @Override
    public void afterAddFriend(String fromUserId, String toUserId, String reqMsg) {
      note("afterAddFriend " + fromUserId + " " + toUserId);
    }

    @Override
    public void beforeAddFriendAgree(Response response) {
      note("beforeAddFriendAgree " + response.fromUserId() + " " + response.toUserId());
    }

    @Override
    public void afterAddFriendAgree(Response response) {
      note("afterAddFriendAgree " + response.fromUserId() + " " + response.toUserId());
    }

    @Override
    public String beforeSetFriendRemark(String ownerUserId, String friendUserId, String remark) {
      note("beforeSetFriendRemark " + remark);
      return remark + "!";
    }

    @Override
    public void afterSetFriendRemark(String ownerUserId, String friendUserId, String remark) {
      note("afterSetFriendRemark " + remark);
    }

    @Override
    public void afterDeleteFriend(String ownerUserId, String friendUserId) {
      note("afterDeleteFriend " + ownerUserId + " " + friendUserId);
    }

    @Override
    public List<String> beforeImportFriends(String ownerUserId, List<String> friendUserIds) {
      note("beforeImportFriends " + friendUserIds);
      return friendUserIds.subList(0, 1);
    }

    @Override
    public void afterImportFriends(String ownerUserId, List<String> friendUserIds) {
      note("afterImportFriends " + friendUserIds);
    }

    @Override
    public void beforeAddBlack(String ownerUserId, String blackUserId) {
      note("beforeAddBlack " + ownerUserId + " " + blackUserId);
    }

    @Override
    public void afterRemoveBlack(String ownerUserId, String blackUserId) {
      note("afterRemoveBlack " + ownerUserId + " " + blackUserId);
    }
  }

  private static FromToUserID pair(String from, String to) {
    return FromToUserID.newBuilder().setFromUserID(from).setToUserID(to).build();
  }

  /** The last notification of a conversation, which must be of this type and way. */
  private static <T extends Message> T last(
      String conversation, int type, String sender, String receiver, T tips) {
    MsgData message = database.notifications(conversation).getLast();
    assertThat(message.getContentType()).isEqualTo(type);
    assertThat(message.getSendID()).isEqualTo(sender);
    assertThat(message.getRecvID()).isEqualTo(receiver);
    return NotificationTips.read(message, tips);
  }

  @Test
  void applicationIsNotifiedOfWithItself() {
    world.apply("bob", "alice");
    FriendApplicationTips tips =
        last("n_alice_bob", 1203, "bob", "alice", FriendApplicationTips.getDefaultInstance());
    assertThat(tips.getFromToUserID()).isEqualTo(pair("bob", "alice"));
    assertThat(tips.getRequest().getFromNickname()).isEqualTo("nick bob");
    assertThat(tips.getRequest().getToUserID()).isEqualTo("alice");
    MsgData message = database.notifications("n_alice_bob").getLast();
    assertThat(message.getOptionsMap()).containsEntry("isSendMsg", false);
    assertThat(message.getOptionsMap()).containsEntry("offlinePush", true);
  }

  @Test
  void agreementComesFromWhoAgreesAndBeginsTheChat() {
    world.apply("bob", "alice");
    world.respond("bob", "alice", 1);
    FriendApplicationApprovedTips tips =
        last(
            "n_alice_bob",
            1201,
            "alice",
            "bob",
            FriendApplicationApprovedTips.getDefaultInstance());
    assertThat(tips.getFromToUserID()).isEqualTo(pair("bob", "alice"));
    assertThat(tips.getRequest().getHandleResult()).isEqualTo(1);
    assertThat(tips.getRequest().getHandlerUserID()).isEqualTo("alice");
    assertThat(tips.getFriendVersion()).isZero();
    assertThat(database.notifications("n_alice_bob").getLast().getOptionsMap())
        .containsEntry("isSendMsg", true);
    assertThat(database.number("SELECT COUNT(*) FROM friend")).isEqualTo(2);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM friend WHERE add_source = 2 AND operator_user_id = 'bob'"))
        .isEqualTo(2);
  }

  @Test
  void refusalCarriesTheApplication() {
    world.apply("bob", "alice");
    world.respond("bob", "alice", -1);
    FriendApplicationRejectedTips tips =
        last(
            "n_alice_bob",
            1202,
            "alice",
            "bob",
            FriendApplicationRejectedTips.getDefaultInstance());
    assertThat(tips.getRequest().getHandleResult()).isEqualTo(-1);
    assertThat(tips.getRequest().getHandlerUserID()).isEmpty();
    assertThat(database.number("SELECT COUNT(*) FROM friend")).isZero();
    world.apply("bob", "alice");
    assertThat(database.number("SELECT COUNT(*) FROM friend_request WHERE handle_result = 0"))
        .as("the same application, open again")
        .isEqualTo(1);
  }

  @Test
  void changesOfAListGoToItsOwner() {
    world.importFriends("alice", List.of("bob"));
    FriendApplicationApprovedTips imported =
        last(
            "n_alice_bob",
            1201,
            "bob",
            "alice",
            FriendApplicationApprovedTips.getDefaultInstance());
    assertThat(imported.getFromToUserID()).isEqualTo(pair("alice", "bob"));
    assertThat(imported.hasRequest()).isFalse();
    world.remark("alice", "bob", "Bobby");
    assertThat(
            last(
                    "n_alice_alice",
                    1206,
                    "alice",
                    "alice",
                    FriendInfoChangedTips.getDefaultInstance())
                .getFromToUserID())
        .isEqualTo(pair("alice", "bob"));
    world.pin("alice", List.of("bob"), true);
    FriendsInfoUpdateTips updated =
        last("n_alice_alice", 1210, "alice", "alice", FriendsInfoUpdateTips.getDefaultInstance());
    assertThat(updated.getFromToUserID()).isEqualTo(pair("", "alice"));
    assertThat(updated.getFriendIDsList()).containsExactly("bob");
    world.delete("alice", "bob");
    assertThat(
            last("n_alice_bob", 1205, "alice", "bob", FriendDeletedTips.getDefaultInstance())
                .getFromToUserID())
        .isEqualTo(pair("alice", "bob"));
    isFriendResp left = world.friends("alice", "bob");
    assertThat(left.getInUser1Friends()).isFalse();
    assertThat(left.getInUser2Friends()).as("the other's list").isTrue();
  }

  @Test
  void hooksAreAskedBeforeAndAfter() {
    world.apply("bob", "alice");
    world.respond("bob", "alice", 1);
    world.remark("alice", "bob", "B");
    world.importFriends("alice", List.of("carol", "bob"));
    world.delete("alice", "bob");
    world.block("alice", "bob");
    world.unblock("alice", "bob");
    assertThat(hooks.asked)
        .containsExactly(
            "beforeAddFriend bob alice",
            "afterAddFriend bob alice",
            "beforeAddFriendAgree bob alice",
            "afterAddFriendAgree bob alice",
            "beforeSetFriendRemark B",
            "afterSetFriendRemark B!",
            "beforeImportFriends [carol, bob]",
            "afterImportFriends [carol]",
            "afterDeleteFriend alice bob",
            "beforeAddBlack alice bob",
            "afterRemoveBlack alice bob");
    assertThat(database.number("SELECT COUNT(*) FROM friend WHERE remark = 'B!'"))
        .as("gone with the friend")
        .isZero();
  }

  @Test
  void refusalOfAHookLeavesNothingStored() {
    hooks.refusing = true;
    importFriendReq request =
        importFriendReq.newBuilder().setOwnerUserID("alice").addFriendUserIDs("bob").build();
    assertThat(
            world.refusal(RelationTestServer.ADMIN, friendGrpc.getImportFriendsMethod(), request))
        .isEqualTo("1002 refused by a hook");
    assertThat(database.number("SELECT COUNT(*) FROM friend")).isZero();
    assertThat(database.notificationCount()).isZero();
  }

  @Test
  void textsThatDoNotFitAreRefusedAfterTheRights() {
    setFriendRemarkReq remark =
        setFriendRemarkReq
            .newBuilder()
            .setOwnerUserID("alice")
            .setFriendUserID("bob")
            .setRemark("r".repeat(256))
            .build();
    assertThat(world.refusal("bob", friendGrpc.getSetFriendRemarkMethod(), remark))
        .startsWith("1002");
    assertThat(world.refusal("alice", friendGrpc.getSetFriendRemarkMethod(), remark))
        .isEqualTo("1001 remark is longer than 255 characters");
    updateFriendsReq update =
        updateFriendsReq
            .newBuilder()
            .setOwnerUserID("alice")
            .addFriendUserIDs("bob")
            .setEx(StringValue.newBuilder().setValue("e".repeat(16_385)))
            .build();
    assertThat(world.refusal("alice", friendGrpc.getUpdateFriendsMethod(), update))
        .startsWith("1001 ")
        .contains("longer than 16384 bytes");
  }

  @Test
  void moreThan1000AtOnceAreRefused() {
    importFriendReq request =
        importFriendReq
            .newBuilder()
            .setOwnerUserID("alice")
            .addAllFriendUserIDs(IntStream.range(0, 1_001).mapToObj(i -> "u" + i).toList())
            .build();
    assertThat(
            world.refusal(RelationTestServer.ADMIN, friendGrpc.getImportFriendsMethod(), request))
        .isEqualTo("1001 too many FriendUserIDs, need to be less than 1000");
  }

  @Test
  void onlyTheTwoMayAskWhetherTheyAreFriends() {
    isFriendReq request = isFriendReq.newBuilder().setUserID1("alice").setUserID2("bob").build();
    assertThat(world.refusal("eve", friendGrpc.getIsFriendMethod(), request))
        .isEqualTo("1002 opUser in ownerUserIDs");
    assertThat(world.call(RelationTestServer.SERVICE, friendGrpc.getIsFriendMethod(), request))
        .isEqualTo(isFriendResp.getDefaultInstance());
  }

  /** Without profiles, times in milliseconds; who is no friend is left out. */
  @Test
  void servicesGetFriendsWithoutProfiles() {
    world.importFriends("alice", List.of("bob"));
    world.remark("alice", "bob", "B");
    getFriendInfoReq request =
        getFriendInfoReq
            .newBuilder()
            .setOwnerUserID("alice")
            .addAllFriendUserIDs(List.of("carol", "bob"))
            .build();
    assertThat(
            world
                .call(RelationTestServer.SERVICE, friendGrpc.getGetFriendInfoMethod(), request)
                .getFriendInfosList())
        .containsExactly(
            FriendInfoOnly.newBuilder()
                .setOwnerUserID("alice")
                .setFriendUserID("bob")
                .setRemark("B!")
                .setCreateTime(5_000)
                .setAddSource(1)
                .setOperatorUserID(RelationTestServer.ADMIN)
                .build());
    assertThat(world.refusal("alice", friendGrpc.getGetFriendInfoMethod(), request))
        .startsWith("1002");
  }
}
