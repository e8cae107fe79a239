package im.hongyan.gatewayhttp;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Services that answer every RPC on the caller's thread with an empty answer. A token is the user's
 * id, and one that begins with a minus has expired.
 */
final class InstantServices extends Channel implements ServiceLocator {
  @Override
  public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
    return new Instant<>(method);
  }

  private static final class Instant<A, B> extends ClientCall<A, B> {
    private final MethodDescriptor<A, B> method;
    private @Nullable Listener<B> listener;
    private @Nullable A request;

    Instant(MethodDescriptor<A, B> method) {
      this.method = method;
    }

    @Override
    public void start(Listener<B> answers, Metadata headers) {
      listener = answers;
    }

    @Override
    public void sendMessage(A message) {
      request = message;
    }

    @Override
    public void halfClose() {
      Listener<B> answers = listener;
      if (answers == null) {
        throw new IllegalStateException("not started");
      }
      if (request instanceof parseTokenReq token && token.getToken().startsWith("-")) {
        StatusRuntimeException expired = RpcErrors.toStatus(ImError.TOKEN_EXPIRED.bare());
        Metadata trailers = expired.getTrailers();
        answers.onClose(expired.getStatus(), trailers == null ? new Metadata() : trailers);
        return;
      }
      answers.onHeaders(new Metadata());
      answers.onMessage(answer());
      answers.onClose(Status.OK, new Metadata());
    }

    @SuppressWarnings("unchecked") // protoc's methods answer with messages of their own type
    private B answer() {
      if (request instanceof parseTokenReq token) {
        return (B) parseTokenResp.newBuilder().setUserID(token.getToken()).setPlatformID(5).build();
      }
      B empty = ((PrototypeMarshaller<B>) method.getResponseMarshaller()).getMessagePrototype();
      if (empty == null) {
        throw new IllegalStateException(method + " answers no message");
      }
      return empty;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(@Nullable String reason, @Nullable Throwable cause) {}
  }

  @Override
  public String authority() {
    return "instant";
  }

  @Override
  public Channel channel(ServiceName service) {
    return this;
  }

  @Override
  public Map<String, Channel> nodes(ServiceName service) {
    return Map.of();
  }

  @Override
  public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {}

  @Override
  public void withdraw() {}

  @Override
  public void close() {}
}
