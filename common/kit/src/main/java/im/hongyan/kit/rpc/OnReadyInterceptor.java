package im.hongyan.kit.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Unparks the thread that found a streaming call not ready once it is ready or over. gRPC takes a
 * client's on-ready handler only before the call starts, when the {@link BatchWriter} that will
 * need it cannot exist yet. A call has one writing thread. Stateless.
 */
final class OnReadyInterceptor implements ClientInterceptor {
  @Override
  public <A, B> ClientCall<A, B> interceptCall(
      MethodDescriptor<A, B> method, CallOptions options, Channel next) {
    ClientCall<A, B> call = next.newCall(method, options);
    return method.getType().clientSendsOneMessage() ? call : new WakingCall<>(call);
  }

  private static final class WakingCall<A, B> extends SimpleForwardingClientCall<A, B> {
    private volatile @Nullable Thread waiting;

    WakingCall(ClientCall<A, B> call) {
      super(call);
    }

    @Override
    public void start(Listener<B> listener, Metadata headers) {
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onReady() {
              super.onReady();
              LockSupport.unpark(waiting);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              super.onClose(status, trailers);
              LockSupport.unpark(waiting);
            }
          },
          headers);
    }

    /** Asked again after the thread is noted, so that no wake-up falls between. */
    @Override
    public boolean isReady() {
      if (super.isReady()) {
        return true;
      }
      waiting = Thread.currentThread();
      return super.isReady();
    }
  }
}
