package im.hongyan.relation.outbox;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;

/** Sends by {@code openim.msg.msg/SendMsg} under the service's own rights. */
public final class RpcMessageSender implements MessageSender {
  private final ServiceLocator locator;

  /** Creates a sender. */
  public RpcMessageSender(ServiceLocator locator) {
    this.locator = locator;
  }

  @Override
  public void send(String operationId, MsgData message) {
    SendMsgReq request = SendMsgReq.newBuilder().setMsgData(message).build();
    CallContext.service(operationId)
        .toGrpc()
        .run(() ->
            RpcChannels.call(
                locator.channel(ServiceName.MSG), msgGrpc.getSendMsgMethod(), request));
  }
}
