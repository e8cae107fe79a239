package im.hongyan.gatewayws.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import java.util.Map;

/** Which RPC answers which request (websocket.md 4.2). Immutable. */
final class RequestTable {
  /** A message: the one request that goes over the stream of sends. */
  static final int SEND = 1003;

  /** Call signals over WebSocket: always refused with 1001. */
  static final int SIGNAL = 1004;

  private static final Map<Integer, Row<?>> ROWS =
      Map.of(
          1001, new Row<>(msgGrpc.getGetMaxSeqMethod(), GetMaxSeqReq.parser()),
          1002, new Row<>(msgGrpc.getPullMessageBySeqsMethod(), PullMessageBySeqsReq.parser()),
          1005, new Row<>(msgGrpc.getGetSeqMessageMethod(), GetSeqMessageReq.parser()),
          1006,
              new Row<>(
                  msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(),
                  GetConversationsHasReadAndMaxSeqReq.parser()),
          1007, new Row<>(msgGrpc.getGetLastMessageMethod(), GetLastMessageReq.parser()));

  private RequestTable() {}

  private record Row<A extends Message>(
      MethodDescriptor<A, ? extends Message> method, Parser<A> parser) {
    ByteString call(Channel channel, ByteString data) throws InvalidProtocolBufferException {
      return RpcChannels.call(channel, method, parser.parseFrom(data)).toByteString();
    }
  }

  static boolean knows(int id) {
    return id == SEND || id == SIGNAL || ROWS.containsKey(id);
  }

  /**
   * Asks the RPC of a request.
   *
   * @throws im.hongyan.wire.error.ImException what the service answered
   */
  static ByteString call(int id, Channel channel, ByteString data)
      throws InvalidProtocolBufferException {
    Row<?> row = ROWS.get(id);
    if (row == null) {
      throw new IllegalArgumentException("no row for " + id);
    }
    return row.call(channel, data);
  }
}
