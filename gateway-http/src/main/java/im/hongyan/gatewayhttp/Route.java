package im.hongyan.gatewayhttp;

import com.google.protobuf.Message;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.util.Objects;

/**
 * One route: a path and the RPC behind it, whose service decides who may call.
 *
 * @param open whether no token is needed
 * @param echoes whether the caller's connections get a notification of it, behind the answer
 */
record Route(
    String path,
    ServiceName service,
    MethodDescriptor<Message, Message> method,
    boolean open,
    boolean echoes) {
  /** Whether callers prove themselves by the shared secret. */
  boolean comparesSecret() {
    String name = AuthGrpc.getGetAdminTokenMethod().getFullMethodName();
    return method.getFullMethodName().equals(name);
  }

  /**
   * The body of the answer to a body.
   *
   * @throws im.hongyan.wire.error.ImException when its lists are too long, and what the service
   *     answered
   */
  byte[] call(Channel channel, byte[] body) throws GoJsonException {
    PrototypeMarshaller<Message> marshaller =
        (PrototypeMarshaller<Message>) method.getRequestMarshaller();
    Message prototype = Objects.requireNonNull(marshaller.getMessagePrototype());
    return ApiEnvelope.success(
        RpcChannels.call(channel, method, GoJsonReader.readRequest(body, prototype)));
  }
}
