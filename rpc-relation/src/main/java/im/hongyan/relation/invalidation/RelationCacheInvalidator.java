package im.hongyan.relation.invalidation;

import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;

/**
 * Empties the caches of users and relations that this and other services keep. Safe for use by
 * several threads.
 */
@FunctionalInterface
public interface RelationCacheInvalidator {
  /**
   * Drops what is cached of users and their lists; returns when every service that answers has done
   * so.
   *
   * @param owners whose rows have changed, and are committed
   */
  void invalidate(Collection<UserId> owners);

  /** Drops what is cached of one user. */
  default void invalidate(UserId owner) {
    invalidate(List.of(owner));
  }
}
