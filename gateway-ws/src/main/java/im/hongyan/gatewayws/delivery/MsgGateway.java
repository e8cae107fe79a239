package im.hongyan.gatewayws.delivery;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.login.LoginService;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusReq;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.KickUserOfflineResp;
import im.hongyan.proto.msggateway.MultiTerminalLoginCheckReq;
import im.hongyan.proto.msggateway.MultiTerminalLoginCheckResp;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgReq;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgResp;
import im.hongyan.proto.msggateway.SingleMsgToUserPlatform;
import im.hongyan.proto.msggateway.SingleMsgToUserResults;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.message.MessageOption;
import im.hongyan.wire.message.MessageStatus;
import im.hongyan.wire.token.TokenHash;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The protocol's own gateway service (websocket.md 9), for one message to many users, and for
 * administration. Our push-service and our gateways use the streams and epochs of hongyan.delivery
 * and hongyan.gatewaypeer instead. Safe for use by several threads.
 */
public final class MsgGateway implements Feature {
  private final ConnectionRegistry registry;
  private final Deliverer deliverer;
  private final LoginService logins;

  public MsgGateway(ConnectionRegistry registry, Deliverer deliverer, LoginService logins) {
    this.registry = registry;
    this.deliverer = deliverer;
    this.logins = logins;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGatewayGrpc.getSuperGroupOnlineBatchPushOneMsgMethod(), this::push);
    rpcs.unary(msgGatewayGrpc.getGetUsersOnlineStatusMethod(), this::onlineStatus);
    rpcs.unary(msgGatewayGrpc.getKickUserOfflineMethod(), this::kick);
    rpcs.unary(msgGatewayGrpc.getMultiTerminalLoginCheckMethod(), this::checkLogin);
  }

  private OnlineBatchPushOneMsgResp push(Caller caller, OnlineBatchPushOneMsgReq request) {
    List<String> users = request.getPushToUserIDsList();
    List<SingleMsgToUserResults.Builder> results = new ArrayList<>();
    users.forEach(user -> results.add(SingleMsgToUserResults.newBuilder().setUserID(user)));
    deliverer.deliver(
        CallContext.current().operationId(),
        List.of(copy(request.getMsgData())),
        users,
        (recipient, connection, code) -> add(results.get(recipient), connection, code));
    OnlineBatchPushOneMsgResp.Builder answer = OnlineBatchPushOneMsgResp.newBuilder();
    results.forEach(answer::addSinglePushResult);
    return answer.build();
  }

  private static void add(
      SingleMsgToUserResults.Builder result, ClientConnection connection, int code) {
    result.addResp(
        SingleMsgToUserPlatform.newBuilder()
            .setResultCode(code)
            .setRecvPlatFormID(connection.platform().number()));
    if (code == 0 && Deliverer.isPhone(connection.platform())) {
      result.setOnlinePush(true);
    }
  }

  private static PushedCopy copy(MsgData message) {
    SessionType type = SessionType.of(message.getSessionType());
    boolean notification = !MessageOption.IS_NOT_NOTIFICATION.isOn(message);
    String send = message.getSendID();
    String recv = message.getRecvID();
    String group = message.getGroupID();
    ConversationId conversation =
        notification
            ? ConversationId.notification(type, send, recv, group)
            : ConversationId.chat(type, send, recv, group);
    MsgData sent =
        message.getStatus() == MessageStatus.SENDING
            ? message.toBuilder().setStatus(MessageStatus.SENT).build()
            : message;
    return PushedCopy.newBuilder()
        .setConversationId(conversation.value())
        .setMessage(sent.toByteString())
        .setSeq(message.getSeq())
        .build();
  }

  /** Connections of this node; the field of the token holds its hash, which opens nothing. */
  private GetUsersOnlineStatusResp onlineStatus(Caller caller, GetUsersOnlineStatusReq request) {
    GetUsersOnlineStatusResp.Builder answer = GetUsersOnlineStatusResp.newBuilder();
    for (String user : request.getUserIDsList()) {
      List<ClientConnection> connections = registry.of(user);
      if (!connections.isEmpty()) {
        var result =
            GetUsersOnlineStatusResp.SuccessResult.newBuilder().setUserID(user).setStatus(1);
        connections.forEach(connection -> result.addDetailPlatformStatus(detail(connection)));
        answer.addSuccessResult(result);
      }
    }
    return answer.build();
  }

  private static GetUsersOnlineStatusResp.SuccessDetail detail(ClientConnection connection) {
    return GetUsersOnlineStatusResp.SuccessDetail.newBuilder()
        .setPlatformID(connection.platform().number())
        .setConnID(connection.id())
        .setIsBackground(connection.background())
        .setToken(HexFormat.of().formatHex(connection.tokenHash().toByteArray()))
        .build();
  }

  private KickUserOfflineResp kick(Caller caller, KickUserOfflineReq request) {
    logins.closeAll(
        request.getKickUserIDListList(), LoginService.platform(request.getPlatformID()));
    return KickUserOfflineResp.getDefaultInstance();
  }

  /** The protocol's check has no epoch: the login is taken for the newest. */
  private MultiTerminalLoginCheckResp checkLogin(
      Caller caller, MultiTerminalLoginCheckReq request) {
    logins.check(
        LoginCheck.newBuilder()
            .setUserId(request.getUserID())
            .setPlatformId(request.getPlatformID())
            .setTokenHash(TokenHash.of(request.getToken()))
            .setEpoch(Long.MAX_VALUE)
            .build());
    return MultiTerminalLoginCheckResp.getDefaultInstance();
  }
}
