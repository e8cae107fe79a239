package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.proto.msg.DeleteMsgPhysicalBySeqReq;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.msg.UserClearAllMsgReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves what becomes of messages that are read, taken back, deleted and cleared: at once, after
 * the writers have it, and after Redis has lost it.
 */
class MutationsE2E {
  private static OwnSystem running;
  private static SystemAddress system;

  @BeforeAll
  static void start() {
    running = OwnSystem.start();
    system = running.address();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static LoginOptions login(String name) {
    return ChatPair.login(system, name);
  }

  private static void refused(int code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static String text(MsgData message) {
    return message.getContent().toStringUtf8();
  }

  @Test
  void aRevokedMessageIsShownSoEverywhereAndBothSidesAreNotified() {
    try (ChatPair pair = ChatPair.talking(running, 3)) {
      pair.revoke(pair.alice(), 2);
      for (TestUser side : List.of(pair.alice(), pair.bob())) {
        TestUser.Pushed pushed = side.awaitPush();
        assertThat(pushed.conversationId()).isEqualTo(pair.twin());
        assertThat(pushed.message().getContentType()).isEqualTo(2101);
        assertThat(pushed.message().getSeq()).isEqualTo(1);
        assertThat(text(pushed.message()))
            .contains("\\\"revokerUserID\\\":\\\"" + pair.alice().id() + "\\\"")
            .contains("\\\"seq\\\":2", "\\\"sesstionType\\\":1", "\\\"isAdminRevoke\\\":false");
      }
      pair.always(() -> {
        List<MsgData> all = pair.pull(pair.bob());
        assertThat(all).extracting(MsgData::getContentType).containsExactly(101, 2101, 101);
        assertThat(text(all.get(1)))
            .startsWith("{\"detail\":\"{\\\"revokerID\\\":\\\"" + pair.alice().id())
            .contains("\\\"sourceMessageSendID\\\":\\\"" + pair.alice().id(), "\\\"seq\\\":2,");
        assertThat(all.get(1).getClientMsgID()).isNotEmpty();
        assertThat(pair.bob().pull(pair.twin(), 1, 10))
            .as("invariant 20: sent to who is away, too")
            .extracting(MsgData::getContentType)
            .containsExactly(2101);
      });
      refused(1404, () -> pair.revoke(pair.alice(), 2));
      refused(1002, () -> pair.revoke(pair.bob(), 1));
      refused(1004, () -> pair.revoke(pair.alice(), 4));
      refused(1001, () -> pair.revoke(pair.alice(), 0));
    }
  }

  /** The history writer waits for the row of its position, so that nothing gets into MySQL. */
  @Test
  void invariant19ARevokeBeforeTheWritersAreThereSurvives() {
    try (ChatPair pair = ChatPair.talking(running, 0)) {
      try (Handle handle = running.stores().mysql().jdbi().open()) {
        handle.begin();
        handle.execute("SELECT log_offset FROM sequence_position FOR UPDATE");
        pair.alice().send(pair.alice().text(pair.bob().id(), "early"));
        pair.alice().send(pair.alice().text(pair.bob().id(), "late"));
        pair.bob().awaitPush();
        pair.bob().awaitPush();
        pair.revoke(pair.alice(), 1);
        mark(pair.bob(), pair.conversation(), 2);
        assertThat(marks(pair.conversation())).as("MySQL has nothing yet").isZero();
        look(pair);
        handle.rollback();
      }
      pair.always(() -> look(pair));
      assertThat(marks(pair.conversation())).isEqualTo(2);
    }
  }

  private static void look(ChatPair pair) {
    List<MsgData> all = pair.pull(pair.alice());
    assertThat(all).extracting(MsgData::getContentType).containsExactly(2101, 101);
    assertThat(all).extracting(MsgData::getIsRead).containsExactly(false, true);
  }

  private static int marks(String conversation) {
    return running
        .stores()
        .mysql()
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM message_mark WHERE conversation_id = ?")
                .bind(0, MySql.id(conversation))
                .mapTo(Integer.class)
                .one());
  }

  private static void mark(TestUser reader, String conversation, long... seqs) {
    running.call(
        reader.id(),
        msgGrpc.getMarkMsgsAsReadMethod(),
        MarkMsgsAsReadReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(reader.id())
            .addAllSeqs(LongStream.of(seqs).boxed().toList())
            .build());
  }

  @Test
  void readMessagesAreMarkedAndTheirSenderIsNotified() {
    try (ChatPair pair = ChatPair.talking(running, 4)) {
      mark(pair.bob(), pair.conversation(), 1, 3);
      TestUser.Pushed receipt = pair.alice().awaitPush();
      assertThat(receipt.conversationId()).isEqualTo(pair.twin());
      assertThat(receipt.message().getContentType()).isEqualTo(2200);
      assertThat(text(receipt.message()))
          .contains("\\\"seqs\\\":[1,3]", "\\\"hasReadSeq\\\":3", pair.bob().id());
      pair.always(() -> {
        assertThat(pair.pull(pair.alice()))
            .extracting(MsgData::getIsRead)
            .containsExactly(true, false, true, false);
        assertThat(pair.seqs(pair.bob()).getHasReadSeq()).isEqualTo(3);
      });
      refused(1001, () -> mark(pair.bob(), pair.conversation(), 5));
      refused(1001, () -> mark(pair.bob(), pair.conversation(), 0));
      refused(1001, () -> mark(pair.bob(), pair.conversation()));
      refused(1004, () -> mark(pair.bob(), "si_no_body", 1));
    }
  }

  @Test
  void invariant16AReadPositionOnlyRisesAndNeverAboveTheNewest() {
    try (ChatPair pair = ChatPair.talking(running, 3)) {
      markAll(pair.bob(), pair.conversation(), 99);
      assertThat(text(pair.alice().awaitPush().message()))
          .contains("\\\"seqs\\\":[1,2,3]", "\\\"hasReadSeq\\\":3");
      markAll(pair.bob(), pair.conversation(), 1);
      mark(pair.bob(), pair.conversation(), 2);
      pair.always(() -> {
        assertThat(pair.seqs(pair.bob()).getHasReadSeq()).isEqualTo(3);
        assertThat(pair.pull(pair.alice())).allMatch(MsgData::getIsRead);
      });
    }
  }

  private static void markAll(TestUser reader, String conversation, long upTo) {
    running.call(
        reader.id(),
        msgGrpc.getMarkConversationAsReadMethod(),
        MarkConversationAsReadReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(reader.id())
            .setHasReadSeq(upTo)
            .build());
  }

  @Test
  void theRouteOfReadPositionsNotifiesTheUsersOtherDevices() {
    try (ChatPair pair = ChatPair.talking(running, 3);
        RestClient rest = new RestClient(system.api())) {
      LoginOptions desk = system.login(pair.bob().id(), Platform.WINDOWS);
      assertThat(setRead(rest, desk, pair, 2)).isEmpty();
      TestUser.Pushed pushed = pair.bob().awaitPush();
      assertThat(pushed.conversationId())
          .isEqualTo(ConversationId.selfNotification(pair.bob().id()).value());
      assertThat(pushed.message().getSeq()).isZero();
      assertThat(text(pushed.message())).contains("\\\"hasReadSeq\\\":2", "\\\"seqs\\\":null");
      assertThat(pair.seqs(pair.bob()).getHasReadSeq()).isEqualTo(2);
      assertThat(setRead(rest, desk, pair, 4)).contains(1001);
      assertThat(setRead(rest, desk, pair, 0)).contains(1001);
      assertThat(setRead(rest, login("eve"), pair, 1)).contains(1002);
      assertThat(pair.alice().waitingPushes()).isZero();
    }
  }

  private static java.util.Optional<Integer> setRead(
      RestClient rest, LoginOptions caller, ChatPair pair, long seq) {
    try {
      rest.call(
          "/msg/set_conversation_has_read_seq",
          caller.token(),
          SetConversationHasReadSeqReq.newBuilder()
              .setConversationID(pair.conversation())
              .setUserID(pair.bob().id())
              .setHasReadSeq(seq)
              .build(),
          SetConversationHasReadSeqResp.getDefaultInstance());
      return java.util.Optional.empty();
    } catch (ImException refused) {
      return java.util.Optional.of(refused.code());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aMessageThatAUserDeletedIsGoneForThatUserAlone() {
    try (ChatPair pair = ChatPair.talking(running, 3)) {
      pair.delete(pair.bob(), false, false, 1L, 3L);
      pair.always(() -> {
        List<MsgData> atBob = pair.pull(pair.bob());
        assertThat(atBob).extracting(MsgData::getStatus).containsExactly(4, 2, 4);
        assertThat(atBob.get(0).getContent().isEmpty()).isTrue();
        assertThat(atBob.get(0).getClientMsgID()).isNotEmpty();
        assertThat(pair.last(pair.bob()).getMsgsOrThrow(pair.conversation()).getSeq()).isEqualTo(2);
        assertThat(pair.pull(pair.alice())).extracting(MsgData::getStatus).containsOnly(2);
      });
      assertThat(pair.alice().waitingPushes()).isZero();
      pair.delete(pair.bob(), true, false, 2L);
      TestUser.Pushed pushed = pair.bob().awaitPush();
      assertThat(pushed.conversationId())
          .isEqualTo(ConversationId.selfNotification(pair.bob().id()).value());
      assertThat(pushed.message().getContentType()).isEqualTo(2102);
      assertThat(pushed.message().getSeq()).isPositive();
      refused(1001, () -> pair.delete(pair.bob(), false, false, 4L));
    }
  }

  @Test
  void invariant10APlaceholderCarriesTheTimeOfTheNearestOlderMessage() {
    try (ChatPair pair = ChatPair.talking(running, 5)) {
      List<MsgData> before = pair.pull(pair.bob());
      pair.delete(pair.alice(), false, true, 1L, 3L, 4L);
      assertThat(pair.bob().awaitPush().message().getContentType()).isEqualTo(2102);
      long second = before.get(1).getSendTime();
      pair.always(() -> {
        assertThat(pair.pull(pair.bob()))
            .containsExactly(
                placeholder(1, 0),
                before.get(1),
                placeholder(3, second),
                placeholder(4, second),
                before.get(4));
        assertThat(pair.bySeqs(pair.alice(), 4).getMsgsOrThrow(pair.conversation()).getMsgsList())
            .containsExactly(placeholder(4, second));
      });
      refused(1002, () -> pair.delete(pair.bob(), false, true, 2L));
      refused(1004, () -> pair.revoke(pair.alice(), 3));
    }
  }

  private static MsgData placeholder(long seq, long sendTime) {
    return MsgData.newBuilder().setSeq(seq).setStatus(4).setSendTime(sendTime).build();
  }

  @Test
  void whatWasDeletedForEverybodyIsInNoStoreAndItsResendGetsTheOldIds() {
    try (ChatPair pair = ChatPair.talking(running, 1)) {
      MsgData secret = pair.alice().text(pair.bob().id(), "the secret");
      var sent = pair.alice().send(secret);
      pair.bob().awaitPush();
      pair.awaitHistory();
      running.call(
          SystemAddress.ADMIN,
          msgGrpc.getDeleteMsgPhysicalBySeqMethod(),
          DeleteMsgPhysicalBySeqReq.newBuilder()
              .setConversationID(pair.conversation())
              .addAllSeqs(List.of(2L, 0L, 77L))
              .build());
      pair.awaitHistory();
      HistoryStore history = new MySqlHistoryStore(running.stores().mysql());
      List<byte[]> left = new ArrayList<>(history.find(pair.conversation(), List.of(2L)).values());
      Redis.await(running.stores().redis().commands().keys("*:m:" + pair.conversation()))
          .forEach(key -> left.addAll(Redis.await(running.stores().redis().commands().hvals(key))));
      assertThat(left).hasSizeGreaterThan(1);
      assertThat(left)
          .noneMatch(body ->
              new String(body, java.nio.charset.StandardCharsets.UTF_8).contains("the secret"));
      var inbox = new im.hongyan.messagelog.mongo.MongoInboxStore(running.stores().mongo());
      eventually(
          () -> assertThat(inbox.find(pair.conversation(), List.of(1L, 2L))).containsOnlyKeys(1L));
      assertThat(pair.alice().send(secret)).isEqualTo(sent);
      assertThat(pair.last(pair.bob()).getMsgsOrThrow(pair.conversation()).getSeq()).isEqualTo(1);
    }
  }

  @Test
  void invariant13AClearedChatBeginsBehindWhatWasClearedInEveryReadCall() {
    try (ChatPair pair = ChatPair.talking(running, 3)) {
      pair.clear(pair.bob(), false);
      assertThat(pair.bob().awaitPush().message().getContentType()).isEqualTo(1300);
      pair.always(() -> {
        assertThat(pair.pull(pair.bob())).isEmpty();
        assertThat(pair.bySeqs(pair.bob(), 1, 2, 3).getMsgsOrThrow(pair.conversation()))
            .matches(answer -> answer.getMsgsCount() == 0);
        assertThat(pair.last(pair.bob()).getMsgsMap()).isEmpty();
        assertThat(pair.seqs(pair.bob()).getHasReadSeq()).isEqualTo(3);
        assertThat(pair.pull(pair.alice())).hasSize(3);
      });
      pair.alice().send(pair.alice().text(pair.bob().id(), "after"));
      pair.bob().awaitPush();
      assertThat(pair.pull(pair.bob())).extracting(MsgData::getSeq).containsExactly(4L);

      pair.clear(pair.alice(), true);
      assertThat(pair.bob().awaitPush().message().getContentType()).isEqualTo(1703);
      pair.always(() -> {
        assertThat(pair.pull(pair.alice())).isEmpty();
        assertThat(pair.pull(pair.bob())).isEmpty();
        assertThat(pair.seqs(pair.bob()).getHasReadSeq()).as("Bob has not read it").isEqualTo(3);
      });
    }
  }

  @Test
  void allChatsOfAUserAreClearedAtOnce() {
    try (ChatPair pair = ChatPair.talking(running, 2);
        TestUser carl = new TestUser(login("carl"))) {
      carl.send(carl.text(pair.bob().id(), "me too"));
      pair.bob().awaitPush();
      running.call(
          pair.bob().id(),
          msgGrpc.getUserClearAllMsgMethod(),
          UserClearAllMsgReq.newBuilder()
              .setUserID(pair.bob().id())
              .setDeleteSyncOpt(DeleteSyncOpt.newBuilder().setIsSyncSelf(true))
              .build());
      assertThat(List.of(pair.bob().awaitPush(), pair.bob().awaitPush(), pair.bob().awaitPush()))
          .extracting(push -> push.message().getContentType())
          .containsExactlyInAnyOrder(1300, 1300, 1703);
      assertThat(pair.pull(pair.bob())).isEmpty();
      String other = ConversationId.single(carl.id(), pair.bob().id()).value();
      assertThat(pair.bob().pull(other, 1, 9)).isEmpty();
      assertThat(carl.pull(other, 1, 9)).hasSize(1);
    }
  }

  @Test
  void invariant14OnlyParticipantsDeleteClearMarkOrRevoke() {
    try (ChatPair pair = ChatPair.talking(running, 2);
        TestUser eve = new TestUser(login("eve"))) {
      refused(1004, () -> pair.revoke(eve, 1));
      refused(1004, () -> pair.delete(eve, false, false, 1L));
      refused(1004, () -> pair.delete(eve, false, true, 1L));
      refused(1004, () -> mark(eve, pair.conversation(), 1));
      pair.clear(eve, true);
      refused(
          1002,
          () ->
              running.call(
                  eve.id(),
                  msgGrpc.getRevokeMsgMethod(),
                  RevokeMsgReq.newBuilder()
                      .setConversationID(pair.conversation())
                      .setSeq(1)
                      .setUserID(pair.alice().id())
                      .build()));
      refused(
          1002,
          () ->
              running.call(
                  pair.alice().id(),
                  msgGrpc.getDeleteMsgPhysicalBySeqMethod(),
                  DeleteMsgPhysicalBySeqReq.newBuilder()
                      .setConversationID(pair.conversation())
                      .addSeqs(1)
                      .build()));
      assertThat(pair.pull(pair.bob())).extracting(MsgData::getStatus).containsExactly(2, 2);
    }
  }
}
