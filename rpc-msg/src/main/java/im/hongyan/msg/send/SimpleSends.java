package im.hongyan.msg.send;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.SendSimpleMsgReq;
import im.hongyan.proto.msg.SendSimpleMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;

/**
 * Sends for those who know no more of the sender than its id, such as bots: the sender must exist,
 * and its nickname and face are filled in (rest-message.md 5.7). Safe for use by several threads.
 */
public final class SimpleSends implements Feature {
  private final Sends sends;
  private final Relations relations;

  public SimpleSends(Sends sends, Relations relations) {
    this.sends = sends;
    this.relations = relations;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getSendSimpleMsgMethod(), this::send);
  }

  private SendSimpleMsgResp send(Caller caller, SendSimpleMsgReq request) {
    MsgData message = request.getMsgData();
    UserInfo sender =
        relations
            .user(new UserId(message.getSendID()))
            .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("no sender"));
    SendMsgResp sent =
        sends.sendAndWait(
            caller,
            message.toBuilder()
                .setSenderNickname(sender.getNickname())
                .setSenderFaceURL(sender.getFaceURL())
                .build());
    SendSimpleMsgResp.Builder answer =
        SendSimpleMsgResp.newBuilder()
            .setServerMsgID(sent.getServerMsgID())
            .setClientMsgID(sent.getClientMsgID())
            .setSendTime(sent.getSendTime());
    return sent.hasModify() ? answer.setModify(sent.getModify()).build() : answer.build();
  }
}
