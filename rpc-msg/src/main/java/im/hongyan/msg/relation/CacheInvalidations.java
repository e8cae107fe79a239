package im.hongyan.msg.relation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.proto.invalidation.InvalidateResponse;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;

/** Lets rpc-relation say that rows have changed, before it answers whoever changed them. */
public final class CacheInvalidations implements Feature {
  private final Relations relations;

  public CacheInvalidations(Relations relations) {
    this.relations = relations;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(CacheInvalidationGrpc.getInvalidateMethod(), this::invalidate);
  }

  private InvalidateResponse invalidate(Caller caller, InvalidateRequest request) {
    relations.invalidate(new UserId(request.getOwnerUserId()));
    return InvalidateResponse.getDefaultInstance();
  }
}
