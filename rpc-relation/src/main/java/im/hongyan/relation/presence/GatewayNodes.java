package im.hongyan.relation.presence;

import java.util.Set;

/** The gateways that are there now. Safe for use by several threads. */
@FunctionalInterface
public interface GatewayNodes {
  /** Their node ids. */
  Set<String> ids();
}
