package im.hongyan.gatewayws.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.PushStream;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.delivery.PushResult;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.proto.sdkws.SetAppBackgroundStatusReq;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.proto.sdkws.SubUserOnlineStatusElem;
import im.hongyan.proto.sdkws.SubUserOnlineStatusTips;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves websocket.md 4.2 row by row: which payload goes to which service, and what comes back. */
class Section4TableIT {
  private static final String ALICE = "alice";
  private static final int NORMAL = 1000;
  private static final MsgData MESSAGE =
      MsgData.newBuilder()
          .setSendID(ALICE)
          .setRecvID("bob")
          .setClientMsgID("c1")
          .setContent(ByteString.copyFromUtf8("{}"))
          .putOptions("history", true)
          .setSeq(3)
          .build();
  private static final PullMsgs PULLED =
      PullMsgs.newBuilder().addMsgs(MESSAGE).setIsEnd(true).setEndSeq(3).build();

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

  @BeforeEach
  void reset() {
    gateways.msg().asked().clear();
    gateways.push().deleted().clear();
  }

  private static Client connect(Platform platform) throws IOException {
    return Client.connect(
        gateway.address(), ALICE, platform, FakeAuth.token(ALICE, platform, "table"));
  }

  private static void assertRow(int id, MessageLite request, MessageLite response)
      throws Exception {
    try (Client client = connect(Platform.ANDROID)) {
      RequestFrame sent = client.send(id, request);
      assertThat(client.read())
          .isEqualTo(
              new ResponseFrame(
                  id, sent.msgIncr(), sent.operationID(), 0, "", response.toByteString()));
      assertThat(gateways.msg().asked()).containsExactly(request);
    }
  }

  @Test
  void section4_2_1001AsksForTheMaxSeqs() throws Exception {
    GetMaxSeqResp response = GetMaxSeqResp.newBuilder().putMaxSeqs("n_alice_alice", 5).build();
    gateways.msg().onMaxSeq(request -> response);
    assertRow(1001, GetMaxSeqReq.newBuilder().setUserID(ALICE).build(), response);
  }

  @Test
  void section4_2_1002PullsRanges() throws Exception {
    PullMessageBySeqsResp response =
        PullMessageBySeqsResp.newBuilder()
            .putMsgs("si_alice_bob", PULLED)
            .putNotificationMsgs("n_alice_bob", PULLED)
            .build();
    gateways.msg().onPull(request -> response);
    assertRow(
        1002,
        PullMessageBySeqsReq.newBuilder()
            .setUserID(ALICE)
            .addSeqRanges(
                SeqRange.newBuilder()
                    .setConversationID("si_alice_bob")
                    .setBegin(1)
                    .setEnd(9)
                    .setNum(1))
            .setOrder(PullOrder.PullOrderDesc)
            .build(),
        response);
  }

  @Test
  void section4_2_1003PassesTheBareMessageAsItCame() throws Exception {
    SendMsgResp response =
        SendMsgResp.newBuilder()
            .setServerMsgID("s1")
            .setClientMsgID("c1")
            .setSendTime(1_700_000_000_123L)
            .setModify(MESSAGE)
            .build();
    gateways
        .msg()
        .onSend(request -> SendOutcome.newBuilder().setResponse(response.toByteString()).build());
    // A field that this version does not know, which must not be lost.
    ByteString message = MESSAGE.toByteString().concat(ByteString.fromHex("d23e03616263"));
    try (Client client = connect(Platform.ANDROID)) {
      client.send(client.request(1003, message));
      ResponseFrame answer = client.read();
      assertThat(answer.errCode()).isZero();
      assertThat(answer.data()).isEqualTo(response.toByteString());
      assertThat(gateways.msg().asked())
          .singleElement()
          .satisfies(sent -> assertThat(((SendRequest) sent).getMessage()).isEqualTo(message));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0a0161", "ffff"})
  void section4_2_1004IsAlwaysAnswered1001(String payload) throws Exception {
    try (Client client = connect(Platform.ANDROID)) {
      client.send(client.request(1004, ByteString.fromHex(payload)));
      ResponseFrame answer = client.read();
      assertThat(answer.reqIdentifier()).isEqualTo(1004);
      assertThat(answer.errCode()).isEqualTo(1001);
      assertThat(answer.errMsg()).isEqualTo("ArgsError");
      assertThat(gateways.msg().asked()).isEmpty();
    }
  }

  @Test
  void section4_2_1005PullsSeqs() throws Exception {
    GetSeqMessageResp response =
        GetSeqMessageResp.newBuilder()
            .putMsgs("si_alice_bob", PULLED)
            .putNotificationMsgs("n_alice_bob", PullMsgs.getDefaultInstance())
            .build();
    gateways.msg().onSeqs(request -> response);
    assertRow(
        1005,
        GetSeqMessageReq.newBuilder()
            .setUserID(ALICE)
            .addConversations(
                ConversationSeqs.newBuilder()
                    .setConversationID("si_alice_bob")
                    .addAllSeqs(List.of(3L, 1L)))
            .setOrder(PullOrder.PullOrderDesc)
            .build(),
        response);
  }

  @Test
  void section4_2_1006AsksForTheReadSeqs() throws Exception {
    GetConversationsHasReadAndMaxSeqResp response =
        GetConversationsHasReadAndMaxSeqResp.newBuilder()
            .putSeqs(
                "si_alice_bob",
                Seqs.newBuilder().setMaxSeq(9).setHasReadSeq(3).setMaxSeqTime(17).build())
            .addPinnedConversationIDs("si_alice_bob")
            .build();
    gateways.msg().onReadSeqs(request -> response);
    assertRow(
        1006,
        GetConversationsHasReadAndMaxSeqReq.newBuilder()
            .setUserID(ALICE)
            .addConversationIDs("si_alice_bob")
            .setReturnPinned(true)
            .build(),
        response);
  }

  @Test
  void section4_2_1007PullsLastMessages() throws Exception {
    GetLastMessageResp response =
        GetLastMessageResp.newBuilder().putMsgs("si_alice_bob", MESSAGE).build();
    gateways.msg().onLast(request -> response);
    assertRow(
        1007,
        GetLastMessageReq.newBuilder().setUserID(ALICE).addConversationIDs("si_alice_bob").build(),
        response);
  }

  private static DelUserPushTokenReq logout(String user, Platform platform) {
    return DelUserPushTokenReq.newBuilder()
        .setUserID(user)
        .setPlatformID(platform.number())
        .build();
  }

  @ParameterizedTest
  @EnumSource(
      value = Platform.class,
      names = {"IOS", "ANDROID", "WEB", "IPAD", "ADMIN", "HARMONY_OS", "BOT"})
  void section4_4_2003DeletesThePushTokenAnswersAndCloses(Platform platform) throws Exception {
    try (Client client = connect(platform)) {
      DelUserPushTokenReq request = logout(ALICE, platform);
      ResponseFrame answer = client.ask(2003, request);
      assertThat(answer.reqIdentifier()).isEqualTo(2003);
      assertThat(answer.errCode()).isZero();
      assertThat(gateways.push().deleted()).containsExactly(request);
      assertThat(client.closed()).isEqualTo(NORMAL);
    }
  }

  @Test
  void section4_4_2003OfAnotherUserIsRefusedAndClosesAllTheSame() throws Exception {
    try (Client client = connect(Platform.ANDROID)) {
      ResponseFrame answer = client.ask(2003, logout("bob", Platform.ANDROID));
      assertThat(answer.errCode()).isEqualTo(1002);
      assertThat(answer.errMsg()).isEqualTo("NoPermissionError");
      assertThat(client.closed()).isEqualTo(NORMAL);
      assertThat(gateways.push().deleted()).isEmpty();
    }
  }

  @Test
  void section4_4_2003ClosesAlsoWhenPushServiceIsDown() throws Exception {
    try (Client client = connect(Platform.ANDROID)) {
      gateways.withdraw(ServiceName.PUSH);
      try {
        assertThat(client.ask(2003, logout(ALICE, Platform.ANDROID)).errCode()).isEqualTo(500);
        assertThat(client.closed()).isEqualTo(NORMAL);
      } finally {
        gateways.restore(ServiceName.PUSH);
      }
    }
  }

  @Test
  void section4_4_2003LeavesTheTokenAsItIs() throws Exception {
    try (Client client = connect(Platform.ANDROID)) {
      client.ask(2003, logout(ALICE, Platform.ANDROID));
      assertThat(client.closed()).isEqualTo(NORMAL);
    }
    connect(Platform.ANDROID).close();
  }

  /** Whether a push reaches this user's phone, which it does not in the background on iOS. */
  private static boolean reached() throws InterruptedException {
    try (PushStream stream = new PushStream(gateways.channel(gateway))) {
      PushResult result =
          stream
              .deliver(
                  PushStream.push(1, 1, "si_alice_bob", MESSAGE, List.of(ALICE)).toBuilder()
                      .setAgain(true)
                      .build())
              .getResults(0);
      return result.getReachedCount() > 0;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ALICE, "bob"})
  void section4_4_2004NotesTheBackgroundOfTheConnectionWhateverTheUser(String user)
      throws Exception {
    try (Client client = connect(Platform.IOS)) {
      assertThat(reached()).isTrue();
      assertThat(client.read().reqIdentifier()).isEqualTo(2001);
      for (boolean background : new boolean[] {true, false}) {
        RequestFrame request =
            client.send(
                2004,
                SetAppBackgroundStatusReq.newBuilder()
                    .setUserID(user)
                    .setIsBackground(background)
                    .build());
        assertThat(client.read())
            .isEqualTo(
                new ResponseFrame(2004, request.msgIncr(), request.operationID(), 0, "", null));
        assertThat(reached()).isNotEqualTo(background);
      }
      assertThat(client.read().reqIdentifier()).isEqualTo(2001);
    }
  }

  @Test
  void section10_3_19TheBackgroundOfTheHandshakeIsHonoured() throws Exception {
    Map<String, String> query =
        Client.arguments(ALICE, Platform.IOS, FakeAuth.token(ALICE, Platform.IOS, "table"));
    query.put("isBackground", "true");
    try (Client client = Client.connect(gateway.address(), query)) {
      assertThat(reached()).isFalse();
      client.ask(2004, SetAppBackgroundStatusReq.getDefaultInstance());
      assertThat(reached()).isTrue();
      assertThat(client.read().reqIdentifier()).isEqualTo(2001);
    }
  }

  @Test
  void section4_4_2005AnswersOneElementForEachInTheOrderAsked() throws Exception {
    try (Client client = connect(Platform.ANDROID);
        Client other = connect(Platform.WEB)) {
      ResponseFrame answer =
          client.ask(
              2005,
              SubUserOnlineStatus.newBuilder()
                  .addAllSubscribeUserID(List.of("nobody", ALICE, "another"))
                  .addUnsubscribeUserID(ALICE)
                  .build());
      assertThat(SubUserOnlineStatusTips.parseFrom(answer.data()).getSubscribersList())
          .containsExactly(
              element("nobody"),
              element(ALICE, Platform.ANDROID, Platform.WEB),
              element("another"));
      other.socket().close();
      ResponseFrame push = client.read();
      assertThat(push.reqIdentifier()).isEqualTo(2005);
      assertThat(push.msgIncr()).isEmpty();
      assertThat(push.operationID()).isEmpty();
      assertThat(SubUserOnlineStatusTips.parseFrom(push.data()).getSubscribersList())
          .as("in both lists is subscribed")
          .containsExactly(element(ALICE, Platform.ANDROID));
    }
  }

  private static SubUserOnlineStatusElem element(String user, Platform... platforms) {
    SubUserOnlineStatusElem.Builder element = SubUserOnlineStatusElem.newBuilder().setUserID(user);
    for (Platform platform : platforms) {
      element.addOnlinePlatformIDs(platform.number());
    }
    return element.build();
  }

  @Test
  void section4_4_2005OfUnsubscriptionsOnlyIsAnsweredEmpty() throws Exception {
    try (Client client = connect(Platform.ANDROID)) {
      ResponseFrame answer =
          client.ask(2005, SubUserOnlineStatus.newBuilder().addUnsubscribeUserID("bob").build());
      assertThat(answer.errCode()).isZero();
      assertThat(answer.data()).isNull();
    }
  }
}
