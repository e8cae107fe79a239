package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.wire.id.Platform;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Proves that the official SDK logs in, with an empty database and with one that it kept. */
@SdkCase
class LoginE2E {
  private static final int LOGGED_OUT = 1;
  private static final int LOGGED_IN = 3;

  private final SdkSystem system;

  LoginE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void anEmptyDatabaseIsFilledAndTheUserIsOnline() {
    try (SdkUser alice = system.login("alice")) {
      assertThat(alice.events().named("OnSyncServerStart")).hasToString("[true]");
      assertThat(alice.events().named("OnSyncServerFailed")).isEmpty();
      assertThat(alice.call("getLoginStatus").asInt()).isEqualTo(LOGGED_IN);
      assertThat(alice.call("getAllConversationList")).isEmpty();
      assertThat(alice.call("getSelfUserInfo").path("nickname").asString()).isEqualTo(alice.id());
    }
  }

  @Test
  void aKeptDatabaseIsTakenUpWithoutTheFirstSynchronisation() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      alice.sendText(bob.id(), "before");
      bob.awaitText("before");
      bob.restart();
      bob.login();
      assertThat(bob.events().named("OnSyncServerStart")).hasToString("[false]");
      assertThat(bob.history(alice, 10)).containsExactly("before");
      alice.sendText(bob.id(), "after");
      bob.awaitText("after");
      assertThat(bob.history(alice, 10)).containsExactly("before", "after");
    }
  }

  @Test
  void anInvalidTokenIsReportedAsSuch() {
    try (SdkUser alice = system.open("alice")) {
      alice.startLogin("no token", Platform.WEB);
      alice.await("OnUserTokenInvalid", any -> true);
      assertThat(alice.events().named("OnConnectSuccess")).isEmpty();
    }
  }

  @Test
  @Tag("long")
  void aLogoutEndsTheSessionAndAnotherLoginBeginsOne() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      bob.call("logout");
      assertThat(bob.call("getLoginStatus").asInt()).isEqualTo(LOGGED_OUT);
      alice.sendText(bob.id(), "while away");
      bob.events().clear();
      bob.login();
      assertThat(bob.history(alice, 10)).containsExactly("while away");
    }
  }
}
