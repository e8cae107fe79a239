package im.hongyan.client.fake;

import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import java.util.List;

/** What {@link FakeIm} answers to questions about what is stored. */
final class FakePulls {
  private final FakeLog log;

  FakePulls(FakeLog log) {
    this.log = log;
  }

  GetMaxSeqResp maxSeqs(String userId) {
    GetMaxSeqResp.Builder answer = GetMaxSeqResp.newBuilder();
    log.positions(userId).forEach((id, position) -> answer.putMaxSeqs(id, position.maxSeq()));
    return answer.build();
  }

  GetConversationsHasReadAndMaxSeqResp readPositions(GetConversationsHasReadAndMaxSeqReq request) {
    GetConversationsHasReadAndMaxSeqResp.Builder answer =
        GetConversationsHasReadAndMaxSeqResp.newBuilder();
    log.positions(request.getUserID())
        .forEach((id, position) ->
            answer.putSeqs(
                id,
                Seqs.newBuilder()
                    .setMaxSeq(position.maxSeq())
                    .setHasReadSeq(position.readSeq())
                    .build()));
    return answer.build();
  }

  PullMessageBySeqsResp range(PullMessageBySeqsReq request) {
    PullMessageBySeqsResp.Builder answer = PullMessageBySeqsResp.newBuilder();
    for (SeqRange range : request.getSeqRangesList()) {
      List<MsgData> all = log.all(request.getUserID(), range.getConversationID());
      int end = (int) Math.min(all.size(), range.getEnd());
      int begin = (int) Math.min(end, Math.max(0, range.getBegin() - 1));
      if (!all.isEmpty()) {
        answer.putMsgs(
            range.getConversationID(),
            PullMsgs.newBuilder().addAllMsgs(all.subList(begin, end)).build());
      }
    }
    return answer.build();
  }

  GetSeqMessageResp seqs(GetSeqMessageReq request) {
    GetSeqMessageResp.Builder answer = GetSeqMessageResp.newBuilder();
    for (ConversationSeqs wanted : request.getConversationsList()) {
      PullMsgs.Builder messages = PullMsgs.newBuilder();
      for (MsgData message : log.all(request.getUserID(), wanted.getConversationID())) {
        if (wanted.getSeqsList().contains(message.getSeq())) {
          messages.addMsgs(message);
        }
      }
      answer.putMsgs(wanted.getConversationID(), messages.build());
    }
    return answer.build();
  }

  GetLastMessageResp last(GetLastMessageReq request) {
    GetLastMessageResp.Builder answer = GetLastMessageResp.newBuilder();
    for (String id : request.getConversationIDsList()) {
      List<MsgData> all = log.all(request.getUserID(), id);
      if (!all.isEmpty()) {
        answer.putMsgs(id, all.getLast());
      }
    }
    return answer.build();
  }
}
