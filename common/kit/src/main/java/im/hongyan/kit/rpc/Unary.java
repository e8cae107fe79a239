package im.hongyan.kit.rpc;

import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a unary call from a method that returns or throws. The one place where failures of
 * handlers are mapped and faults of our own are logged. Stateless.
 */
public final class Unary {
  private static final Logger LOG = LoggerFactory.getLogger(Unary.class);

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

  /**
   * The failure with its code. A fault of our own is logged with its stack; a store or service that
   * does not answer is one line.
   */
  public static ImException logged(RuntimeException failure) {
    ImException coded = RpcErrors.coded(failure);
    if (!(failure instanceof ImException)) {
      LOG.error("operation {} failed", CallContext.current().operationId(), failure);
    } else if (coded.is(ImError.INTERNAL)) {
      LOG.warn("operation {}: {}", CallContext.current().operationId(), coded.detail());
    }
    return coded;
  }
}
