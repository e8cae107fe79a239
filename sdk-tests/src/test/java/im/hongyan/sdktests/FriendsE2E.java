package im.hongyan.sdktests;

import static im.hongyan.sdktests.Friendships.accept;
import static im.hongyan.sdktests.Friendships.apply;
import static im.hongyan.sdktests.Friendships.ids;
import static im.hongyan.sdktests.Friendships.isAbout;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that applications, friends and blacklists are in the official SDK what they are here. */
@SdkCase
class FriendsE2E {
  private static final int OPEN = 0;
  private static final int AGREED = 1;
  private static final int REFUSED = -1;
  private static final int BLOCKED_BY_PEER = 1302;
  private static final int ALREADY_FRIENDS = 1304;
  private static final Map<String, Object> ALL =
      Map.of("handleResults", List.of(), "offset", 0, "count", 20);
  private static final Map<String, Object> SINCE_EVER = Map.of("time", 0);

  private final SdkSystem system;

  FriendsE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void anApplicationThatIsAcceptedMakesBothFriends() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      apply(alice, bob, "hello?");
      JsonNode application =
          bob.await(
              "OnFriendApplicationAdded",
              event -> event.path("fromUserID").asString().equals(alice.id()));
      assertThat(application.path("reqMsg").asString()).isEqualTo("hello?");
      assertThat(application.path("fromNickname").asString()).isEqualTo(alice.id());
      assertApplication(bob.call("getFriendApplicationListAsRecipient", ALL), OPEN, "hello?", "");
      assertApplication(alice.call("getFriendApplicationListAsApplicant", ALL), OPEN, "hello?", "");
      assertThat(bob.call("getFriendApplicationUnhandledCount", SINCE_EVER).asInt()).isOne();

      accept(bob, alice, "welcome");
      alice.await(
          "OnFriendApplicationAccepted",
          event -> event.path("toUserID").asString().equals(bob.id()));
      alice.await("OnFriendAdded", event -> isAbout(event, bob));
      bob.await("OnFriendAdded", event -> isAbout(event, alice));
      assertThat(ids(alice)).containsExactly(bob.id());
      assertThat(ids(bob)).containsExactly(alice.id());
      assertApplication(
          alice.call("getFriendApplicationListAsApplicant", ALL), AGREED, "hello?", "welcome");
      assertThat(bob.call("getFriendApplicationUnhandledCount", SINCE_EVER).asInt()).isZero();
      assertThat(alice.refused("addFriend", Map.of("toUserID", bob.id(), "reqMsg", "")))
          .isEqualTo(ALREADY_FRIENDS);
    }
  }

  private static void assertApplication(JsonNode list, int result, String request, String answer) {
    assertThat(list).hasSize(1);
    assertThat(list.path(0).path("handleResult").asInt()).isEqualTo(result);
    assertThat(list.path(0).path("reqMsg").asString()).isEqualTo(request);
    assertThat(list.path(0).path("handleMsg").asString()).isEqualTo(answer);
  }

  @Test
  void anApplicationThatIsRefusedMakesNobodyAFriend() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      apply(alice, bob, "hello?");
      bob.call("refuseFriendApplication", Map.of("toUserID", alice.id(), "handleMsg", "no"));
      JsonNode refused =
          alice.await(
              "OnFriendApplicationRejected",
              event -> event.path("toUserID").asString().equals(bob.id()));
      assertThat(refused.path("handleMsg").asString()).isEqualTo("no");
      assertApplication(
          alice.call("getFriendApplicationListAsApplicant", ALL), REFUSED, "hello?", "no");
      assertThat(ids(alice)).isEmpty();
      assertThat(ids(bob)).isEmpty();
    }
  }

  @Test
  void aDeletedFriendIsGoneForWhoDeletedHim() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      Friendships.make(alice, bob);
      alice.call("deleteFriend", bob.id());
      alice.await("OnFriendDeleted", event -> isAbout(event, bob));
      assertThat(ids(alice)).isEmpty();
      assertThat(ids(bob)).as("one side of it").containsExactly(alice.id());
    }
  }

  @Test
  @Tag("long")
  void remarksAreShownAndPinnedFriendsComeFirst() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      Friendships.make(alice, bob);
      Friendships.make(alice, carl);
      alice.call(
          "updateFriends",
          Map.of("friendUserIDs", List.of(bob.id()), "remark", "Bobby", "ex", "school"));
      alice.await("OnFriendInfoChanged", event -> event.path("remark").asString().equals("Bobby"));
      assertThat(Friendships.row(alice, bob).path("remark").asString()).isEqualTo("Bobby");
      assertThat(Friendships.row(alice, bob).path("ex").asString()).isEqualTo("school");

      assertThat(ids(alice)).containsExactly(bob.id(), carl.id());
      alice.call("updateFriends", Map.of("friendUserIDs", List.of(carl.id()), "isPinned", true));
      Eventually.eventually(() -> {
        assertThat(Friendships.row(alice, carl).path("isPinned").asBoolean()).isTrue();
        assertThat(ids(alice.call("getFriendListPage", Map.of("offset", 0, "count", 1))))
            .containsExactly(carl.id());
      });
    }
  }

  @Test
  void whoIsBlacklistedCannotWrite() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.addBlack(bob);
      alice.await("OnBlackAdded", event -> isAbout(event, bob));
      assertThat(ids(alice.call("getBlackList"))).containsExactly(bob.id());
      JsonNode message = bob.call("createTextMessage", "hey");
      assertThat(
              bob.refused(
                  "sendMessage", Map.of("recvID", alice.id(), "groupID", "", "message", message)))
          .isEqualTo(BLOCKED_BY_PEER);
      alice.call("removeBlack", bob.id());
      alice.await("OnBlackDeleted", event -> isAbout(event, bob));
      assertThat(alice.call("getBlackList")).isEmpty();
      bob.sendText(alice.id(), "hey again");
      alice.awaitText("hey again");
    }
  }

  @Test
  @Tag("long")
  void friendsAreFoundByIdNicknameAndRemark() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      Friendships.make(alice, bob);
      assertThat(check(alice, bob)).isOne();
      assertThat(check(bob, alice)).isOne();
      assertThat(search(alice, bob.id(), "isSearchUserID")).containsExactly(bob.id());
      assertThat(search(alice, bob.id(), "isSearchNickname")).containsExactly(bob.id());
      assertThat(search(alice, "Bobby", "isSearchRemark")).isEmpty();
      alice.call("updateFriends", Map.of("friendUserIDs", List.of(bob.id()), "remark", "Bobby"));
      assertThat(search(alice, "obb", "isSearchRemark")).containsExactly(bob.id());
      alice.call("deleteFriend", bob.id());
      assertThat(search(alice, bob.id(), "isSearchUserID")).isEmpty();
      assertThat(check(alice, bob)).isZero();
    }
  }

  private static int check(SdkUser user, SdkUser other) {
    return user.call("checkFriend", List.of(other.id())).path(0).path("result").asInt();
  }

  private static List<String> search(SdkUser user, String word, String where) {
    List<String> all = List.of("isSearchUserID", "isSearchNickname", "isSearchRemark");
    Map<String, Object> search = new HashMap<>(Map.of("keywordList", List.of(word)));
    all.forEach(one -> search.put(one, one.equals(where)));
    return ids(user.call("searchFriends", search));
  }

  @Test
  @Tag("long")
  void devicesThatWereAwayAndNewOnesHaveTheFriendsOfNow() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      Friendships.make(alice, bob);
      alice.leave();
      bob.call("deleteFriend", alice.id());
      apply(carl, alice, "");
      alice.restart();
      alice.login();
      accept(alice, carl, "");
      Eventually.eventually(() -> assertThat(ids(alice)).containsExactly(bob.id(), carl.id()));
      try (SdkUser fresh = system.openAnother(alice)) {
        fresh.login();
        Eventually.eventually(() -> assertThat(ids(fresh)).containsExactly(bob.id(), carl.id()));
      }
    }
  }
}
