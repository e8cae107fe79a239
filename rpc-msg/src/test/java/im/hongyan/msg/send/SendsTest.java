package im.hongyan.msg.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Proves the checks of single chats, what is sent where, and what a resend gets. */
class SendsTest {
  static void refused(int code, ThrowingCallable send) {
    assertThatThrownBy(send)
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void theReplyCarriesTheIdsOfEveryCopy() throws Exception {
    try (SendFixture sends = SendFixture.plain()) {
      SendMsgResp reply = sends.send(SendFixture.text("alice", "bob").setSendTime(17));
      InboundRecord record = sends.lane.last();
      assertThat(record.getCopiesList())
          .extracting(Copy::getConversationId)
          .containsExactly("si_alice_bob");
      MsgData copy = MsgData.parseFrom(record.getCopies(0).getMessage());
      assertThat(copy.getServerMsgID()).isEqualTo(reply.getServerMsgID()).hasSize(32);
      assertThat(copy.getSendTime()).isEqualTo(reply.getSendTime()).isEqualTo(SendFixture.NOW);
      assertThat(copy.getStatus()).isEqualTo(2);
      assertThat(record.getRecipientsList()).containsExactly("bob", "alice");
      assertThat(record.getRecipientGroupId()).isEmpty();
      assertThat(sends.relation.rowsMade).containsExactly("si_alice_bob");
      assertThat(reply.hasModify()).isFalse();
      assertThat(sends.counted("single_chat_msg_process_success")).isEqualTo(1);
    }
  }

  private static MsgData.Builder forged(MsgData.Builder message) {
    return message
        .setStatus(4)
        .setMsgFrom(200)
        .setIsRead(true)
        .setSeq(9)
        .setSenderPlatformID(99)
        .setCreateTime(1L << 62)
        .setSendTime(17)
        .setServerMsgID("mine")
        .setSenderNickname("the boss")
        .setSenderFaceURL("http://boss")
        .putOptions("isNotNotification", false)
        .putOptions("isSendMsg", false)
        .putOptions("unreadCount", false);
  }

  /** messaging.md 1.1: readers get what the server knows, whatever the client wrote. */
  @Test
  void serversFieldsAreTheServersWhateverAUserWrites() throws Exception {
    try (SendFixture sends = SendFixture.plain()) {
      SendMsgResp reply =
          sends.send(forged(SendFixture.text("alice", "bob")).setGroupID("elsewhere"));
      InboundRecord record = sends.lane.last();
      assertThat(record.getCopiesList())
          .extracting(Copy::getConversationId)
          .containsExactly("si_alice_bob");
      MsgData copy = MsgData.parseFrom(record.getCopies(0).getMessage());
      assertThat(copy)
          .returns(2, MsgData::getStatus)
          .returns(100, MsgData::getMsgFrom)
          .returns(false, MsgData::getIsRead)
          .returns(0L, MsgData::getSeq)
          .returns(0, MsgData::getSenderPlatformID)
          .returns(SendFixture.NOW, MsgData::getCreateTime)
          .returns(SendFixture.NOW, MsgData::getSendTime)
          .returns(reply.getServerMsgID(), MsgData::getServerMsgID)
          .returns("nick alice", MsgData::getSenderNickname)
          .returns("", MsgData::getSenderFaceURL)
          .returns("", MsgData::getGroupID)
          .returns(Map.of("unreadCount", false), MsgData::getOptionsMap);
      for (int status : List.of(0, 1, 3, 5, 99, -1)) {
        sends.send(SendFixture.text("alice", "bob").setStatus(status));
        assertThat(MsgData.parseFrom(sends.lane.last().getCopies(0).getMessage()).getStatus())
            .isEqualTo(2);
      }
      for (long off : List.of(-86_400_001L, 86_400_001L, -SendFixture.NOW, Long.MIN_VALUE)) {
        sends.send(SendFixture.text("alice", "bob").setCreateTime(SendFixture.NOW + off));
        assertThat(MsgData.parseFrom(sends.lane.last().getCopies(0).getMessage()).getCreateTime())
            .isEqualTo(SendFixture.NOW);
      }
      long slow = SendFixture.NOW - 86_400_000;
      sends.send(SendFixture.text("alice", "bob").setCreateTime(slow));
      assertThat(MsgData.parseFrom(sends.lane.last().getCopies(0).getMessage()).getCreateTime())
          .isEqualTo(slow);
    }
  }

  @Test
  void serversFieldsOfAGroupMessageAreTheServersToo() throws Exception {
    try (SendFixture sends = SendFixture.plain()) {
      sends.group("g", 0, SendFixture.member("alice", 20, 0));
      sends.send(forged(SendFixture.groupText("alice", "g")).setRecvID("bob"));
      InboundRecord record = sends.lane.last();
      assertThat(record.getCopiesList())
          .extracting(Copy::getConversationId)
          .containsExactly("sg_g");
      assertThat(MsgData.parseFrom(record.getCopies(0).getMessage()))
          .returns("nick alice", MsgData::getSenderNickname)
          .returns(100, MsgData::getMsgFrom)
          .returns("", MsgData::getRecvID);
    }
  }

  @Test
  void aReceiverMustExistWhateverTheOptionsSay() {
    try (SendFixture sends = SendFixture.plain()) {
      refused(1004, () -> sends.send(forged(SendFixture.text("alice", "nobody"))));
      UserInfo.Builder bob = UserInfo.newBuilder().setUserID("bob");
      sends.relation.users.put("bob", bob.setGlobalRecvMsgOpt(1).build());
      refused(1001, () -> sends.send(forged(SendFixture.text("alice", "bob"))));
      assertThat(sends.lane.taken()).isEmpty();
      assertThat(sends.relation.rowsMade).isEmpty();
    }
  }

  @Test
  void aMessageThatIsNotStoredTakesNoOtherOnesKey() {
    try (SendFixture sends = SendFixture.plain()) {
      MsgData.Builder stored = SendFixture.text("alice", "bob");
      MsgData.Builder pushed = stored.clone().putOptions("history", false);
      sends.send(pushed);
      sends.send(stored);
      assertThat(sends.lane.taken())
          .extracting(record -> record.getCopies(0).getStored())
          .containsExactly(false, true);
      sends.send(stored);
      sends.send(pushed);
      assertThat(sends.lane.taken()).hasSize(2);
    }
  }

  @Test
  void aBlockedSenderIsRefusedAndNothingIsTaken() {
    try (SendFixture sends = SendFixture.plain()) {
      sends.relation.block("bob", "alice");
      refused(1302, () -> sends.send(SendFixture.text("alice", "bob")));
      sends.send(SendFixture.text("bob", "alice"));
      assertThat(sends.lane.taken()).hasSize(1);
      assertThat(sends.counted("single_chat_msg_process_failed")).isEqualTo(1);
    }
  }

  @Test
  void onlyFriendsMaySendWhereTheSettingSaysSo() {
    try (SendFixture sends = new SendFixture(false, Map.of("msg.friendVerify", "true"))) {
      sends.relation.befriend("alice", "bob");
      refused(1303, () -> sends.send(SendFixture.text("alice", "bob")));
      sends.relation.befriend("bob", "alice");
      sends.send(SendFixture.text("alice", "bob"));
      assertThat(sends.lane.taken()).hasSize(1);
    }
  }

  @Test
  void systemAccountsPassBlacklistsAndFriendships() {
    try (SendFixture sends = new SendFixture(false, Map.of("msg.friendVerify", "true"))) {
      sends.relation.users.put(
          "alice", UserInfo.newBuilder().setUserID("alice").setAppMangerLevel(2).build());
      sends.relation.block("bob", "alice");
      sends.send(SendFixture.text("alice", "bob"));
      assertThat(sends.lane.taken()).hasSize(1);
    }
  }

  @Test
  void whatTheReceiverDoesNotTakeIsRefusedOrKeptQuiet() throws Exception {
    try (SendFixture sends = SendFixture.plain()) {
      UserInfo.Builder bob = UserInfo.newBuilder().setUserID("bob");
      sends.relation.users.put("bob", bob.setGlobalRecvMsgOpt(1).build());
      refused(1001, () -> sends.send(SendFixture.text("alice", "bob")));
      sends.relation.row(
          "carol",
          Conversation.newBuilder().setConversationID("si_alice_carol").setRecvMsgOpt(2).build());
      sends.send(SendFixture.text("alice", "carol"));
      MsgData quiet = MsgData.parseFrom(sends.lane.last().getCopies(0).getMessage());
      assertThat(quiet.getOptionsMap()).isEqualTo(Map.of("offlinePush", false));
    }
  }

  @Test
  void invariant06AResendIsAnsweredWithTheFirstIdsWhateverHasChanged() {
    try (SendFixture sends = new SendFixture(false, Map.of("msg.friendVerify", "true"))) {
      sends.relation.befriend("bob", "alice");
      MsgData.Builder message = SendFixture.text("alice", "bob");
      SendMsgResp first = sends.send(message);
      sends.relation.friends.clear();
      assertThat(sends.send(message)).isEqualTo(first);
      refused(1303, () -> sends.send(SendFixture.text("alice", "bob")));
      assertThat(sends.lane.taken()).hasSize(1);
    }
  }

  @Test
  void invariant23ATypingMessageWithoutOptionsIsNotStoredAndRaisesNothing() throws Exception {
    try (SendFixture sends = SendFixture.plain()) {
      sends.send(SendFixture.text("alice", "bob").setContentType(113));
      InboundRecord typing = sends.lane.last();
      assertThat(typing.getCopies(0).getStored()).isFalse();
      assertThat(typing.getRecipientsList()).containsExactly("bob");
      assertThat(MsgData.parseFrom(typing.getCopies(0).getMessage()).getOptionsMap())
          .containsOnly(
              Map.entry("history", false),
              Map.entry("persistent", false),
              Map.entry("senderSync", false),
              Map.entry("conversationUpdate", false),
              Map.entry("senderConversationUpdate", false),
              Map.entry("unreadCount", false),
              Map.entry("offlinePush", false));
    }
  }

  @Test
  void invariant23AbsentOptionsMeanTrueInEveryCopy() throws Exception {
    try (SendFixture sends = SendFixture.plain()) {
      MsgData.Builder notification =
          SendFixture.text("alice", "bob")
              .setContentType(1701)
              .putOptions("isNotNotification", false);
      sends.sendAsService(notification.putOptions("offlinePush", false));
      InboundRecord record = sends.lane.last();
      assertThat(record.getCopiesList())
          .extracting(Copy::getConversationId)
          .containsExactly("si_alice_bob", "n_alice_bob");
      assertThat(record.getCopiesList()).allMatch(Copy::getStored);
      MsgData clone = MsgData.parseFrom(record.getCopies(0).getMessage());
      MsgData twin = MsgData.parseFrom(record.getCopies(1).getMessage());
      assertThat(clone.getOptionsMap())
          .isEqualTo(Map.of("offlinePush", false, "unreadCount", true));
      assertThat(twin.getOptionsMap())
          .isEqualTo(
              Map.of("isNotNotification", false, "offlinePush", false, "unreadCount", false));
      assertThat(clone.getServerMsgID()).isEqualTo(twin.getServerMsgID());
      assertThat(clone.getClientMsgID()).isEqualTo(twin.getClientMsgID());
    }
  }

  @Test
  void anOnlineOnlyMessageIsPushedToTheReceiverAloneAndNotStored() {
    try (SendFixture sends = SendFixture.plain()) {
      MsgData.Builder message = SendFixture.text("alice", "bob").setContentType(110);
      List.of("history", "persistent", "senderSync").forEach(key -> message.putOptions(key, false));
      sends.send(message);
      assertThat(sends.lane.last().getCopies(0).getStored()).isFalse();
      assertThat(sends.lane.last().getRecipientsList()).containsExactly("bob");
    }
  }

  @Test
  void oneConversationTakesNoMoreThanItsRateButServicesAreNotCounted() {
    try (SendFixture sends = new SendFixture(false, Map.of("msg.conversationRate", "2"))) {
      sends.send(SendFixture.text("alice", "bob"));
      sends.send(SendFixture.text("bob", "alice"));
      refused(429, () -> sends.send(SendFixture.text("alice", "bob")));
      sends.send(SendFixture.text("alice", "carol"));
      sends.sendAsService(SendFixture.text("alice", "bob"));
      assertThat(sends.lane.taken()).hasSize(4);
      assertThat(sends.meters.counter("limit_rejected", "limit", "conversation").count())
          .isEqualTo(1);
    }
  }

  @Test
  void whoWritesToHimselfHasOneRow() {
    try (SendFixture sends = SendFixture.plain()) {
      sends.send(SendFixture.text("alice", "alice"));
      assertThat(sends.lane.last().getRecipientsList()).containsExactly("alice");
      assertThat(sends.relation.rowsMade).containsExactly("si_alice_alice");
    }
  }
}
