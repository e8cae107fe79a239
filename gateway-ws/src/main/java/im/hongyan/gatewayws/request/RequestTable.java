package im.hongyan.gatewayws.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.push.PushMsgServiceGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.wire.bounds.RequestProtobuf;
import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.Set;

/** Which RPC answers which request (websocket.md 4.2). Immutable. */
final class RequestTable {
  /** A message: the one request that goes over the stream of sends. */
  static final int SEND = 1003;

  /** Call signals over WebSocket: always refused with 1001. */
  static final int SIGNAL = 1004;

  /** The connection ends after the answer. */
  static final int LOGOUT = 2003;

  /** Answered here: whether the app is in the background. */
  static final int BACKGROUND = 2004;

  /** Answered here: subscriptions to users' status. */
  static final int SUBSCRIBE = 2005;

  /** Requests whose envelope must be complete (websocket.md 4.1). */
  private static final Set<Integer> COMPLETE = Set.of(1002, 1005, 1006, BACKGROUND);

  private static final Map<Integer, Row<?>> ROWS =
      Map.of(
          1001,
          msg(msgGrpc.getGetMaxSeqMethod(), GetMaxSeqReq.getDefaultInstance()),
          1002,
          msg(msgGrpc.getPullMessageBySeqsMethod(), PullMessageBySeqsReq.getDefaultInstance()),
          1005,
          msg(msgGrpc.getGetSeqMessageMethod(), GetSeqMessageReq.getDefaultInstance()),
          1006,
          msg(
              msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(),
              GetConversationsHasReadAndMaxSeqReq.getDefaultInstance()),
          1007,
          msg(msgGrpc.getGetLastMessageMethod(), GetLastMessageReq.getDefaultInstance()),
          LOGOUT,
          new Row<>(
              ServiceName.PUSH,
              PushMsgServiceGrpc.getDelUserPushTokenMethod(),
              DelUserPushTokenReq.getDefaultInstance()));

  private static final Set<Integer> OTHERS = Set.of(SEND, SIGNAL, BACKGROUND, SUBSCRIBE);

  private RequestTable() {}

  private record Row<A extends Message>(
      ServiceName service, MethodDescriptor<A, ? extends Message> method, A prototype) {
    ByteString call(ServiceLocator locator, ByteString data) {
      A request = RequestProtobuf.read(data, prototype);
      return RpcChannels.call(locator.channel(service), method, request).toByteString();
    }
  }

  private static <A extends Message> Row<A> msg(
      MethodDescriptor<A, ? extends Message> method, A prototype) {
    return new Row<>(ServiceName.MSG, method, prototype);
  }

  static boolean knows(int id) {
    return OTHERS.contains(id) || ROWS.containsKey(id);
  }

  static boolean wantsCompleteEnvelope(int id) {
    return COMPLETE.contains(id);
  }

  /**
   * Asks the RPC of a request.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the data is no such request or its lists
   *     are too long, and what the service answered
   */
  static ByteString call(int id, ServiceLocator locator, ByteString data) {
    Row<?> row = ROWS.get(id);
    if (row == null) {
      throw new IllegalArgumentException("no row for " + id);
    }
    return row.call(locator, data);
  }
}
