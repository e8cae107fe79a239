package im.hongyan.gatewayws.connection;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that of a user one request that is large once it is inflated is under way, whatever its
 * connections send, that nobody else waits for it, and that each connection is answered in its
 * order (websocket.md 4.1).
 */
class LargeRequestsIT {
  private static final int LARGE = 700_000;
  private static Gateways gateways;
  private static Gateway gateway;
  private final CountDownLatch held = new CountDownLatch(1);

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @AfterEach
  void release() {
    held.countDown();
  }

  private static Client connect(String user, boolean json) throws Exception {
    String token = FakeAuth.token(user, Platform.ANDROID, "t");
    return Client.connect(
        gateway.address(), Client.arguments(user, Platform.ANDROID, token, json, true));
  }

  private static MsgData message(String id, int bytes) {
    return MsgData.newBuilder()
        .setClientMsgID(id)
        .setContent(ByteString.copyFrom(new byte[bytes]))
        .build();
  }

  private void holdSends() {
    gateways
        .msg()
        .onSend(request -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return SendOutcome.getDefaultInstance();
        });
  }

  private static long asked() {
    return gateways.msg().asked().stream()
        .filter(request -> request.getSerializedSize() > LARGE)
        .count();
  }

  @Test
  void ofAUserOneIsUnderWayAndOthersAreServed() throws Exception {
    holdSends();
    long before = asked();
    try (Client first = connect("sender", true);
        Client second = connect("sender", false);
        Client other = connect("other", true)) {
      first.send(1003, message("1", LARGE));
      eventually(() -> assertThat(asked()).isEqualTo(before + 1));
      second.send(1003, message("2", LARGE));
      first.send(1001, GetMaxSeqReq.getDefaultInstance());
      other.send(1003, message("3", LARGE));
      eventually(() -> assertThat(asked()).isEqualTo(before + 2));
      eventually(() ->
          assertThat(gateway.meters().get("ws_large_requests_waiting").gauge().value())
              .isEqualTo(1));
      try (Client small = connect("sender", false)) {
        assertThat(small.ask(1001, GetMaxSeqResp.getDefaultInstance()).errCode()).isZero();
      }
      held.countDown();
      assertThat(List.of(first.read().reqIdentifier(), first.read().reqIdentifier()))
          .containsExactly(1003, 1001);
      assertThat(second.read().errCode()).isZero();
      assertThat(other.read().errCode()).isZero();
      assertThat(asked()).isEqualTo(before + 3);
    }
  }

  /** The bytes of the one before are given back before the next begins. */
  @Test
  void aTurnIsNeverRefusedForTheOneBefore() throws Exception {
    held.countDown();
    holdSends();
    try (Client first = connect("pair", true);
        Client second = connect("pair", false)) {
      for (int i = 0; i < 15; i++) {
        first.send(1003, message("f" + i, LARGE));
        second.send(1003, message("s" + i, LARGE));
        assertThat(List.of(first.read().errCode(), second.read().errCode())).containsOnly(0L);
      }
    }
  }

  @Test
  void whoLeavesGivesItsTurnToTheNext() throws Exception {
    holdSends();
    long before = asked();
    try (Client first = connect("leaver", true)) {
      first.send(1003, message("1", LARGE));
      eventually(() -> assertThat(asked()).isEqualTo(before + 1));
      try (Client gone = connect("leaver", true)) {
        gone.send(1003, message("2", LARGE));
        eventually(() ->
            assertThat(gateway.meters().get("ws_large_requests_waiting").gauge().value())
                .isEqualTo(1));
      }
      eventually(() ->
          assertThat(gateway.meters().get("ws_large_requests_waiting").gauge().value()).isZero());
    }
    held.countDown();
    try (Client last = connect("leaver", false)) {
      assertThat(last.ask(1003, message("3", LARGE)).errCode()).isZero();
    }
    assertThat(asked()).isEqualTo(before + 2);
  }

  @Test
  void whatIsTooLongOrNoRequestEndsTheConnectionBehindTheAnswersBefore() throws Exception {
    for (byte[] bytes : new byte[][] {new byte[20_000], new byte[1 << 21]}) {
      try (Client client = connect("malformed", true)) {
        client.send(1001, GetMaxSeqReq.getDefaultInstance());
        client.socket().sendBinary(im.hongyan.wire.gzip.Gzip.compress(bytes));
        assertThat(client.read().reqIdentifier()).isEqualTo(1001);
        assertThat(client.closed()).isEqualTo(1007);
      }
    }
  }

  /** What a first pass over the bytes refuses never becomes objects. */
  @Test
  void rangesBeyondTheBoundAreRefused() throws Exception {
    ByteString ranges = ByteString.copyFrom(new byte[] {0x12, 0});
    for (int doubled = 1; doubled < 370_000; doubled *= 2) {
      ranges = ranges.concat(ranges);
    }
    try (Client client = connect("ranges", true)) {
      client.send(
          client.request(
              1002,
              PullMessageBySeqsReq.newBuilder()
                  .setUserID("ranges")
                  .build()
                  .toByteString()
                  .concat(ranges.substring(0, 740_000))));
      assertThat(client.read().errCode()).isEqualTo(ImError.ARGS.code());
    }
  }
}
