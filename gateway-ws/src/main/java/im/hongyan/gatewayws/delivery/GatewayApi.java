package im.hongyan.gatewayws.delivery;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.login.LoginService;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusReq;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.KickUserOfflineResp;
import im.hongyan.proto.msggateway.MsgGatewayProto;
import im.hongyan.proto.msggateway.MultiTerminalLoginCheckReq;
import im.hongyan.proto.msggateway.MultiTerminalLoginCheckResp;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgReq;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgResp;
import im.hongyan.proto.msggateway.SingleMsgToUserPlatform;
import im.hongyan.proto.msggateway.SingleMsgToUserResults;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.token.TokenHash;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The protocol's own gateway service (websocket.md 9), for one message to many users, and for
 * administration. Our push-service and our gateways use the streams and epochs of hongyan.delivery
 * and hongyan.gatewaypeer instead.
 */
public final class GatewayApi extends msgGatewayGrpc.msgGatewayImplBase {
  private static final int SENDING = 1;
  private static final int SENT = 2;

  private final ConnectionRegistry registry;
  private final Deliverer deliverer;
  private final LoginService logins;

  /** Creates the endpoint. */
  public GatewayApi(ConnectionRegistry registry, Deliverer deliverer, LoginService logins) {
    this.registry = registry;
    this.deliverer = deliverer;
    this.logins = logins;
  }

  /** Who may call what; the two methods that nobody calls have no entry and are refused. */
  public static AuthorisationTable access() {
    var service = MsgGatewayProto.getDescriptor().findServiceByName("msgGateway");
    return AuthorisationTable.builder()
        .allow(service, "GetUsersOnlineStatus", Access.appAdmin())
        .allow(service, "SuperGroupOnlineBatchPushOneMsg", Access.internal())
        .allow(service, "KickUserOffline", Access.internal())
        .allow(service, "MultiTerminalLoginCheck", Access.internal())
        .build();
  }

  @Override
  public void superGroupOnlineBatchPushOneMsg(
      OnlineBatchPushOneMsgReq request, StreamObserver<OnlineBatchPushOneMsgResp> reply) {
    Unary.reply(
        reply,
        () -> {
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
        });
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
    boolean notification = !message.getOptionsOrDefault("isNotNotification", true);
    String send = message.getSendID();
    String recv = message.getRecvID();
    String group = message.getGroupID();
    ConversationId conversation =
        notification
            ? ConversationId.notification(type, send, recv, group)
            : ConversationId.chat(type, send, recv, group);
    MsgData sent =
        message.getStatus() == SENDING ? message.toBuilder().setStatus(SENT).build() : message;
    return PushedCopy.newBuilder()
        .setConversationId(conversation.value())
        .setMessage(sent.toByteString())
        .setSeq(message.getSeq())
        .build();
  }

  /** Connections of this node; the field of the token holds its hash, which opens nothing. */
  @Override
  public void getUsersOnlineStatus(
      GetUsersOnlineStatusReq request, StreamObserver<GetUsersOnlineStatusResp> reply) {
    Unary.reply(
        reply,
        () -> {
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
        });
  }

  private static GetUsersOnlineStatusResp.SuccessDetail detail(ClientConnection connection) {
    return GetUsersOnlineStatusResp.SuccessDetail.newBuilder()
        .setPlatformID(connection.platform().number())
        .setConnID(connection.id())
        .setIsBackground(connection.background())
        .setToken(HexFormat.of().formatHex(connection.tokenHash().toByteArray()))
        .build();
  }

  @Override
  public void kickUserOffline(
      KickUserOfflineReq request, StreamObserver<KickUserOfflineResp> reply) {
    Unary.reply(
        reply,
        () -> {
          logins.closeAll(
              request.getKickUserIDListList(), LoginService.platform(request.getPlatformID()));
          return KickUserOfflineResp.getDefaultInstance();
        });
  }

  /** The protocol's check has no epoch: the login is taken for the newest. */
  @Override
  public void multiTerminalLoginCheck(
      MultiTerminalLoginCheckReq request, StreamObserver<MultiTerminalLoginCheckResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getUserID().isEmpty() || request.getToken().isEmpty()) {
            throw ImError.ARGS.with("userID or token is empty");
          }
          logins.check(
              LoginCheck.newBuilder()
                  .setUserId(request.getUserID())
                  .setPlatformId(LoginService.platform(request.getPlatformID()).number())
                  .setTokenHash(TokenHash.of(request.getToken()))
                  .setEpoch(Long.MAX_VALUE)
                  .build());
          return MultiTerminalLoginCheckResp.getDefaultInstance();
        });
  }
}
