package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves that a user's own data is set and shown by the official SDK, to others too. */
@SdkCase
class OwnDataE2E {
  private final SdkSystem system;

  OwnDataE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void whatAUserSetsIsShownToHimAndToOthers() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.call(
          "setSelfInfo",
          Map.of(
              "nickname", "Alice <A>",
              "faceURL", "http://127.0.0.1/a.png",
              "ex", "{\"city\":\"北京\"}",
              "globalRecvMsgOpt", 2));
      JsonNode event =
          alice.await(
              "OnSelfInfoUpdated", self -> self.path("nickname").asString().equals("Alice <A>"));
      assertThat(event.path("faceURL").asString()).isEqualTo("http://127.0.0.1/a.png");
      JsonNode self = alice.call("getSelfUserInfo");
      assertThat(self.path("ex").asString()).isEqualTo("{\"city\":\"北京\"}");
      assertThat(self.path("globalRecvMsgOpt").asInt()).isEqualTo(2);
      JsonNode shown = bob.call("getUsersInfo", List.of(alice.id())).path(0);
      assertThat(shown.path("nickname").asString()).isEqualTo("Alice <A>");
      assertThat(shown.path("faceURL").asString()).isEqualTo("http://127.0.0.1/a.png");
    }
  }

  @Test
  void emptyValuesAreSetToo() {
    try (SdkUser alice = system.login("alice")) {
      alice.call("setSelfInfo", Map.of("ex", "something", "globalRecvMsgOpt", 1));
      alice.await("OnSelfInfoUpdated", self -> self.path("ex").asString().equals("something"));
      alice.call("setSelfInfo", Map.of("ex", "", "globalRecvMsgOpt", 0));
      alice.await(
          "OnSelfInfoUpdated",
          self ->
              self.path("globalRecvMsgOpt").asInt() == 0 && self.path("ex").asString().isEmpty());
      assertThat(alice.call("getSelfUserInfo").path("nickname").asString()).isEqualTo(alice.id());
    }
  }

  @Test
  void aFriendSeesTheNewNickname() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      Friendships.make(alice, bob);
      alice.call("setSelfInfo", Map.of("nickname", "Alice the Second"));
      bob.await(
          "OnFriendInfoChanged",
          friend -> friend.path("nickname").asString().equals("Alice the Second"));
      Eventually.eventually(() ->
          assertThat(Friendships.row(bob, alice).path("nickname").asString())
              .isEqualTo("Alice the Second"));
    }
  }
}
