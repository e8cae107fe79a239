package im.hongyan.gatewayws.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that a client that connects is pushed the newest message of what changed while it was not
 * connected, without asking: SDKs do not sync within 5 s of their last sync (client-sync.md 3.2).
 */
class CatchUpIT {
  private static Gateways gateways;
  private static Gateways.Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @Test
  void aConnectingClientIsPushedTheNewestOfWhatItMissed() throws Exception {
    MsgData missed = MsgData.newBuilder().setSendID("bob").setClientMsgID("m").setSeq(7).build();
    gateways
        .msg()
        .newest(
            "alice",
            PushedCopy.newBuilder()
                .setConversationId("si_alice_bob")
                .setMessage(missed.toByteString())
                .setSeq(7)
                .build());
    try (Client alice =
        Client.connect(
            gateway.address(),
            "alice",
            Platform.ANDROID,
            FakeAuth.token("alice", Platform.ANDROID, "t"))) {
      ResponseFrame push = alice.read();
      assertThat(push.reqIdentifier()).isEqualTo(2001);
      assertThat(
              PushMessages.parseFrom(Objects.requireNonNull(push.data()))
                  .getMsgsOrThrow("si_alice_bob")
                  .getMsgsList())
          .containsExactly(missed);
    }
  }
}
