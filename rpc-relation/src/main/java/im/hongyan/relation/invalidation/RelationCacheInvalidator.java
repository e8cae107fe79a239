package im.hongyan.relation.invalidation;

import im.hongyan.wire.id.UserId;

/** Empties the caches of relations that other services keep. Safe for use by several threads. */
@FunctionalInterface
public interface RelationCacheInvalidator {
  /**
   * Drops what is cached of a user's lists; returns when every service that answers has done so.
   *
   * @param owner whose rows have changed, and are committed
   */
  void invalidate(UserId owner);
}
