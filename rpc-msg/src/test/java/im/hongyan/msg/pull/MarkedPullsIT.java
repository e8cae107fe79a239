package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.catchup.NewestRequest;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Proves what readers find of windows and mutations, out of Redis and out of MySQL. */
class MarkedPullsIT extends PullFixture {
  private final String group = "g" + MessageIds.next().substring(0, 10);
  private final String chat = ConversationId.group(group).value();
  private final String twin = new ConversationId(chat).notificationTwin().value();

  private static List<MsgData> messages(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(seq ->
            message(seq, 1_000 + seq, 3).toBuilder()
                .setSendID("alice")
                .setClientMsgID("c" + seq)
                .setSessionType(3)
                .setContentType(101)
                .setStatus(2)
                .build())
        .toList();
  }

  private PullMessageBySeqsResp range(String id, long begin, long end, long num, PullOrder order) {
    PullMessageBySeqsReq request =
        PullMessageBySeqsReq.newBuilder()
            .setUserID(user)
            .setOrder(order)
            .addSeqRanges(
                SeqRange.newBuilder().setConversationID(id).setBegin(begin).setEnd(end).setNum(num))
            .build();
    return callAs(user, msgGrpc.getPullMessageBySeqsMethod(), request);
  }

  private PullMsgs seqs(String id, PullOrder order, Long... seqs) {
    GetSeqMessageReq request =
        GetSeqMessageReq.newBuilder()
            .setUserID(user)
            .setOrder(order)
            .addConversations(
                ConversationSeqs.newBuilder().setConversationID(id).addAllSeqs(List.of(seqs)))
            .build();
    GetSeqMessageResp answer = callAs(user, msgGrpc.getGetSeqMessageMethod(), request);
    return answer.getMsgsOrDefault(id, answer.getNotificationMsgsMap().get(id));
  }

  private static List<Long> found(PullMsgs messages) {
    return messages.getMsgsList().stream().map(MsgData::getSeq).toList();
  }

  private List<Long> inRange(String id) {
    var answer = range(id, 0, 100, 100, PullOrder.PullOrderAsc);
    PullMsgs none = PullMsgs.getDefaultInstance();
    return found(answer.getMsgsOrDefault(id, answer.getNotificationMsgsOrDefault(id, none)));
  }

  private Mutation.Builder change() {
    return Mutation.newBuilder().setConversationId(chat);
  }

  private Mutation leave(long version, long through) {
    return change()
        .setLeaving(
            Leaving.newBuilder()
                .addUserIds(user)
                .setMembershipVersion(version)
                .setThroughSeq(through)
                .setTwinThroughSeq(2))
        .build();
  }

  private Mutation clear(String userId, long through) {
    return change()
        .setClearing(Clearing.newBuilder().setUserId(userId).setThroughSeq(through))
        .build();
  }

  private static Mutation erase(String id, Long... seqs) {
    Deletion.Builder deletion = Deletion.newBuilder().addAllSeqs(List.of(seqs));
    for (Long seq : seqs) {
      deletion.addTombstones(MsgData.newBuilder().setSeq(seq).setStatus(4).build().toByteString());
    }
    return Mutation.newBuilder().setConversationId(id).setDeletion(deletion).build();
  }

  private GetLastMessageResp lastMessages(String... ids) {
    GetLastMessageReq request =
        GetLastMessageReq.newBuilder().setUserID(user).addAllConversationIDs(List.of(ids)).build();
    return callAs(user, msgGrpc.getGetLastMessageMethod(), request);
  }

  private void expectWindow(long first, long last) {
    List<Long> readable = LongStream.rangeClosed(first, last).boxed().toList();
    Long[] all = LongStream.rangeClosed(1, 9).boxed().toArray(Long[]::new);
    assertThat(inRange(chat)).as("1002").isEqualTo(readable);
    assertThat(found(seqs(chat, PullOrder.PullOrderAsc, all))).as("1005").isEqualTo(readable);
    GetMaxSeqReq all1001 = GetMaxSeqReq.newBuilder().setUserID(user).build();
    assertThat(callAs(user, msgGrpc.getGetMaxSeqMethod(), all1001).getMaxSeqsMap())
        .as("1001")
        .containsEntry(chat, last);
    GetConversationsHasReadAndMaxSeqReq one1006 =
        GetConversationsHasReadAndMaxSeqReq.newBuilder()
            .setUserID(user)
            .addConversationIDs(chat)
            .build();
    Seqs access =
        callAs(user, msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(), one1006)
            .getSeqsOrThrow(chat);
    assertThat(access.getMaxSeq()).as("1006").isEqualTo(last);
    assertThat(lastMessages(chat).getMsgsOrThrow(chat)).as("1007").returns(last, MsgData::getSeq);
    NewestRequest sinceEver = NewestRequest.newBuilder().setUserId(user).build();
    assertThat(callAsService(CatchUpGrpc.getNewestMethod(), sinceEver).getNewestList())
        .as("what a connecting client gets")
        .filteredOn(copy -> copy.getConversationId().equals(chat))
        .allMatch(copy -> copy.getSeq() == last)
        .hasSize(1);
  }

  @Test
  void invariant13TheWindowHoldsInEveryReadCallOutOfRedisAndOutOfMySql() {
    row(chat, 3);
    show(chat, messages(1, 9));
    show(twin, messages(1, 4));
    expectWindow(1, 9);
    Mutation clear = clear(user, 1);
    Mutation all = clear("", 2);
    Mutation leave = leave(5, 7);
    List.of(clear, all, leave).forEach(PullFixture::show);
    expectWindow(3, 7);
    assertThat(inRange(twin)).containsExactly(1L, 2L);
    history(chat, messages(1, 9), clear, all, leave);
    history(twin, messages(1, 4));
    expire(chat);
    expire(twin);
    expectWindow(3, 7);
    assertThat(inRange(twin)).containsExactly(1L, 2L);
  }

  @Test
  void aMemberWhoCameBackReadsOnAtOnce() {
    row(chat, 3);
    show(chat, messages(1, 9));
    show(leave(5, 7));
    expectWindow(1, 7);
    row(chat, 6);
    expectWindow(1, 9);
    history(chat, messages(1, 9), leave(5, 7));
    expire(chat);
    expectWindow(1, 9);
  }

  @Test
  void invariant14WhoHasNoRowReadsNeitherAGroupNorItsNotifications() {
    show(chat, messages(1, 2));
    show(twin, messages(1, 2));
    assertThat(inRange(chat)).isEmpty();
    assertThat(inRange(twin)).isEmpty();
    for (String id : List.of(chat, twin)) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> seqs(id, PullOrder.PullOrderAsc, 1L))
          .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    }
    assertThat(lastMessages(chat, twin).getMsgsMap()).isEmpty();
    row(chat, 1);
    assertThat(inRange(twin)).containsExactly(1L, 2L);
  }

  @Test
  void invariant12TheEndIsReportedWhereTheWindowEnds() {
    row(chat, 3);
    show(chat, messages(1, 9));
    show(clear(user, 2));
    show(leave(5, 7));
    assertThat(end(1, 7, PullOrder.PullOrderAsc)).isTrue();
    assertThat(end(1, 6, PullOrder.PullOrderAsc)).isFalse();
    assertThat(end(3, 9, PullOrder.PullOrderDesc)).isTrue();
    assertThat(end(4, 9, PullOrder.PullOrderDesc)).isFalse();
    PullMsgs up = seqs(chat, PullOrder.PullOrderAsc, 6L, 7L, 8L);
    assertThat(up).returns(true, PullMsgs::getIsEnd).returns(7L, PullMsgs::getEndSeq);
    PullMsgs down = seqs(chat, PullOrder.PullOrderDesc, 2L, 3L);
    assertThat(down).returns(true, PullMsgs::getIsEnd).returns(3L, PullMsgs::getEndSeq);
    PullMsgs within = seqs(chat, PullOrder.PullOrderAsc, 3L, 7L);
    assertThat(within).returns(false, PullMsgs::getIsEnd).returns(0L, PullMsgs::getEndSeq);
    assertThat(range(chat, 1, 2, 9, PullOrder.PullOrderAsc).getMsgsMap()).isEmpty();
    assertThat(range(chat, 8, 9, 9, PullOrder.PullOrderAsc).getMsgsMap()).isEmpty();
  }

  private boolean end(long begin, long end, PullOrder order) {
    return range(chat, begin, end, 9, order).getMsgsOrThrow(chat).getIsEnd();
  }

  @Test
  void invariant11OneElementForEachSeqAndNeverSeqNought() {
    row(chat, 1);
    show(chat, messages(1, 6));
    show(erase(chat, 2L, 5L));
    assertThat(inRange(chat)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(found(seqs(chat, PullOrder.PullOrderAsc, 5L, 0L, -1L, 2L, 6L, 1L)))
        .containsExactly(5L, 2L, 6L, 1L);
    assertThat(found(range(chat, 0, 6, 3, PullOrder.PullOrderAsc).getMsgsOrThrow(chat)))
        .containsExactly(4L, 5L, 6L);
  }

  /** A message that is only late is no placeholder: clients would keep that for ever. */
  @Test
  void invariant09AVisibleSeqInNoStoreFailsTheCallAndIsCounted() {
    row(chat, 1);
    show(chat, messages(1, 3));
    expire(chat);
    inbox(chat, messages(1, 2));
    double before = meters.counter("messages_missing").count();
    assertThat(found(seqs(chat, PullOrder.PullOrderAsc, 1L, 2L))).containsExactly(1L, 2L);
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> seqs(chat, PullOrder.PullOrderAsc, 1L, 3L))
        .matches(failure -> failure.is(ImError.INTERNAL));
    assertThat(meters.counter("messages_missing").count()).isEqualTo(before + 1);
    show(erase(chat, 3L));
    assertThat(seqs(chat, PullOrder.PullOrderAsc, 3L).getMsgsList())
        .as("the tombstone is the proof")
        .containsExactly(placeholder(3, 1_002));
  }

  private static MsgData placeholder(long seq, long sendTime) {
    return MsgData.newBuilder().setSeq(seq).setStatus(4).setSendTime(sendTime).build();
  }

  @Test
  void invariant10ALongRunOfDeletedMessagesIsWalkedBackTo() {
    row(chat, 1);
    show(chat, messages(1, 700));
    Long[] gone = LongStream.rangeClosed(2, 699).boxed().toArray(Long[]::new);
    history(chat, messages(1, 700), erase(chat, gone));
    expire(chat);
    assertThat(seqs(chat, PullOrder.PullOrderAsc, 699L, 700L).getMsgsList())
        .startsWith(placeholder(699, 1_001));
    assertThat(seqs(chat, PullOrder.PullOrderAsc, 5L, 2L).getMsgsList())
        .containsExactly(placeholder(5, 1_001), placeholder(2, 1_001));
    show(erase(chat, 700L));
    assertThat(lastMessages(chat).getMsgsOrThrow(chat)).returns(1L, MsgData::getSeq);
  }

  /** messaging.md 5.4: else a client that is installed anew loses the conversation. */
  @Test
  void theNewestMessageIsOneThatTheUserHasNotDeleted() {
    row(chat, 1);
    show(chat, messages(1, 300));
    List<Long> own = LongStream.rangeClosed(3, 300).boxed().toList();
    Mutation deletion =
        change().setDeletion(Deletion.newBuilder().setUserId(user).addAllSeqs(own)).build();
    show(deletion);
    assertThat(lastMessages(chat).getMsgsOrThrow(chat)).returns(2L, MsgData::getSeq);
    history(chat, messages(1, 300), deletion);
    expire(chat);
    assertThat(lastMessages(chat).getMsgsOrThrow(chat)).returns(2L, MsgData::getSeq);
    assertThat(seqs(chat, PullOrder.PullOrderAsc, 3L).getMsgs(0))
        .as("who asks for it still finds that it was deleted")
        .returns(4, MsgData::getStatus);
  }

  /** The inbox may still hold what was erased, since its writer has a position of its own. */
  @Test
  void whatWasErasedIsNotReadOutOfAnInboxThatIsBehind() {
    row(chat, 1);
    show(chat, messages(1, 2));
    inbox(chat, messages(1, 2));
    history(chat, messages(1, 2), erase(chat, 2L));
    expire(chat);
    assertThat(seqs(chat, PullOrder.PullOrderAsc, 2L).getMsgsList())
        .containsExactly(placeholder(2, 1_001));
  }

  @Test
  void aQuoteFollowsWhatBecameOfTheQuotedMessage() {
    row(chat, 1);
    List<MsgData> all = new ArrayList<>(messages(1, 3));
    for (long quoted = 1; quoted <= 4; quoted++) {
      String content =
          "{\"text\":\"t\",\"quoteMessage\":{\"seq\":"
              + quoted
              + ",\"contentType\":101,\"content\":\"old\",\"textElem\":{\"content\":\"old\"}}}";
      all.add(
          messages(3 + quoted, 3 + quoted).getFirst().toBuilder()
              .setContentType(114)
              .setContent(ByteString.copyFromUtf8(content))
              .build());
    }
    show(chat, all);
    Revocation revocation = Revocation.newBuilder().setSeq(1).setUserId("alice").build();
    show(change().setRevocation(revocation).build());
    show(erase(chat, 2L));
    List<String> quotes =
        seqs(chat, PullOrder.PullOrderAsc, 4L, 5L, 6L, 7L).getMsgsList().stream()
            .map(element -> element.getContent().toStringUtf8())
            .toList();
    assertThat(quotes.get(0))
        .contains("\"contentType\":2101", "revokerID", "c1")
        .doesNotContain("old");
    assertThat(quotes.get(1))
        .contains("\"contentType\":2101", "\"content\":\"{}\"")
        .doesNotContain("old");
    assertThat(quotes.get(2)).as("not taken back").contains("101", "textElem");
    assertThat(quotes.get(3)).as("no older message").contains("101", "textElem");
  }

  @Test
  void aMessageThatWasRevokedAndDeletedShowsBoth() {
    row(chat, 1);
    show(chat, messages(1, 1));
    show(change().setDeletion(Deletion.newBuilder().setUserId(user).addSeqs(1)).build());
    show(change().setRevocation(Revocation.newBuilder().setSeq(1).setUserId("alice")).build());
    MsgData element = seqs(chat, PullOrder.PullOrderAsc, 1L).getMsgs(0);
    assertThat(element).returns(4, MsgData::getStatus).returns(2101, MsgData::getContentType);
    assertThat(element.getContent().toStringUtf8()).contains("revokerID");
    assertThat(element.getIsRead()).as("only single chats show it").isFalse();
  }
}
