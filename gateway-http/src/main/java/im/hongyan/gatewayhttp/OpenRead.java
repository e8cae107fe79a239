package im.hongyan.gatewayhttp;

/**
 * A route that the gateway answers itself to GET, whoever asks and without an envelope. Safe for
 * use by several threads; must not block.
 */
@FunctionalInterface
interface OpenRead {
  /**
   * The body of the answer, which is JSON.
   *
   * @throws im.hongyan.wire.error.ImException to answer with an envelope
   */
  byte[] answer();
}
