package im.hongyan.gatewayws.presence;

import java.util.Map;
import java.util.Set;

/**
 * What this gateway publishes of its users, under a lease. Has one writer; methods block and throw
 * {@link im.hongyan.wire.error.ImException} 500 while the store is away.
 */
public interface PresenceTable {
  /**
   * Changes users' platforms in one step; no platform means offline.
   *
   * @return false when the table is not as it was left: everything must be written anew
   */
  boolean write(Map<String, Set<Integer>> changes);

  /** Keeps the lease; false as of {@link #write}. */
  boolean renew();

  /** Writes everything anew. */
  void writeAll(Map<String, Set<Integer>> everyone);

  /** Takes everything back. */
  void leave();
}
