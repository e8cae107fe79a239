package im.hongyan.kit.rpc;

import im.hongyan.wire.authz.Caller;

/** Handles the calls of a unary method of which some wait for an event. */
@FunctionalInterface
public interface ReplyHandler<A, B> {
  /**
   * Answers a request, or says what it waits for.
   *
   * @throws im.hongyan.wire.error.ImException a coded failure
   */
  Reply<B> handle(Caller caller, A request);
}
