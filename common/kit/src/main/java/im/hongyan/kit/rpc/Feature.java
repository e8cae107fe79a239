package im.hongyan.kit.rpc;

/** A part of a service that answers RPCs; several features may serve one proto service. */
@FunctionalInterface
public interface Feature {
  /** Adds a row for each RPC of the feature; called once, at the start. */
  void register(Rpcs rpcs);
}
