package im.hongyan.gatewayhttp;

/**
 * Fuzz target: what {@link GatewayHttpProbe} says of a connection holds whatever a client sends.
 */
public final class GatewayHttpFuzz {
  private GatewayHttpFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    GatewayHttpProbe.run(input);
  }
}
