package im.hongyan.relation.batchsend;

import im.hongyan.kit.rpc.ParallelCalls;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import java.util.List;

/** Hands messages to rpc-msg. Safe for use by several threads; blocks. */
@FunctionalInterface
public interface BatchSender {
  /**
   * Sends messages at once.
   *
   * @return what became of each, in their order
   */
  List<ParallelCalls.CallResult<SendMsgResp>> send(String operationId, List<MsgData> messages)
      throws InterruptedException;
}
