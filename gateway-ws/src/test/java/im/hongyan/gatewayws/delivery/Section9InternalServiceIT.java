package im.hongyan.gatewayws.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.PushStream;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusReq;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.MultiTerminalLoginCheckReq;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgReq;
import im.hongyan.proto.msggateway.OnlinePushMsgReq;
import im.hongyan.proto.msggateway.SingleMsgToUserPlatform;
import im.hongyan.proto.msggateway.SingleMsgToUserResults;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.SetAppBackgroundStatusReq;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.token.TokenHash;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves websocket.md 9: what the gateway's own gRPC services do for other services, and who may.
 */
class Section9InternalServiceIT {
  private static final int POLICY = 1008;
  private static final ResponseFrame KICK = new ResponseFrame(2002, "", "", 0, "", null);
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

  private static Client connect(String user, Platform platform) throws IOException {
    return Client.connect(
        gateway.address(), user, platform, FakeAuth.token(user, platform, "section9"));
  }

  private static Channel channel() {
    return gateways.channel(gateway);
  }

  private static msgGatewayGrpc.msgGatewayBlockingStub service() {
    return msgGatewayGrpc.newBlockingStub(channel());
  }

  private static List<SingleMsgToUserResults> push(String... users) {
    return Gateways.asService(() ->
            service()
                .superGroupOnlineBatchPushOneMsg(
                    OnlineBatchPushOneMsgReq.newBuilder()
                        .setMsgData(
                            MsgData.newBuilder()
                                .setSendID("zoe")
                                .setGroupID("g1")
                                .setSessionType(3))
                        .addAllPushToUserIDs(List.of(users))
                        .build()))
        .getSinglePushResultList();
  }

  private static SingleMsgToUserPlatform result(int code, Platform platform) {
    return SingleMsgToUserPlatform.newBuilder()
        .setResultCode(code)
        .setRecvPlatFormID(platform.number())
        .build();
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void section9_3APushIsWrittenAndCountsAsOnlineOnPhonesOnly(Platform platform) throws Exception {
    try (Client client = connect("u" + platform, platform)) {
      assertThat(push("u" + platform))
          .containsExactly(
              SingleMsgToUserResults.newBuilder()
                  .setUserID("u" + platform)
                  .addResp(result(0, platform))
                  .setOnlinePush(platform == Platform.IOS || platform == Platform.ANDROID)
                  .build());
      assertThat(client.read().reqIdentifier()).isEqualTo(2001);
    }
  }

  @Test
  void section9_3EveryConnectionHasAResultAndAUserWithoutOneOnlyAnId() throws Exception {
    try (Client web = connect("many", Platform.WEB);
        Client phone = connect("many", Platform.ANDROID);
        Client sameToken = connect("many", Platform.ANDROID)) {
      List<SingleMsgToUserResults> results = push("absent", "many");
      assertThat(results)
          .containsExactly(
              SingleMsgToUserResults.newBuilder().setUserID("absent").build(),
              SingleMsgToUserResults.newBuilder()
                  .setUserID("many")
                  .addResp(result(0, Platform.WEB))
                  .addResp(result(0, Platform.ANDROID))
                  .addResp(result(0, Platform.ANDROID))
                  .setOnlinePush(true)
                  .build());
      for (Client client : List.of(web, phone, sameToken)) {
        assertThat(client.read().reqIdentifier()).isEqualTo(2001);
      }
    }
  }

  @Test
  void section9_3AnIosAppInTheBackgroundGetsNothing() throws Exception {
    Map<String, String> query =
        Client.arguments("ios", Platform.IOS, FakeAuth.token("ios", Platform.IOS, "section9"));
    query.put("isBackground", "true");
    try (Client client = Client.connect(gateway.address(), query)) {
      assertThat(push("ios"))
          .containsExactly(
              SingleMsgToUserResults.newBuilder()
                  .setUserID("ios")
                  .addResp(result(1604, Platform.IOS))
                  .build());
      ResponseFrame next = client.ask(1001, GetMaxSeqReq.getDefaultInstance());
      assertThat(next.reqIdentifier()).as("nothing came before").isEqualTo(1001);
    }
  }

  @Test
  void section9_3AConnectionThatIsOverButStillThereHas1603() throws Exception {
    String token = FakeAuth.token("stuck", Platform.ANDROID, "section9");
    try (Client stuck =
        Client.connect(
            gateway.address(), Client.arguments("stuck", Platform.ANDROID, token, false, false))) {
      // More than the socket takes from a client that reads nothing, so that its end must wait.
      MsgData large =
          MsgData.newBuilder()
              .setSessionType(1)
              .setContent(ByteString.copyFrom(new byte[900_000]))
              .build();
      try (PushStream stream = new PushStream(channel())) {
        for (int i = 1; i <= 20; i++) {
          stream.deliver(PushStream.push(1, i, "c", large, List.of("stuck")));
        }
      }
      stuck.socket().sendText("no heartbeat");
      SingleMsgToUserResults over =
          SingleMsgToUserResults.newBuilder()
              .setUserID("stuck")
              .addResp(result(1603, Platform.ANDROID))
              .build();
      Eventually.eventually(() -> assertThat(push("stuck")).containsExactly(over));
    }
  }

  @Test
  void section9_3OtherPlatformsGetPushesInTheBackground() throws Exception {
    Map<String, String> query =
        Client.arguments("hid", Platform.ANDROID, FakeAuth.token("hid", Platform.ANDROID, "s9"));
    query.put("isBackground", "true");
    try (Client client = Client.connect(gateway.address(), query)) {
      assertThat(push("hid").getFirst().getOnlinePush()).isTrue();
      assertThat(client.read().reqIdentifier()).isEqualTo(2001);
    }
  }

  private static CallContext admin() {
    return CallContext.user("op", "imAdmin", "Admin", "");
  }

  private static GetUsersOnlineStatusReq status(String... users) {
    return GetUsersOnlineStatusReq.newBuilder().addAllUserIDs(List.of(users)).build();
  }

  @Test
  void section9_1AdministratorsSeeTheConnectionsOfThisNode() throws Exception {
    try (Client phone = connect("seen", Platform.IOS);
        Client web = connect("seen", Platform.WEB)) {
      phone.ask(2004, SetAppBackgroundStatusReq.newBuilder().setIsBackground(true).build());
      web.ask(1001, GetMaxSeqReq.getDefaultInstance());
      GetUsersOnlineStatusResp answer =
          admin().call(() -> service().getUsersOnlineStatus(status("seen", "absent")));
      assertThat(answer.getFailedResultList()).isEmpty();
      assertThat(answer.getSuccessResultList())
          .singleElement()
          .satisfies(seen -> {
            assertThat(seen.getUserID()).isEqualTo("seen");
            assertThat(seen.getStatus()).isEqualTo(1);
            assertThat(
                    seen.getDetailPlatformStatusList().stream()
                        .map(detail -> detail.toBuilder().clearConnID().build()))
                .containsExactlyInAnyOrder(detail(Platform.IOS, true), detail(Platform.WEB, false));
            assertThat(seen.getDetailPlatformStatusList())
                .extracting(GetUsersOnlineStatusResp.SuccessDetail::getConnID)
                .doesNotContain("")
                .doesNotHaveDuplicates()
                .contains(gateways.msg().callers().getLast().connId());
          });
    }
  }

  /** The field of the token has its hash. */
  private static GetUsersOnlineStatusResp.SuccessDetail detail(Platform platform, boolean hidden) {
    byte[] hash = TokenHash.of(FakeAuth.token("seen", platform, "section9")).toByteArray();
    return GetUsersOnlineStatusResp.SuccessDetail.newBuilder()
        .setPlatformID(platform.number())
        .setIsBackground(hidden)
        .setToken(HexFormat.of().formatHex(hash))
        .build();
  }

  private static void kick(int platform, String... users) {
    Gateways.asService(() ->
        service()
            .kickUserOffline(
                KickUserOfflineReq.newBuilder()
                    .setPlatformID(platform)
                    .addAllKickUserIDList(List.of(users))
                    .build()));
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void section9_1AKickEndsThatPlatformOnly(Platform platform) throws Exception {
    Platform another = platform == Platform.WEB ? Platform.IOS : Platform.WEB;
    try (Client kicked = connect("kicked", platform);
        Client kept = connect("kicked", another);
        Client somebody = connect("somebody", platform)) {
      kick(platform.number(), "absent", "kicked");
      assertThat(kicked.read()).isEqualTo(KICK);
      assertThat(kicked.closed()).isEqualTo(POLICY);
      for (Client client : List.of(kept, somebody)) {
        assertThat(client.ask(1001, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
      }
      // The token was left as it is.
      connect("kicked", platform).close();
    }
  }

  private static void assertRefused(int code, Callable<?> call) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal -> assertThat(RpcErrors.fromStatus(refusal, "").code()).isEqualTo(code));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 13, 100})
  void section9_1PlatformsOutOfRangeAre1001(int platform) {
    assertRefused(1001, () -> asService(() -> kick(platform, "anybody")));
    assertRefused(1001, () -> check("anybody", platform, "token"));
    assertRefused(
        1001,
        () ->
            Gateways.asService(() ->
                GatewayPeerGrpc.newBlockingStub(channel())
                    .close(CloseRequest.newBuilder().setPlatformId(platform).build())));
    assertRefused(
        1001,
        () ->
            Gateways.asService(() ->
                GatewayPeerGrpc.newBlockingStub(channel())
                    .checkLogin(LoginCheck.newBuilder().setPlatformId(platform).build())));
  }

  private static Object asService(Runnable body) {
    body.run();
    return body;
  }

  private static Object check(String user, int platform, String token) {
    return Gateways.asService(() ->
        service()
            .multiTerminalLoginCheck(
                MultiTerminalLoginCheckReq.newBuilder()
                    .setUserID(user)
                    .setPlatformID(platform)
                    .setToken(token)
                    .build()));
  }

  @Test
  void section9_1ALoginElsewhereEndsThosePlatformsOtherTokens() throws Exception {
    try (Client old = connect("moved", Platform.ANDROID);
        Client kept = connect("moved", Platform.WEB)) {
      check("moved", Platform.ANDROID.number(), FakeAuth.token("moved", Platform.ANDROID, "new"));
      assertThat(old.read()).isEqualTo(KICK);
      assertThat(old.closed()).isEqualTo(POLICY);
      check("moved", Platform.WEB.number(), FakeAuth.token("moved", Platform.WEB, "section9"));
      assertThat(kept.ask(1001, GetMaxSeqReq.getDefaultInstance()).reqIdentifier())
          .as("the same token is not kicked")
          .isEqualTo(1001);
    }
  }

  @Test
  void section9_1ALoginCheckNeedsUserAndToken() {
    assertRefused(1001, () -> check("", Platform.IOS.number(), "token"));
    assertRefused(1001, () -> check("anybody", Platform.IOS.number(), ""));
  }

  /** Calls that are for services alone, by name. */
  private static Map<String, Callable<?>> internal() {
    var gatewaysFace = GatewayPeerGrpc.newBlockingStub(channel());
    return Map.of(
        "SuperGroupOnlineBatchPushOneMsg",
        () ->
            service()
                .superGroupOnlineBatchPushOneMsg(OnlineBatchPushOneMsgReq.getDefaultInstance()),
        "KickUserOffline",
        () -> service().kickUserOffline(KickUserOfflineReq.getDefaultInstance()),
        "MultiTerminalLoginCheck",
        () -> service().multiTerminalLoginCheck(MultiTerminalLoginCheckReq.getDefaultInstance()),
        "Gateways/CheckLogin",
        () -> gatewaysFace.checkLogin(LoginCheck.getDefaultInstance()),
        "Gateways/Close",
        () -> gatewaysFace.close(CloseRequest.getDefaultInstance()),
        "Delivery/Deliver",
        Section9InternalServiceIT::deliver);
  }

  private static Object deliver() {
    var call =
        io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
            channel(), DeliveryGrpc.getDeliverMethod(), io.grpc.CallOptions.DEFAULT);
    try {
      call.write(DeliveryBatch.getDefaultInstance());
      return call.read();
    } catch (io.grpc.StatusException refusal) {
      throw new StatusRuntimeException(refusal.getStatus(), refusal.getTrailers());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> section9_1UsersAndAdministratorsMayNotCallWhatIsForServices() {
    return Stream.of(CallContext.user("op", "alice", "Web", ""), admin())
        .flatMap(caller ->
            internal().entrySet().stream()
                .map(entry ->
                    dynamicTest(
                        entry.getKey() + " by " + caller.userId(),
                        () -> assertRefused(1002, () -> caller.call(entry.getValue()::call)))));
  }

  @Test
  void section9_1OnlyAdministratorsSeeWhoIsOnline() {
    for (CallContext caller :
        List.of(
            CallContext.user("op", "alice", "Web", ""), CallContext.user("op", "", "Web", ""))) {
      assertRefused(1002, () -> caller.call(() -> service().getUsersOnlineStatus(status("alice"))));
    }
  }

  @Test
  void section9_1MethodsThatNobodyCallsAreRefused() {
    assertRefused(
        1002,
        () ->
            Gateways.asService(
                () -> service().onlinePushMsg(OnlinePushMsgReq.getDefaultInstance())));
    assertRefused(
        1002,
        () ->
            Gateways.asService(() ->
                service().onlineBatchPushOneMsg(OnlineBatchPushOneMsgReq.getDefaultInstance())));
  }

  @Test
  void section9ACallWithoutATraceIdIsRefused() {
    Consumer<StatusRuntimeException> noTraceId =
        refusal ->
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThatThrownBy(() ->
            CallContext.service("").call(() -> service().getUsersOnlineStatus(status("alice"))))
        .isInstanceOfSatisfying(StatusRuntimeException.class, noTraceId);
  }
}
