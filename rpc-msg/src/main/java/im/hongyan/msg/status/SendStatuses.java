package im.hongyan.msg.status;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.msg.GetSendMsgStatusReq;
import im.hongyan.proto.msg.GetSendMsgStatusResp;
import im.hongyan.proto.msg.SetSendMsgStatusReq;
import im.hongyan.proto.msg.SetSendMsgStatusResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.wire.authz.Caller;

/**
 * The status of the current call's operation (messaging.md 3.9): 0 unknown, 1 sending, 2 sent, 3
 * failed. Safe for use by several threads.
 */
public final class SendStatuses implements Feature {
  private final SendStatusStore store;

  public SendStatuses(SendStatusStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getSetSendMsgStatusMethod(), this::set);
    rpcs.unary(msgGrpc.getGetSendMsgStatusMethod(), this::get);
  }

  private SetSendMsgStatusResp set(Caller caller, SetSendMsgStatusReq request) {
    store.set(CallContext.current().operationId(), request.getStatus());
    return SetSendMsgStatusResp.getDefaultInstance();
  }

  private GetSendMsgStatusResp get(Caller caller, GetSendMsgStatusReq request) {
    int status = store.get(CallContext.current().operationId());
    return GetSendMsgStatusResp.newBuilder().setStatus(status).build();
  }
}
