package im.hongyan.relation.batchsend;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.ParallelCalls;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import java.util.List;

/** Sends by {@code openim.msg.msg/SendMsg} under the service's own rights. */
public final class RpcBatchSender implements BatchSender {
  private final ServiceLocator locator;

  /** Creates a sender. */
  public RpcBatchSender(ServiceLocator locator) {
    this.locator = locator;
  }

  @Override
  public List<ParallelCalls.CallResult<SendMsgResp>> send(
      String operationId, List<MsgData> messages) throws InterruptedException {
    List<SendMsgReq> requests =
        messages.stream()
            .map(message -> SendMsgReq.newBuilder().setMsgData(message).build())
            .toList();
    return CallContext.service(operationId)
        .call(() ->
            ParallelCalls.call(
                locator.channel(ServiceName.MSG), msgGrpc.getSendMsgMethod(), requests));
  }
}
