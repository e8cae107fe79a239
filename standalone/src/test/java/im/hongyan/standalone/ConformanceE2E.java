package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.websocket.HandshakeRefusedException;
import im.hongyan.client.websocket.WebSocketClient;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.SetAppBackgroundStatusReq;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.frame.FrameCodec;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The conformance run of websocket.md 10.4 against a whole running system, one test per numbered
 * point; point 6, the vectors, is Section3GobIT of the gateway.
 */
@ExtendWith(SharedSystem.class)
class ConformanceE2E {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int MOST = 1_048_576;

  private static SystemAddress system;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
  }

  private static String fresh(String name) {
    return name + MessageIds.next().substring(0, 8);
  }

  private static URI address(LoginOptions login, String more) {
    return URI.create(
        system.ws()
            + "?sendID="
            + login.userId()
            + "&token="
            + URLEncoder.encode(login.token(), StandardCharsets.UTF_8)
            + "&platformID="
            + login.platform().number()
            + "&operationID=op&isBackground=false"
            + more);
  }

  private static WebSocketClient connect(URI address) throws IOException {
    WebSocketClient socket = WebSocketClient.connect(address, TIMEOUT, MOST);
    socket.readTimeout(TIMEOUT);
    return socket;
  }

  private static byte[] request(FrameCodec codec, String user, int id, MessageLite payload) {
    return codec.encodeRequest(
        new RequestFrame(id, "", user, "op", user + "_1", payload.toByteString()));
  }

  private static ResponseFrame answer(WebSocketClient socket, FrameCodec codec, boolean gzip)
      throws IOException, MalformedFrameException {
    if (socket.read() instanceof WsMessage.Binary binary) {
      byte[] payload = binary.payload();
      return codec.decodeResponse(gzip ? Gzip.inflate(payload, MOST) : payload);
    }
    throw new AssertionError("not an envelope");
  }

  private static GetMaxSeqReq maxSeq(String user) {
    return GetMaxSeqReq.newBuilder().setUserID(user).build();
  }

  @Test
  void section10_4Point01AHandshakeWithoutArgumentsIsAnsweredWithWhatIsMissing() {
    assertThatThrownBy(() -> connect(system.ws()))
        .isInstanceOfSatisfying(
            HandshakeRefusedException.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(200);
              assertThat(refused.body())
                  .isEqualTo(
                      "{\"errCode\":1602,\"errMsg\":\"args err, need token, sendID, platformID\","
                          + "\"errDlt\":\"platformID is not int\"}");
            });
  }

  @Test
  void section10_4Point02GobWithGzipGetsItsAnswerWithEqualIds() throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.IOS);
    FrameCodec codec = new GobFrameCodec();
    try (WebSocketClient socket = connect(address(login, "&compression=gzip"))) {
      socket.sendBinary(
          Gzip.compress(request(codec, login.userId(), 1001, maxSeq(login.userId()))));
      ResponseFrame answer = answer(socket, codec, true);
      assertThat(answer.reqIdentifier()).isEqualTo(1001);
      assertThat(answer.msgIncr()).isEqualTo(login.userId() + "_1");
      assertThat(answer.errCode()).isZero();
    }
  }

  @Test
  void section10_4Point03JsonWithoutGzipIsBinaryBothWays() throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.WEB);
    FrameCodec codec = new JsonFrameCodec();
    try (WebSocketClient socket = connect(address(login, "&sdkType=js"))) {
      socket.sendBinary(request(codec, login.userId(), 1001, maxSeq(login.userId())));
      assertThat(answer(socket, codec, false).msgIncr()).isEqualTo(login.userId() + "_1");
    }
  }

  @Test
  void section10_4Point04TheFirstMessageBringsTheOutcomeToThoseWhoAsk() throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.WEB);
    try (WebSocketClient socket = connect(address(login, "&isMsgResp=true"))) {
      assertThat(socket.read())
          .isEqualTo(new WsMessage.Text("{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}"));
    }
    URI wrong =
        URI.create(address(login, "&isMsgResp=true").toString().replace("token=", "token=x"));
    try (WebSocketClient socket = connect(wrong)) {
      assertThat(socket.read())
          .isInstanceOfSatisfying(
              WsMessage.Text.class,
              text -> assertThat(text.payload()).startsWith("{\"errCode\":150"));
      assertThat(socket.read()).isInstanceOf(WsMessage.Closed.class);
    }
  }

  @Test
  void section10_4Point05TheJsonFormConnectsAndRefusesPadding() throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.WEB);
    String json =
        "{\"token\":\"%s\",\"userID\":\"%s\",\"platformID\":5,\"operationID\":\"o\"}"
            .formatted(login.token(), login.userId());
    String packed =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    connect(URI.create(system.ws() + "?v=" + packed)).close();
    assertThatThrownBy(() -> connect(URI.create(system.ws() + "?v=" + packed + "%3D")))
        .isInstanceOfSatisfying(
            HandshakeRefusedException.class,
            refused -> assertThat(refused.body()).contains("1602").contains("data is not base64"));
  }

  @Test
  void section10_4Point07FragmentsAreOneMessageUpToTheLimit() throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.ANDROID);
    FrameCodec codec = new GobFrameCodec();
    byte[] request = request(codec, login.userId(), 1001, maxSeq(login.userId()));
    // Bytes after the value of a gob message are ignored.
    byte[] largest = Arrays.copyOf(request, 51_200);
    try (WebSocketClient socket = connect(address(login, ""))) {
      socket.sendBinary(largest, 4_096);
      assertThat(answer(socket, codec, false).reqIdentifier()).isEqualTo(1001);
      socket.sendBinary(Arrays.copyOf(request, 51_201), 4_096);
      assertThat(socket.read())
          .isInstanceOfSatisfying(
              WsMessage.Closed.class, closed -> assertThat(closed.code()).isEqualTo(1009));
    }
  }

  @Test
  void section10_4Point08TextPingsAreEchoedAndOtherTextsClose() throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.WEB);
    try (WebSocketClient socket = connect(address(login, ""))) {
      socket.sendText("{\"type\":\"ping\",\"body\":\"17\"}");
      assertThat(socket.read())
          .isEqualTo(new WsMessage.Text("{\"type\":\"pong\",\"body\":\"17\"}"));
      socket.sendText("{\"type\":\"ping\"}");
      assertThat(socket.read()).isEqualTo(new WsMessage.Text("{\"type\":\"pong\",\"body\":null}"));
      socket.sendText("{\"type\":\"x\"}");
      assertThat(socket.read()).isInstanceOf(WsMessage.Closed.class);
    }
  }

  @Test
  void section10_4Point09ASecondLoginEndsTheFirstAndTheSameTokenDoesNot() {
    String id = fresh("u");
    LoginOptions first = system.login(id, Platform.ANDROID);
    try (TestUser one = new TestUser(first);
        TestUser same = new TestUser(first)) {
      same.request(1001, maxSeq(id), GetMaxSeqResp.parser());
      one.request(1001, maxSeq(id), GetMaxSeqResp.parser());
      // Tokens of one second are the same text (rest-account.md 1.1).
      LoginOptions second =
          Eventually.value(() -> {
            LoginOptions next = system.login(id, Platform.ANDROID);
            assertThat(next.token()).isNotEqualTo(first.token());
            return next;
          });
      try (TestUser two = new TestUser(second)) {
        assertThat(one.awaitEnd()).isEqualTo("kicked");
        assertThat(same.awaitEnd()).isEqualTo("kicked");
        two.request(1001, maxSeq(id), GetMaxSeqResp.parser());
      }
    }
    assertThatThrownBy(() -> connect(address(first, "")))
        .isInstanceOfSatisfying(
            HandshakeRefusedException.class,
            refused -> assertThat(refused.body()).startsWith("{\"errCode\":1506,"));
  }

  @Test
  void section10_4Point10SubscriptionsReportUntilTheConnectionEnds() {
    String alice = fresh("alice");
    LoginOptions login = system.login(alice, Platform.ANDROID);
    LoginOptions watching = system.login(fresh("w"), Platform.WEB);
    try (TestUser watcher = new TestUser(watching)) {
      watcher.subscribe(alice);
      assertThat(watcher.awaitStatus().getOnlinePlatformIDsList()).isEmpty();
      TestUser online = new TestUser(login);
      assertThat(watcher.awaitStatus().getOnlinePlatformIDsList()).containsExactly(2);
      online.close();
      assertThat(watcher.awaitStatus().getOnlinePlatformIDsList()).isEmpty();
    }
    try (TestUser again = new TestUser(watching);
        TestUser other = new TestUser(system.login(fresh("w"), Platform.WEB))) {
      other.subscribe(alice);
      other.awaitStatus();
      TestUser online = new TestUser(login);
      assertThat(other.awaitStatus().getOnlinePlatformIDsList()).containsExactly(2);
      again.subscribe(other.id());
      assertThat(again.awaitStatus().getUserID())
          .as("nothing was pushed of alice before")
          .isEqualTo(other.id());
      online.close();
    }
  }

  @Test
  void section10_4Point11LogoutIsAnsweredThenClosedAndForbiddenRequestsCloseAtOnce()
      throws Exception {
    LoginOptions login = system.login(fresh("u"), Platform.IOS);
    FrameCodec codec = new GobFrameCodec();
    String user = login.userId();
    try (WebSocketClient socket = connect(address(login, ""))) {
      socket.sendBinary(
          request(
              codec,
              user,
              2003,
              DelUserPushTokenReq.newBuilder().setUserID(user).setPlatformID(1).build()));
      ResponseFrame answer = answer(socket, codec, false);
      assertThat(answer.reqIdentifier()).isEqualTo(2003);
      assertThat(answer.errCode()).isZero();
      assertThat(socket.read()).isInstanceOf(WsMessage.Closed.class);
    }
    for (RequestFrame forbidden :
        new RequestFrame[] {
          new RequestFrame(999, "", user, "op", "1", ByteString.EMPTY),
          new RequestFrame(1001, "", "somebody else", "op", "1", ByteString.EMPTY)
        }) {
      try (WebSocketClient socket = connect(address(login, ""))) {
        socket.sendBinary(codec.encodeRequest(forbidden));
        assertThat(socket.read()).isInstanceOf(WsMessage.Closed.class);
      }
    }
  }

  @Test
  void section10_4Point12AnIosAppInTheBackgroundIsNotPushedTo() {
    String bob = fresh("bob");
    try (TestUser phone = new TestUser(system.login(bob, Platform.IOS));
        TestUser pad = new TestUser(system.login(bob, Platform.IPAD));
        TestUser alice = new TestUser(system.login(fresh("alice"), Platform.ANDROID))) {
      background(phone, true);
      alice.send(alice.text(bob, "unseen"));
      pad.awaitPush();
      background(phone, false);
      var seen = alice.text(bob, "seen");
      alice.send(seen);
      assertThat(phone.awaitPush().message().getClientMsgID())
          .as("the first push")
          .isEqualTo(seen.getClientMsgID());
    }
  }

  private static void background(TestUser user, boolean now) {
    user.request(
        2004,
        SetAppBackgroundStatusReq.newBuilder().setIsBackground(now).build(),
        SetAppBackgroundStatusReq.parser());
  }
}
