package im.hongyan.msg.pull;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.pull.LaneReader.Top;
import im.hongyan.proto.msg.ActiveConversation;
import im.hongyan.proto.msg.GetActiveConversationReq;
import im.hongyan.proto.msg.GetActiveConversationResp;
import im.hongyan.proto.msg.GetConversationMaxSeqReq;
import im.hongyan.proto.msg.GetConversationMaxSeqResp;
import im.hongyan.proto.msg.GetHasReadSeqsReq;
import im.hongyan.proto.msg.GetMaxSeqsReq;
import im.hongyan.proto.msg.GetMsgByConversationIDsReq;
import im.hongyan.proto.msg.GetMsgByConversationIDsResp;
import im.hongyan.proto.msg.SeqsInfoResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What other services ask of conversations, whoever takes part in them (messaging.md 5.8). Those
 * without messages are left out. Safe for use by several threads; may block. Stores that do not
 * answer fail the call with 500.
 */
public final class ConversationReads implements Feature {
  private static final Comparator<ActiveConversation> NEWEST_FIRST =
      Comparator.comparingLong(ActiveConversation::getLastTime)
          .reversed()
          .thenComparing(ActiveConversation::getConversationID, Utf8Order.INSTANCE);

  private final LaneReader lanes;
  private final UserReader reader;
  private final MessageRenderer renderer;

  public ConversationReads(LaneReader lanes, UserReader reader) {
    this.lanes = lanes;
    this.reader = reader;
    renderer = new MessageRenderer(reader);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getGetMaxSeqsMethod(), this::maxSeqs);
    rpcs.unary(msgGrpc.getGetConversationMaxSeqMethod(), this::maxSeq);
    rpcs.unary(msgGrpc.getGetActiveConversationMethod(), this::active);
    rpcs.unary(msgGrpc.getGetHasReadSeqsMethod(), this::readSeqs);
    rpcs.unary(msgGrpc.getGetMsgByConversationIDsMethod(), this::messages);
  }

  private SeqsInfoResp maxSeqs(Caller caller, GetMaxSeqsReq request) {
    SeqsInfoResp.Builder answer = SeqsInfoResp.newBuilder();
    lanes
        .tops(Set.copyOf(request.getConversationIDsList()))
        .forEach((id, top) -> answer.putMaxSeqs(id, top.seq()));
    return answer.build();
  }

  private GetConversationMaxSeqResp maxSeq(Caller caller, GetConversationMaxSeqReq request) {
    String id = request.getConversationID();
    Top top = lanes.tops(List.of(id)).getOrDefault(id, Top.NONE);
    return GetConversationMaxSeqResp.newBuilder().setMaxSeq(top.seq()).build();
  }

  private GetActiveConversationResp active(Caller caller, GetActiveConversationReq request) {
    return GetActiveConversationResp.newBuilder()
        .addAllConversations(
            lanes.tops(Set.copyOf(request.getConversationIDsList())).entrySet().stream()
                .map(entry ->
                    ActiveConversation.newBuilder()
                        .setConversationID(entry.getKey())
                        .setLastTime(entry.getValue().sendTimeMillis())
                        .setMaxSeq(entry.getValue().seq())
                        .build())
                .sorted(NEWEST_FIRST)
                .limit(request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE)
                .toList())
        .build();
  }

  /** How far the user has read, as far as that is visible; what is not read at all is left out. */
  private SeqsInfoResp readSeqs(Caller caller, GetHasReadSeqsReq request) {
    SeqsInfoResp.Builder answer = SeqsInfoResp.newBuilder();
    reader
        .accesses(new UserId(request.getUserID()), Set.copyOf(request.getConversationIDsList()))
        .forEach((id, access) -> {
          if (access.visibleRead() > 0) {
            answer.putMaxSeqs(id, access.visibleRead());
          }
        });
    return answer.build();
  }

  /**
   * The message at the seq that is named for each conversation, as it is for everybody; one that
   * was deleted for everybody is a placeholder. What does not fit into an answer is left out.
   */
  private GetMsgByConversationIDsResp messages(Caller caller, GetMsgByConversationIDsReq request) {
    Set<String> ids = new TreeSet<>(request.getConversationIDsList());
    ids.retainAll(request.getMaxSeqsMap().keySet());
    Map<String, ConversationAccess> accesses = reader.accesses(UserReader.NOBODY, ids);
    GetMsgByConversationIDsResp.Builder answer = GetMsgByConversationIDsResp.newBuilder();
    ResponseBudget budget = ResponseBudget.ofCall(1);
    accesses.forEach((id, access) -> {
      long seq = request.getMaxSeqsOrDefault(id, 0);
      if (seq < 1 || seq > access.top().seq()) {
        return;
      }
      MsgData message =
          renderer.of(UserReader.NOBODY, id, List.of(seq), access.top().seq()).getFirst();
      if (budget.takes(id, message.getSerializedSize())) {
        answer.putMsgDatas(id, message);
      }
    });
    return answer.build();
  }
}
