package im.hongyan.relation.invalidation;

import im.hongyan.kit.discovery.Broadcast;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.wire.id.UserId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidates the caches of all rpc-msg. They cache rows for a minute, so a change invalidates its
 * owner's between the commit and the answer to the caller; an rpc-msg that does not answer goes by
 * the old rows for the rest of that minute. Safe for use by several threads.
 */
public final class MsgCacheInvalidator implements RelationCacheInvalidator {
  private static final Logger LOG = LoggerFactory.getLogger(MsgCacheInvalidator.class);

  private final Broadcast services;

  /** Creates an invalidator of the services that the locator finds. */
  public MsgCacheInvalidator(ServiceLocator locator) {
    services = new Broadcast(locator, ServiceName.MSG, LOG);
  }

  @Override
  public void invalidate(UserId owner) {
    InvalidateRequest request =
        InvalidateRequest.newBuilder().setOwnerUserId(owner.value()).build();
    services.call(CacheInvalidationGrpc.getInvalidateMethod(), request, "a change of rows");
  }
}
