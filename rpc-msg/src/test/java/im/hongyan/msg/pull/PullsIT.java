package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.catchup.NewestRequest;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Proves on real stores what a connecting client gets, and how large an answer may become. */
class PullsIT extends PullFixture {
  private static final Pattern CALLS = Pattern.compile("cmdstat_(?!info)[^:]+:calls=(\\d+)");

  /** A chat of the user with messages that were sent at these times. */
  private String chat(String peer, long minSeq, long maxSeq, long... sentMillis) {
    String id = ConversationId.single(user, peer).value();
    row(id, 0);
    window(id, minSeq, maxSeq);
    List<MsgData> messages = new ArrayList<>();
    for (long sent : sentMillis) {
      messages.add(message(messages.size() + 1, sent, 10));
    }
    show(id, messages);
    return id;
  }

  private List<PushedCopy> newest(long sinceMillis) {
    NewestRequest request =
        NewestRequest.newBuilder().setUserId(user).setSinceMillis(sinceMillis).build();
    return callAsService(CatchUpGrpc.getNewestMethod(), request).getNewestList();
  }

  private static PushedCopy copy(String conversationId, MsgData message) {
    return PushedCopy.newBuilder()
        .setConversationId(conversationId)
        .setMessage(message.toByteString())
        .setSeq(message.getSeq())
        .build();
  }

  @Test
  void theNewestOfEachConversationThatChangedIsSent() {
    String bob = chat("bob", 0, 0, 100, 500);
    chat("carol", 0, 0, 100, 499);
    String twin = new ConversationId(bob).notificationTwin().value();
    show(twin, List.of(message(1, 501, 10)));
    String own = ConversationId.selfNotification(user).value();
    show(own, List.of(message(7, 600, 10)));
    chat("dave", 0, 0);
    assertThat(newest(500))
        .containsExactly(
            copy(own, message(7, 600, 10)),
            copy(twin, message(1, 501, 10)),
            copy(bob, message(2, 500, 10)));
    assertThat(newest(601)).isEmpty();
  }

  @Test
  void whatTheUserMayNotReadIsNotSent() {
    String left = chat("bob", 0, 2, 100, 500, 600);
    chat("carol", 0, 1, 100, 600);
    chat("dave", 3, 0, 500, 600);
    String joined = chat("erin", 2, 0, 500, 600);
    assertThat(newest(500))
        .containsExactlyInAnyOrder(
            copy(left, message(2, 500, 10)), copy(joined, message(2, 600, 10)));
  }

  @Test
  void theNewestTwoHundredConversationsAreSent() {
    for (int i = 0; i < 210; i++) {
      chat("peer" + i, 0, 0, 1_000 + i);
    }
    List<PushedCopy> sent = newest(0);
    assertThat(sent).hasSize(200);
    assertThat(sent.getLast())
        .isEqualTo(copy(ConversationId.single(user, "peer10").value(), message(1, 1_010, 10)));
  }

  @Test
  void nothingNewCostsNoMoreOfRedisThanRequest1006() {
    for (int i = 0; i < 50; i++) {
      chat("peer" + i, 0, 0, 100);
    }
    long start = calls();
    GetConversationsHasReadAndMaxSeqReq all =
        GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(user).build();
    callAs(user, msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(), all);
    long before = calls();
    assertThat(newest(101)).isEmpty();
    assertThat(calls() - before).isPositive().isLessThanOrEqualTo(before - start);
  }

  private static long calls() {
    Matcher matcher = CALLS.matcher(Redis.await(redis.commands().info("commandstats")));
    return matcher.results().mapToLong(result -> Long.parseLong(result.group(1))).sum();
  }

  @Test
  void onlyServicesAskForTheNewest() {
    NewestRequest request = NewestRequest.newBuilder().setUserId("u").build();
    for (String caller : List.of("u", "imAdmin")) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> callAs(caller, CatchUpGrpc.getNewestMethod(), request))
          .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    }
  }

  @Test
  void anAnswerStaysBelowWhatClientsTake() {
    String own = ConversationId.selfNotification(user).value();
    show(own, LongStream.rangeClosed(1, 40).mapToObj(seq -> message(seq, 1, 50_000)).toList());
    PullMessageBySeqsReq request =
        PullMessageBySeqsReq.newBuilder()
            .setUserID(user)
            .addSeqRanges(SeqRange.newBuilder().setConversationID(own).setBegin(1).setEnd(40))
            .build();
    PullMsgs newest =
        callAs(user, msgGrpc.getPullMessageBySeqsMethod(), request).getNotificationMsgsOrThrow(own);
    assertThat(seqs(newest)).startsWith(26L).endsWith(40L).hasSize(15).isSorted();
    assertThat(newest.getIsEnd()).isTrue();
    assertThat(seqs(bySeqs(own, PullOrder.PullOrderAsc))).startsWith(1L).endsWith(15L).isSorted();
    assertThat(seqs(bySeqs(own, PullOrder.PullOrderDesc))).startsWith(26L).endsWith(40L).isSorted();
  }

  @Test
  void theEndIsReportedOnlyWithAllThatLeadsToIt() {
    String own = ConversationId.selfNotification(user).value();
    show(own, LongStream.rangeClosed(1, 10).mapToObj(seq -> message(seq, 1, 10)).toList());
    PullMsgs all = bySeqs(own, PullOrder.PullOrderAsc);
    assertThat(all.getIsEnd()).isTrue();
    assertThat(all.getEndSeq()).isEqualTo(10);
    show(own, LongStream.rangeClosed(11, 39).mapToObj(seq -> message(seq, 1, 50_000)).toList());
    PullMsgs cut = bySeqs(own, PullOrder.PullOrderAsc);
    assertThat(seqs(cut)).startsWith(1L).endsWith(25L);
    assertThat(cut.getIsEnd()).isFalse();
  }

  private PullMsgs bySeqs(String conversationId, PullOrder order) {
    GetSeqMessageReq request =
        GetSeqMessageReq.newBuilder()
            .setUserID(user)
            .setOrder(order)
            .addConversations(
                ConversationSeqs.newBuilder()
                    .setConversationID(conversationId)
                    .addAllSeqs(LongStream.rangeClosed(1, 40).boxed().toList()))
            .build();
    return callAs(user, msgGrpc.getGetSeqMessageMethod(), request)
        .getNotificationMsgsOrThrow(conversationId);
  }

  private static List<Long> seqs(PullMsgs messages) {
    return messages.getMsgsList().stream().map(MsgData::getSeq).toList();
  }
}
