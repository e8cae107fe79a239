package im.hongyan.relation.invalidation;

import com.google.common.collect.Lists;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.discovery.Broadcast;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidates the caches of this process, then of all rpc-relation, then of all rpc-msg. The order
 * matters: an rpc-msg loads rows anew through any rpc-relation. A service that does not answer goes
 * by the old rows until they expire. Safe for use by several threads.
 */
public final class ServiceCacheInvalidator implements RelationCacheInvalidator {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceCacheInvalidator.class);

  /** As many as one request may name. */
  private static final int MAX_OWNERS = 2_000;

  private final InvalidatingCache.Versions own;
  private final List<Broadcast> services;

  /**
   * Creates an invalidator of the services that the locator finds.
   *
   * @param own of all caches of this process
   */
  public ServiceCacheInvalidator(ServiceLocator locator, InvalidatingCache.Versions own) {
    this.own = own;
    services =
        List.of(
            new Broadcast(locator, ServiceName.RELATION, LOG),
            new Broadcast(locator, ServiceName.MSG, LOG));
  }

  @Override
  public void invalidate(Collection<UserId> owners) {
    owners.forEach(own::invalidate);
    List<String> ids = owners.stream().map(UserId::value).toList();
    for (Broadcast service : services) {
      for (List<String> some : Lists.partition(ids, MAX_OWNERS)) {
        InvalidateRequest request = InvalidateRequest.newBuilder().addAllOwnerUserIds(some).build();
        service.call(CacheInvalidationGrpc.getInvalidateMethod(), request, "a change of rows");
      }
    }
  }
}
