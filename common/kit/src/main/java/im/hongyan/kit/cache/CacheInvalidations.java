package im.hongyan.kit.cache;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.proto.invalidation.InvalidateResponse;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;

/**
 * Lets rpc-relation say that rows have changed, before it answers whoever changed them. Safe for
 * use by several threads.
 */
public final class CacheInvalidations implements Feature {
  private final InvalidatingCache.Versions versions;

  /**
   * Creates the feature.
   *
   * @param versions of all caches of this service
   */
  public CacheInvalidations(InvalidatingCache.Versions versions) {
    this.versions = versions;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(CacheInvalidationGrpc.getInvalidateMethod(), this::invalidate);
  }

  private InvalidateResponse invalidate(Caller caller, InvalidateRequest request) {
    request.getOwnerUserIdsList().forEach(owner -> versions.invalidate(new UserId(owner)));
    return InvalidateResponse.getDefaultInstance();
  }
}
