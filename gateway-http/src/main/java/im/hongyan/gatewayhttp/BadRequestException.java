package im.hongyan.gatewayhttp;

import im.hongyan.wire.error.ImException;

/** A refusal with HTTP status 400, of the few routes that have it (rest-account.md 0.4). */
final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ImException failure;

  BadRequestException(ImException failure) {
    super(failure.getMessage(), failure, false, false);
    this.failure = failure;
  }

  /** What the envelope says. */
  ImException failure() {
    return failure;
  }
}
