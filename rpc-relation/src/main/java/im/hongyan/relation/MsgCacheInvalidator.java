package im.hongyan.relation;

import im.hongyan.kit.discovery.Broadcast;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All rpc-msg. They remember what they were told of rows for a minute, so that who changes rows
 * lets them forget their owner, between the commit and the answer to the caller; one that does not
 * answer goes by the old rows for the rest of that minute. Safe for use by several threads.
 */
final class MsgCacheInvalidator implements Consumer<String> {
  private static final Logger LOG = LoggerFactory.getLogger(MsgCacheInvalidator.class);

  private final Broadcast services;

  MsgCacheInvalidator(ServiceLocator locator) {
    services = new Broadcast(locator, ServiceName.MSG, LOG);
  }

  @Override
  public void accept(String ownerUserId) {
    InvalidateRequest request = InvalidateRequest.newBuilder().setOwnerUserId(ownerUserId).build();
    services.call(CacheInvalidationGrpc.getInvalidateMethod(), request, "a change of rows");
  }
}
