package im.hongyan.gatewayhttp;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.wire.json.GoJsonException;

/**
 * A route that the gateway answers itself. Safe for use by several threads; runs within the
 * caller's context and may block.
 */
@FunctionalInterface
interface OwnRoute {
  /**
   * The body of the answer to a request.
   *
   * @throws im.hongyan.wire.error.ImException to answer with a code
   * @throws BadRequestException to do so with HTTP status 400
   * @throws GoJsonException when the body is not what the route takes
   */
  byte[] answer(CallContext caller, HttpRequest call) throws GoJsonException;
}
