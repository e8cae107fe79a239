package im.hongyan.gatewayws.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgReq;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves websocket.md 4.5 and 4.6: what a push looks like, and how a kicked client learns of it.
 */
class Section4PushesIT {
  private static final String ALICE = "alice";
  private static final int POLICY = 1008;
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

  private static Client connect() throws Exception {
    return Client.connect(
        gateway.address(),
        ALICE,
        Platform.ANDROID,
        FakeAuth.token(ALICE, Platform.ANDROID, "pushes"));
  }

  private static void push(MsgData message) throws Exception {
    CallContext.service("the sender's")
        .call(() ->
            msgGatewayGrpc
                .newBlockingStub(gateways.channel(gateway))
                .superGroupOnlineBatchPushOneMsg(
                    OnlineBatchPushOneMsgReq.newBuilder()
                        .setMsgData(message)
                        .addPushToUserIDs(ALICE)
                        .build()));
  }

  private static MsgData.Builder message(int sessionType) {
    return MsgData.newBuilder()
        .setSendID("zoe")
        .setRecvID(ALICE)
        .setGroupID("g1")
        .setSessionType(sessionType)
        .setSeq(9);
  }

  @ParameterizedTest
  @CsvSource({
    "1, '', si_alice_zoe, msgs",
    "1, true, si_alice_zoe, msgs",
    "1, false, n_alice_zoe, notificationMsgs",
    "2, '', g_g1, msgs",
    "2, true, g_g1, msgs",
    "2, false, n_g1, notificationMsgs",
    "3, '', sg_g1, msgs",
    "3, true, sg_g1, msgs",
    "3, false, n_g1, notificationMsgs",
    "4, '', sn_alice_zoe, msgs",
    "4, true, sn_alice_zoe, msgs",
    "4, false, n_alice_zoe, notificationMsgs",
  })
  void section4_5OneMapWithOneEntryChosenByConversation(
      int sessionType, String option, String conversation, String map) throws Exception {
    MsgData.Builder message = message(sessionType);
    if (!option.isEmpty()) {
      message.putOptions("isNotNotification", Boolean.parseBoolean(option));
    }
    PullMsgs only = PullMsgs.newBuilder().addMsgs(message).build();
    PushMessages.Builder expected = PushMessages.newBuilder();
    if (map.equals("msgs")) {
      expected.putMsgs(conversation, only);
    } else {
      expected.putNotificationMsgs(conversation, only);
    }
    try (Client client = connect()) {
      push(message.build());
      ResponseFrame push = client.read();
      assertThat(PushMessages.parseFrom(push.data())).isEqualTo(expected.build());
      assertThat(push).isEqualTo(new ResponseFrame(2001, "", "the sender's", 0, "", push.data()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 5, 9})
  void section4_5AMessageOfAnUnknownSessionTypeIsRefusedSinceNoClientCanPlaceIt(int sessionType) {
    assertThatThrownBy(() -> push(message(sessionType).build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal -> assertThat(RpcErrors.fromStatus(refusal, "").code()).isEqualTo(1001));
  }

  @Test
  void section4_5ConversationsOfUserIdsAreSortedByBytes() throws Exception {
    try (Client client = connect()) {
      push(message(1).setSendID("Zoe").build());
      push(message(1).setSendID("alice2").build());
      for (String conversation : List.of("si_Zoe_alice", "si_alice_alice2")) {
        assertThat(PushMessages.parseFrom(client.read().data()).getMsgsMap())
            .containsOnlyKeys(conversation);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 2", "2, 2", "3, 3", "4, 4"})
  void section4_5AMessageThatIsBeingSentIsPushedAsSent(int status, int pushed) throws Exception {
    try (Client client = connect()) {
      push(message(1).setStatus(status).build());
      PushMessages messages = PushMessages.parseFrom(client.read().data());
      assertThat(messages.getMsgsOrThrow("si_alice_zoe").getMsgsList())
          .containsExactly(message(1).setStatus(pushed).build());
    }
  }

  @Test
  void section4_5WhatIsNotStoredHasSeqZero() throws Exception {
    try (Client client = connect()) {
      push(message(1).clearSeq().build());
      PushMessages messages = PushMessages.parseFrom(client.read().data());
      assertThat(messages.getMsgsOrThrow("si_alice_zoe").getMsgs(0).getSeq()).isZero();
    }
  }

  @Test
  void section4_5UnknownFieldsOfAMessageAreKept() throws Exception {
    ByteString future = ByteString.fromHex("d23e03616263");
    MsgData message = MsgData.parseFrom(message(1).build().toByteString().concat(future));
    try (Client client = connect()) {
      push(message);
      assertThat(Objects.requireNonNull(client.read().data()).toByteArray())
          .containsSequence(future.toByteArray());
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void section4_6TheKickComesLastBehindWhatWasQueued(boolean json, boolean gzip) throws Exception {
    String token = FakeAuth.token(ALICE, Platform.ANDROID, "pushes");
    try (Client client =
        Client.connect(
            gateway.address(), Client.arguments(ALICE, Platform.ANDROID, token, json, gzip))) {
      int many = 50;
      for (int i = 0; i < many; i++) {
        push(message(1).setSeq(i + 1).build());
      }
      Gateways.asService(() ->
          msgGatewayGrpc
              .newBlockingStub(gateways.channel(gateway))
              .kickUserOffline(
                  KickUserOfflineReq.newBuilder()
                      .setPlatformID(Platform.ANDROID.number())
                      .addKickUserIDList(ALICE)
                      .build()));
      for (int i = 0; i < many; i++) {
        assertThat(client.read().reqIdentifier()).isEqualTo(2001);
      }
      assertThat(client.read()).isEqualTo(new ResponseFrame(2002, "", "", 0, "", null));
      assertThat(client.closed()).isEqualTo(POLICY);
    }
  }
}
