package im.hongyan.gatewayws.connection;

/** Fuzz target: what {@link InboundProbe} says of a connection holds whatever a client sends. */
public final class GatewayInboundFuzz {
  private GatewayInboundFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    InboundProbe.run(input);
  }
}
