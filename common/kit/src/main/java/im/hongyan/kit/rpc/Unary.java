package im.hongyan.kit.rpc;

import im.hongyan.wire.error.ImException;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/**
 * Answers a unary call from a method that returns or throws. The one place where failures of
 * handlers are mapped and faults of our own are logged. Stateless.
 */
public final class Unary {
  private Unary() {}

  /** Sends what the body returns, or its failure with a code. */
  public static <T> void reply(StreamObserver<T> observer, Supplier<T> body) {
    T answer;
    try {
      answer = body.get();
    } catch (RuntimeException failure) {
      observer.onError(RpcErrors.toStatus(logged(failure)));
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }

  /** As {@link RpcErrors#logged}. */
  public static ImException logged(RuntimeException failure) {
    return RpcErrors.logged(failure);
  }
}
