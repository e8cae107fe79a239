package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.PushStream;
import im.hongyan.gatewayws.fixture.Vectors;
import im.hongyan.gatewayws.fixture.Vectors.Vector;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Proves websocket.md 3.5 to 3.8 for what the gateway sends: its frames are those of the vectors,
 * which Go's own encoder wrote, to the byte, in gob and in JSON, with gzip and without.
 */
class Section3AnswersIT {
  private static final String USER = "user1";
  private static Gateways gateways;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @FunctionalInterface
  private interface Act {
    void on(Client client) throws Exception;
  }

  private static Client connect(String user, Platform platform, boolean json, boolean gzip)
      throws IOException {
    String token = FakeAuth.token(user, platform, "answers");
    return Client.connect(gateway.address(), Client.arguments(user, platform, token, json, gzip));
  }

  /** What the gateway sends after an act must be the vector, in all forms. */
  private static Stream<DynamicTest> sends(String name, String user, Act act) {
    Vector vector = Vectors.of(name);
    return Stream.of(0, 1, 2, 3)
        .map(form -> {
          boolean json = form >= 2;
          boolean gzip = form % 2 == 1;
          String title = name + (json ? " json" : " gob") + (gzip ? " gzip" : "");
          return dynamicTest(title, () -> assertSends(vector, user, json, gzip, act));
        });
  }

  private static void assertSends(Vector vector, String user, boolean json, boolean gzip, Act act)
      throws Exception {
    try (Client client = connect(user, Platform.ANDROID, json, gzip)) {
      act.on(client);
      byte[] sent = client.payload();
      byte[] plain = gzip ? Gzip.inflate(sent, 1 << 20) : sent;
      if (json) {
        assertThat(new String(plain, StandardCharsets.UTF_8)).isEqualTo(vector.text("json"));
      } else {
        assertThat(plain).isEqualTo(vector.hex("gobHex").orElseThrow());
      }
    }
  }

  private static Act asks(Vector vector) {
    return client -> client.send(request(vector.id(), vector, vector.data()));
  }

  private static RequestFrame request(int id, Vector like, ByteString data) {
    return new RequestFrame(
        id,
        like.text("token"),
        like.text("sendID").isEmpty() ? USER : like.text("sendID"),
        like.text("operationID"),
        like.text("msgIncr"),
        data);
  }

  /** A send that is answered with the vector's error, or its payload. */
  private static Act send(Vector answer, String user) {
    return client -> {
      gateways
          .msg()
          .onSend(request ->
              SendOutcome.newBuilder()
                  .setErrorCode(Integer.parseInt(answer.text("errCode")))
                  .setErrorText(answer.text("errMsg"))
                  .setResponse(answer.data())
                  .build());
      client.send(
          new RequestFrame(
              1003, "", user, answer.text("operationID"), answer.text("msgIncr"), answer.data()));
    };
  }

  @TestFactory
  Stream<DynamicTest> section3_8AnswersToReadsAreTheVectors() {
    Act getSeq =
        client -> {
          gateways
              .msg()
              .onMaxSeq(
                  request -> GetMaxSeqResp.newBuilder().putMaxSeqs("si_user1_user2", 37).build());
          asks(Vectors.of("req-getseq")).on(client);
        };
    Act empty =
        client -> {
          gateways.msg().onMaxSeq(request -> GetMaxSeqResp.getDefaultInstance());
          client.send(request(1001, Vectors.of("resp-empty-data"), ByteString.EMPTY));
        };
    Act expired =
        client -> {
          gateways
              .msg()
              .onMaxSeq(request -> {
                throw new ImException(1501, "TokenExpiredError", "", null);
              });
          client.send(request(1001, Vectors.of("resp-err-1501"), ByteString.EMPTY));
        };
    return Stream.of(
            sends("resp-getseq", USER, getSeq),
            sends("resp-empty-data", USER, empty),
            sends("resp-err-1501", USER, expired),
            sends("resp-null-data", USER, asks(Vectors.of("req-background"))),
            sends("resp-logout", USER, asks(Vectors.of("req-logout"))))
        .flatMap(tests -> tests);
  }

  @TestFactory
  Stream<DynamicTest> section3_8AnswersToSendsAreTheVectors() {
    return Stream.of(
            Map.entry("resp-sendmsg", USER),
            Map.entry("resp-err-500-html", USER),
            Map.entry("resp-err-minus1", USER),
            Map.entry("resp-unicode", "用户一"))
        .flatMap(entry ->
            sends(
                entry.getKey(),
                entry.getValue(),
                send(Vectors.of(entry.getKey()), entry.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> section3_8PushesAreTheVectors() {
    return Stream.of("resp-push-msg", "resp-push-notification")
        .flatMap(name -> sends(name, USER, client -> push(Vectors.of(name))));
  }

  private static void push(Vector vector) throws Exception {
    PushMessages pushed = PushMessages.parseFrom(vector.data());
    Map<String, PullMsgs> entries = new HashMap<>(pushed.getMsgsMap());
    entries.putAll(pushed.getNotificationMsgsMap());
    var entry = entries.entrySet().iterator().next();
    try (PushStream stream = new PushStream(gateways.channel(gateway))) {
      stream.deliver(
          PushStream.push(1, 1, entry.getKey(), entry.getValue().getMsgs(0), List.of(USER))
              .toBuilder()
              .setOperationId(vector.text("operationID"))
              .setAgain(true)
              .build());
    }
  }

  @TestFactory
  Stream<DynamicTest> section3_8TheKickIsTheVector() {
    return sends(
        "resp-kick",
        USER,
        client ->
            Gateways.asService(() ->
                msgGatewayGrpc
                    .newBlockingStub(gateways.channel(gateway))
                    .kickUserOffline(
                        KickUserOfflineReq.newBuilder()
                            .setPlatformID(Platform.ANDROID.number())
                            .addKickUserIDList(USER)
                            .build())));
  }

  @Test
  void section3_8StatusesAreTheVectors() throws Exception {
    Vector asks = Vectors.of("req-subscribe");
    assertThat(SubUserOnlineStatus.parseFrom(asks.data()).getSubscribeUserIDList())
        .containsExactly("user2", "user3");
    try (Client phone = connect("user2", Platform.IOS, false, false);
        Client browser = connect("user2", Platform.WEB, false, false);
        Client client = connect(USER, Platform.ANDROID, false, false)) {
      asks(asks).on(client);
      assertThat(client.payload())
          .isEqualTo(Vectors.of("resp-sub-reply").hex("gobHex").orElseThrow());
      phone.socket().close();
      assertThat(client.payload()).as("one platform is left").isNotEmpty();
      browser.socket().close();
      assertThat(client.payload())
          .isEqualTo(Vectors.of("resp-sub-push").hex("gobHex").orElseThrow());
    }
  }
}
