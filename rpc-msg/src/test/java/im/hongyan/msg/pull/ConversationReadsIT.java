package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.ActiveConversation;
import im.hongyan.proto.msg.GetActiveConversationReq;
import im.hongyan.proto.msg.GetConversationMaxSeqReq;
import im.hongyan.proto.msg.GetHasReadSeqsReq;
import im.hongyan.proto.msg.GetMaxSeqsReq;
import im.hongyan.proto.msg.GetMsgByConversationIDsReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves on real stores what other services learn of conversations (messaging.md 5.8). */
class ConversationReadsIT extends PullFixture {
  private static final String NOWHERE = "si_no_body";

  @Override
  protected Feature[] features(Relations relations, UserReader users) {
    return new Feature[] {new ConversationReads(reader, users)};
  }

  /** A conversation of whomever with messages that were sent at these times. */
  private static String chat(long... sentMillis) {
    String id = ConversationId.group(MessageIds.next()).value();
    List<MsgData> messages = new ArrayList<>();
    for (long sent : sentMillis) {
      messages.add(message(messages.size() + 1, sent, 10));
    }
    show(id, messages);
    return id;
  }

  @Test
  void theNewestSeqOfEachConversationThatHasOne() {
    String one = chat(100, 200);
    String two = chat(300);
    history(two, List.of(message(1, 300, 10)));
    expire(two);
    GetMaxSeqsReq request =
        GetMaxSeqsReq.newBuilder().addAllConversationIDs(List.of(one, two, NOWHERE, one)).build();
    assertThat(callAsService(msgGrpc.getGetMaxSeqsMethod(), request).getMaxSeqsMap())
        .isEqualTo(Map.of(one, 2L, two, 1L));
    assertThat(maxSeq(one)).isEqualTo(2);
    assertThat(maxSeq(NOWHERE)).isZero();
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> maxSeq(""))
        .matches(refusal -> refusal.is(ImError.ARGS));
  }

  private long maxSeq(String id) {
    return callAsService(
            msgGrpc.getGetConversationMaxSeqMethod(),
            GetConversationMaxSeqReq.newBuilder().setConversationID(id).build())
        .getMaxSeq();
  }

  @Test
  void activeOnesComeNewestFirstAndAreCutAtTheLimit() {
    String old = chat(100);
    String newest = chat(100, 900);
    String middle = chat(500);
    GetActiveConversationReq request =
        GetActiveConversationReq.newBuilder()
            .addAllConversationIDs(List.of(old, NOWHERE, newest, middle))
            .build();
    List<ActiveConversation> all =
        List.of(active(newest, 900, 2), active(middle, 500, 1), active(old, 100, 1));
    assertThat(active(request)).isEqualTo(all);
    assertThat(active(request.toBuilder().setLimit(2).build())).isEqualTo(all.subList(0, 2));
    assertThat(active(request.toBuilder().setLimit(-1).build())).isEqualTo(all);
    assertThat(active(GetActiveConversationReq.getDefaultInstance())).isEmpty();
  }

  private List<ActiveConversation> active(GetActiveConversationReq request) {
    return callAsService(msgGrpc.getGetActiveConversationMethod(), request).getConversationsList();
  }

  private static ActiveConversation active(String id, long lastTime, long maxSeq) {
    return ActiveConversation.newBuilder()
        .setConversationID(id)
        .setLastTime(lastTime)
        .setMaxSeq(maxSeq)
        .build();
  }

  @Test
  void howFarAUserHasReadAsFarAsThatIsVisible() {
    String read = chat(100, 200, 300);
    String unread = chat(100);
    show(
        Mutation.newBuilder()
            .setConversationId(read)
            .setRead(ReadMark.newBuilder().setUserId(user).setSeq(2))
            .build());
    GetHasReadSeqsReq request =
        GetHasReadSeqsReq.newBuilder()
            .setUserID(user)
            .addAllConversationIDs(List.of(read, unread, NOWHERE))
            .build();
    assertThat(callAsService(msgGrpc.getGetHasReadSeqsMethod(), request).getMaxSeqsMap())
        .isEqualTo(Map.of(read, 2L));
  }

  @Test
  void theMessageAtTheSeqThatIsNamedAsItIsForEverybody() {
    String plain = chat(100, 200);
    String revoked = chat(100);
    show(
        Mutation.newBuilder()
            .setConversationId(revoked)
            .setRevocation(Revocation.newBuilder().setSeq(1).setUserId(user))
            .build());
    String erased = chat(100, 200);
    show(
        Mutation.newBuilder()
            .setConversationId(erased)
            .setDeletion(Deletion.newBuilder().addSeqs(2))
            .build());
    Map<String, Long> seqs = Map.of(plain, 1L, revoked, 1L, erased, 2L, NOWHERE, 1L, "si_x", 1L);
    GetMsgByConversationIDsReq request =
        GetMsgByConversationIDsReq.newBuilder()
            .addAllConversationIDs(List.of(plain, revoked, erased, NOWHERE))
            .putAllMaxSeqs(seqs)
            .build();
    Map<String, MsgData> found = messages(request);
    assertThat(found).containsOnlyKeys(plain, revoked, erased);
    assertThat(found.get(plain)).isEqualTo(message(1, 100, 10));
    assertThat(found.get(revoked)).returns(ContentType.REVOKED, MsgData::getContentType);
    assertThat(found.get(erased)).returns(MessageStatus.DELETED, MsgData::getStatus);
    assertThat(found.get(erased)).as("of the one before").returns(100L, MsgData::getSendTime);
    for (long seq : new long[] {-1, 0, 3, Long.MAX_VALUE}) {
      assertThat(messages(request.toBuilder().putMaxSeqs(plain, seq).build()))
          .as("seq %d", seq)
          .doesNotContainKey(plain);
    }
  }

  private Map<String, MsgData> messages(GetMsgByConversationIDsReq request) {
    return callAsService(msgGrpc.getGetMsgByConversationIDsMethod(), request).getMsgDatasMap();
  }

  @Test
  void noUserAsks() {
    for (String caller : List.of(user, "imAdmin")) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() ->
              callAs(caller, msgGrpc.getGetMaxSeqsMethod(), GetMaxSeqsReq.getDefaultInstance()))
          .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    }
  }
}
