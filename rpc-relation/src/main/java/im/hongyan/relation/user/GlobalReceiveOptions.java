package im.hongyan.relation.user;

import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.Map;

/** Looks up how users want to receive everything. Safe for use by several threads; may block. */
@FunctionalInterface
public interface GlobalReceiveOptions {
  /** The options of these users, by user; those of 0 are left out. */
  Map<UserId, Integer> globalReceiveOptions(Collection<UserId> userIds);
}
