package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Proves what the official SDK shows of ended sessions and of who is online. */
@SdkCase
class SessionsE2E {
  private static final int OFFLINE = 0;
  private static final int ONLINE = 1;
  private static final int LOGGED_IN = 3;

  private final SdkSystem system;

  SessionsE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void aSecondLoginOnThePlatformKicksTheFirst() {
    try (SdkUser first = system.login("alice");
        SdkUser second = system.openAnother(first)) {
      second.login();
      first.await("OnKickedOffline", any -> true);
      assertThat(second.events().named("OnKickedOffline")).isEmpty();
      assertThat(second.call("getLoginStatus").asInt()).isEqualTo(LOGGED_IN);
    }
  }

  @Test
  void aForcedLogoutKicksTheDeviceOfThePlatform() {
    try (SdkUser web = system.login("alice");
        SdkUser pad = system.openAnother(web)) {
      pad.login(Platform.IPAD);
      system.forceLogout(web.id(), Platform.WEB);
      web.await("OnKickedOffline", any -> true);
      assertThat(pad.events().named("OnKickedOffline")).isEmpty();
    }
  }

  @Test
  void subscribersSeeWhenAUserComesAndGoes() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.open("bob")) {
      system.register(bob.id());
      JsonNode before = alice.call("subscribeUsersStatus", List.of(bob.id()));
      assertThat(before.path(0).path("userID").asString()).isEqualTo(bob.id());
      assertThat(before.path(0).path("status").asInt()).isEqualTo(OFFLINE);
      bob.login();
      awaitStatus(alice, bob, ONLINE);
      bob.call("logout");
      awaitStatus(alice, bob, OFFLINE);
      assertThat(alice.events().named("OnUserStatusChanged"))
          .extracting(event -> event.path("status").asInt())
          .as("what this release of the SDK reports, docs/protocol/official-sdk.md")
          .containsExactly(OFFLINE);
    }
  }

  /** Waits until the SDK knows a status, from what was pushed: it does not ask again. */
  private static void awaitStatus(SdkUser who, SdkUser whose, int status) {
    Eventually.eventually(() -> {
      JsonNode known = who.call("subscribeUsersStatus", List.of(whose.id()));
      assertThat(known.path(0).path("userID").asString()).isEqualTo(whose.id());
      assertThat(known.path(0).path("status").asInt()).isEqualTo(status);
    });
  }
}
