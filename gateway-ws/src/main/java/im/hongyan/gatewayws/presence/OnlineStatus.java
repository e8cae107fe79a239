package im.hongyan.gatewayws.presence;

import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;

/** Who is online anywhere. Methods block. */
@FunctionalInterface
public interface OnlineStatus {
  /**
   * What is known of users.
   *
   * @param platforms numbers by user, empty for who is offline; every user asked for is there
   * @param complete whether all gateways could be asked, so that offline is certain
   */
  record Known(Map<String, SortedSet<Integer>> platforms, boolean complete) {}

  /**
   * Asks for users.
   *
   * @throws im.hongyan.wire.error.ImException 500 while the store is away
   */
  Known of(Collection<String> userIds);
}
