package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.relation.applyToAddFriendReq;
import im.hongyan.proto.relation.applyToAddFriendResp;
import im.hongyan.proto.relation.deleteFriendReq;
import im.hongyan.proto.relation.deleteFriendResp;
import im.hongyan.proto.relation.respondFriendApplyReq;
import im.hongyan.proto.relation.respondFriendApplyResp;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what devices are pushed when friends are made, removed and blocked (notifications.md 4).
 */
@ExtendWith(SharedSystem.class)
class FriendsE2E {
  private static SystemAddress system;
  private static RestCalls rest;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    rest = new RestCalls(system);
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  private static LoginOptions login(String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  private static List<String> awaitPushes(TestUser user, int count) {
    List<String> pushes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Pushed pushed = user.awaitPush();
      String kind = pushed.conversationId().split("_", 2)[0];
      pushes.add(kind + " " + pushed.message().getContentType());
    }
    return pushes;
  }

  private static void apply(LoginOptions from, LoginOptions to) {
    rest.call(
        from,
        "/friend/add_friend",
        applyToAddFriendReq
            .newBuilder()
            .setFromUserID(from.userId())
            .setToUserID(to.userId())
            .build(),
        applyToAddFriendResp.getDefaultInstance());
  }

  private static void agree(LoginOptions from, LoginOptions to) {
    rest.call(
        to,
        "/friend/add_friend_response",
        respondFriendApplyReq
            .newBuilder()
            .setFromUserID(from.userId())
            .setToUserID(to.userId())
            .setHandleResult(1)
            .build(),
        respondFriendApplyResp.getDefaultInstance());
  }

  @Test
  void newFriendsFindTheirChatBegunAndTheirDevicesAreToldOfWhatFollows() {
    LoginOptions alice = login("alice");
    LoginOptions bob = login("bob");
    try (TestUser a = new TestUser(alice);
        TestUser b = new TestUser(bob)) {
      apply(alice, bob);
      assertThat(awaitPushes(b, 1)).containsExactly("n 1203");
      assertThat(awaitPushes(a, 1)).as("the applicant's devices").containsExactly("n 1203");

      agree(alice, bob);
      assertThat(awaitPushes(a, 2)).containsExactlyInAnyOrder("n 1201", "si 1201");
      assertThat(awaitPushes(b, 2)).containsExactlyInAnyOrder("n 1201", "si 1201");
      String chat = ConversationId.single(alice.userId(), bob.userId()).value();
      MsgData first = a.pull(chat, 1, 1).getFirst();
      assertThat(first.getContentType()).isEqualTo(1201);
      assertThat(first.getSendID()).isEqualTo(bob.userId());

      rest.call(
          alice,
          "/friend/delete_friend",
          deleteFriendReq
              .newBuilder()
              .setOwnerUserID(alice.userId())
              .setFriendUserID(bob.userId())
              .build(),
          deleteFriendResp.getDefaultInstance());
      assertThat(awaitPushes(a, 1)).containsExactly("n 1205");
      assertThat(awaitPushes(b, 1)).containsExactly("n 1205");

      rest.call(
          alice,
          "/friend/add_black",
          addBlackReq
              .newBuilder()
              .setOwnerUserID(alice.userId())
              .setBlackUserID(bob.userId())
              .build(),
          addBlackResp.getDefaultInstance());
      assertThat(awaitPushes(a, 1)).containsExactly("n 1207");
      assertThat(b.waitingPushes()).as("a block stays private").isZero();
    }
  }
}
