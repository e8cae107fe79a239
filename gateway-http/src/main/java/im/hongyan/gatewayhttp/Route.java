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
 * One route: a path and the RPC behind it. Who may call is the RPC's entry in the authorisation
 * table of its service.
 *
 * @param open whether no token is needed
 */
record Route<A extends Message, B extends Message>(
    String path, ServiceName service, MethodDescriptor<A, B> method, boolean open) {

  static <A extends Message, B extends Message> Route<A, B> open(
      String path, ServiceName service, MethodDescriptor<A, B> method) {
    return new Route<>(path, service, method, true);
  }

  static <A extends Message, B extends Message> Route<A, B> withToken(
      String path, ServiceName service, MethodDescriptor<A, B> method) {
    return new Route<>(path, service, method, false);
  }

  /** Whether callers prove themselves by the shared secret. */
  boolean comparesSecret() {
    return method.equals(AuthGrpc.getGetAdminTokenMethod());
  }

  /** The body of the answer to a body. */
  byte[] call(Channel channel, byte[] body) throws GoJsonException {
    PrototypeMarshaller<A> marshaller = (PrototypeMarshaller<A>) method.getRequestMarshaller();
    A prototype = Objects.requireNonNull(marshaller.getMessagePrototype());
    return ApiEnvelope.success(
        RpcChannels.call(channel, method, GoJsonReader.read(body, prototype)));
  }
}
