package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves the way of a message from client to client, through the sockets of a running system. */
@ExtendWith(SharedSystem.class)
class MessagesE2E {
  private static SystemAddress system;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
  }

  private static TestUser user(String id) {
    return new TestUser(system.login(id, Platform.ANDROID));
  }

  private static String fresh(String name) {
    return name + MessageIds.next().substring(0, 8);
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void aMessageReachesItsReceiverInEveryEncoding(Encoding encoding) {
    LoginOptions login = system.login(fresh("alice"), Platform.IOS).with(encoding);
    try (TestUser alice = new TestUser(login);
        TestUser bob = user(fresh("bob"))) {
      MsgData sent = alice.text(bob.id(), "hello <雁> & co");
      SendMsgResp reply = alice.send(sent);
      assertThat(reply.getClientMsgID()).isEqualTo(sent.getClientMsgID());

      TestUser.Pushed atBob = bob.awaitPush();
      assertThat(atBob.conversationId())
          .isEqualTo(ConversationId.single(alice.id(), bob.id()).value());
      assertThat(atBob.message().getContent()).isEqualTo(sent.getContent());
      assertThat(atBob.message().getSeq()).isEqualTo(1);
      assertThat(atBob.message().getServerMsgID()).isEqualTo(reply.getServerMsgID());
      assertThat(atBob.message().getSendTime()).isEqualTo(reply.getSendTime());

      MsgData back = bob.text(alice.id(), "hello yourself");
      bob.send(back);
      List<String> atAlice =
          List.of(alice.awaitPush(), alice.awaitPush()).stream()
              .map(push -> push.message().getClientMsgID())
              .toList();
      assertThat(atAlice).containsExactly(sent.getClientMsgID(), back.getClientMsgID());
    }
  }

  /** What is only pushed and what is stored do not take each other for resends. */
  @Test
  void aStoredMessageIsStoredThoughAPushedOneHadItsId() {
    try (TestUser alice = user(fresh("alice"));
        TestUser bob = user(fresh("bob"))) {
      String conversation = ConversationId.single(alice.id(), bob.id()).value();
      MsgData stored = alice.text(bob.id(), "keep");
      MsgData pushed = stored.toBuilder().putOptions("history", false).build();
      alice.send(pushed);
      alice.send(stored);
      alice.send(pushed);
      assertThat(bob.awaitPush().message().getSeq()).isZero();
      assertThat(bob.awaitPush().message().getSeq()).isEqualTo(1);
      assertThat(bob.pull(conversation, 1, 10))
          .extracting(MsgData::getClientMsgID)
          .containsExactly(stored.getClientMsgID());
      MsgData next = alice.text(bob.id(), "next");
      alice.send(next);
      alice.send(next.toBuilder().putOptions("history", false).build());
      alice.send(next);
      assertThat(bob.awaitPush().message().getClientMsgID()).isNotEmpty();
      assertThat(bob.pull(conversation, 1, 10)).hasSize(2);
    }
  }

  @Test
  void theSendingConnectionLearnsTheSeqByItsOwnPush() {
    try (TestUser alice = user(fresh("alice"))) {
      String peer = fresh("bob");
      system.login(peer, Platform.WEB);
      MsgData sent = alice.text(peer, "one");
      alice.send(sent);
      MsgData pushed = alice.awaitPush().message();
      assertThat(pushed.getClientMsgID()).isEqualTo(sent.getClientMsgID());
      assertThat(pushed.getSeq()).isEqualTo(1);
    }
  }

  @Test
  void allDevicesOfBothSidesGetThePush() {
    String aliceId = fresh("alice");
    String bobId = fresh("bob");
    try (TestUser phone = new TestUser(system.login(aliceId, Platform.IOS));
        TestUser desk = new TestUser(system.login(aliceId, Platform.WINDOWS));
        TestUser bobPhone = new TestUser(system.login(bobId, Platform.ANDROID));
        TestUser bobWeb =
            new TestUser(system.login(bobId, Platform.WEB).with(Encoding.JSON_GZIP))) {
      MsgData sent = phone.text(bobId, "to all of you");
      phone.send(sent);
      for (TestUser device : List.of(phone, desk, bobPhone, bobWeb)) {
        assertThat(device.awaitPush().message().getClientMsgID()).isEqualTo(sent.getClientMsgID());
      }
    }
  }

  @Test
  void anOfflineReceiverPullsLater() {
    String bobId = fresh("bob");
    LoginOptions bobLogin = system.login(bobId, Platform.ANDROID);
    List<String> sent;
    String conversation;
    try (TestUser alice = user(fresh("alice"))) {
      conversation = ConversationId.single(alice.id(), bobId).value();
      sent =
          IntStream.range(0, 7)
              .mapToObj(i -> alice.send(alice.text(bobId, "n" + i)).getServerMsgID())
              .toList();
      sent.forEach(ignored -> alice.awaitPush());
    }
    try (TestUser bob = new TestUser(bobLogin)) {
      GetMaxSeqResp max =
          bob.request(
              ReqId.GET_MAX_SEQ,
              GetMaxSeqReq.newBuilder().setUserID(bobId).build(),
              GetMaxSeqResp.parser());
      assertThat(max.getMaxSeqsMap()).containsEntry(conversation, 7L);
      assertThat(bob.pull(conversation, 0, 7))
          .extracting(MsgData::getServerMsgID)
          .containsExactlyElementsOf(sent);
      assertThat(bySeqs(bob, conversation, 2L, 5L))
          .extracting(MsgData::getSeq)
          .containsExactly(2L, 5L);
      assertThat(last(bob, conversation).getMsgsOrThrow(conversation).getSeq()).isEqualTo(7);
      var seqs =
          bob.request(
                  ReqId.READ_AND_MAX_SEQ,
                  GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(bobId).build(),
                  GetConversationsHasReadAndMaxSeqResp.parser())
              .getSeqsOrThrow(conversation);
      assertThat(seqs.getMaxSeq()).isEqualTo(7);
      assertThat(seqs.getHasReadSeq()).isZero();
    }
  }

  @Test
  void whoConnectsIsPushedTheNewestMessageItMissedWithoutAsking() {
    LoginOptions bob = system.login(fresh("bob"), Platform.ANDROID);
    try (TestUser alice = user(fresh("alice"))) {
      alice.send(alice.text(bob.userId(), "one"));
      MsgData newest = alice.text(bob.userId(), "two");
      alice.send(newest);
      alice.awaitPush();
      alice.awaitPush();
      try (TestUser back = new TestUser(bob)) {
        TestUser.Pushed pushed = back.awaitPush();
        assertThat(pushed.message().getClientMsgID()).isEqualTo(newest.getClientMsgID());
        assertThat(pushed.message().getSeq()).isEqualTo(2);
      }
    }
  }

  @Test
  void invariant17SendingRaisesTheSendersReadPosition() {
    try (TestUser alice = user(fresh("alice"));
        TestUser bob = user(fresh("bob"))) {
      alice.send(alice.text(bob.id(), "one"));
      bob.awaitPush();
      bob.send(bob.text(alice.id(), "two"));
      bob.awaitPush();
      var seqs =
          bob.request(
                  ReqId.READ_AND_MAX_SEQ,
                  GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(bob.id()).build(),
                  GetConversationsHasReadAndMaxSeqResp.parser())
              .getSeqsOrThrow(ConversationId.single(alice.id(), bob.id()).value());
      assertThat(seqs.getHasReadSeq()).isEqualTo(2);
    }
  }

  private static List<MsgData> bySeqs(TestUser user, String conversation, Long... seqs) {
    return user.request(
            ReqId.PULL_BY_SEQS,
            GetSeqMessageReq.newBuilder()
                .setUserID(user.id())
                .addConversations(
                    ConversationSeqs.newBuilder()
                        .setConversationID(conversation)
                        .addAllSeqs(List.of(seqs)))
                .build(),
            GetSeqMessageResp.parser())
        .getMsgsOrThrow(conversation)
        .getMsgsList();
  }

  private static GetLastMessageResp last(TestUser user, String conversation) {
    return user.request(
        ReqId.LAST_MESSAGE,
        GetLastMessageReq.newBuilder()
            .setUserID(user.id())
            .addConversationIDs(conversation)
            .build(),
        GetLastMessageResp.parser());
  }

  @Test
  void invariant06ResendReturnsTheOriginalIds() {
    String aliceId = fresh("alice");
    try (TestUser alice = user(aliceId);
        TestUser other = new TestUser(system.login(aliceId, Platform.WEB));
        TestUser bob = user(fresh("bob"))) {
      MsgData sent = alice.text(bob.id(), "once");
      List<CompletableFuture<SendMsgResp>> together =
          IntStream.range(0, 8)
              .mapToObj(i -> i % 2 == 0 ? alice : other)
              .map(device -> CompletableFuture.supplyAsync(() -> device.send(sent)))
              .toList();
      SendMsgResp first = together.getFirst().join();
      assertThat(together).extracting(CompletableFuture::join).containsOnly(first);
      assertThat(bob.awaitPush().message().getServerMsgID()).isEqualTo(first.getServerMsgID());
      assertThat(other.send(sent)).isEqualTo(first);

      MsgData next = alice.text(bob.id(), "twice");
      alice.send(next);
      TestUser.Pushed second = bob.awaitPushBesides(sent);
      assertThat(second.message().getClientMsgID()).isEqualTo(next.getClientMsgID());
      assertThat(second.message().getSeq()).isEqualTo(2);
      assertThat(bob.pull(second.conversationId(), 1, 10)).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1201, 1400, 2101, 2200, 5000})
  void invariant15ClientsCannotSendSystemContent(int contentType) {
    try (TestUser alice = user(fresh("alice"));
        TestUser bob = user(fresh("bob"))) {
      MsgData forged = alice.text(bob.id(), "x").toBuilder().setContentType(contentType).build();
      assertThatThrownBy(() -> alice.send(forged))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.ARGS.code()));
      MsgData honest = alice.text(bob.id(), "y");
      alice.send(honest);
      assertThat(bob.awaitPush().message().getClientMsgID()).isEqualTo(honest.getClientMsgID());
    }
  }

  @Test
  void nobodySendsInAnothersName() {
    try (TestUser alice = user(fresh("alice"));
        TestUser bob = user(fresh("bob"))) {
      MsgData forged = alice.text(bob.id(), "x").toBuilder().setSendID(bob.id()).build();
      assertThatThrownBy(() -> alice.send(forged))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.NO_PERMISSION.code()));
    }
  }

  @Test
  void invariant14OnlyParticipantsRead() {
    try (TestUser alice = user(fresh("alice"));
        TestUser bob = user(fresh("bob"));
        TestUser eve = user(fresh("eve"))) {
      alice.send(alice.text(bob.id(), "secret"));
      String conversation = bob.awaitPush().conversationId();
      assertThat(eve.pull(conversation, 1, 10)).isEmpty();
      assertThat(eve.pull(new ConversationId(conversation).notificationTwin().value(), 1, 10))
          .isEmpty();
      assertThat(last(eve, conversation).getMsgsMap()).isEmpty();
      assertThatThrownBy(() -> bySeqs(eve, conversation, 1L))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.NO_PERMISSION.code()));
      var asBob = GetMaxSeqReq.newBuilder().setUserID(bob.id()).build();
      assertThatThrownBy(() -> eve.request(ReqId.GET_MAX_SEQ, asBob, GetMaxSeqResp.parser()))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.NO_PERMISSION.code()));
    }
  }
}
