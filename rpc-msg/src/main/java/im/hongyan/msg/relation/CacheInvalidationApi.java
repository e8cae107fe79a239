package im.hongyan.msg.relation;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.CacheInvalidationProto;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.proto.invalidation.InvalidateResponse;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;

/** Lets rpc-relation tell that rows have changed. */
public final class CacheInvalidationApi extends CacheInvalidationGrpc.CacheInvalidationImplBase {
  private final Relations relations;

  /** Creates the endpoint. */
  public CacheInvalidationApi(Relations relations) {
    this.relations = relations;
  }

  /** Only services. */
  public static AuthorisationTable access() {
    var service = CacheInvalidationProto.getDescriptor().findServiceByName("CacheInvalidation");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Forget", Access.internal())
        .build();
  }

  @Override
  public void invalidate(InvalidateRequest request, StreamObserver<InvalidateResponse> reply) {
    Unary.reply(
        reply,
        () -> {
          relations.forget(request.getOwnerUserId());
          return InvalidateResponse.getDefaultInstance();
        });
  }
}
