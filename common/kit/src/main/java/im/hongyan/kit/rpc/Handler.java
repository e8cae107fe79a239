package im.hongyan.kit.rpc;

import com.google.protobuf.Message;
import im.hongyan.wire.authz.Caller;

/**
 * What a feature does for one unary RPC. Runs on a virtual thread and may block. It finds its
 * arguments checked and its caller allowed, as far as the .proto says them.
 */
@FunctionalInterface
public interface Handler<A extends Message, B extends Message> {
  /**
   * Answers a request.
   *
   * @throws im.hongyan.wire.error.ImException to answer with a code; any other exception becomes
   *     500 and is logged with its stack
   */
  B handle(Caller caller, A request);
}
