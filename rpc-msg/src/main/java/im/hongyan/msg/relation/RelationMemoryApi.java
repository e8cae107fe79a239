package im.hongyan.msg.relation;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.memory.ForgetAnswer;
import im.hongyan.proto.memory.ForgetRequest;
import im.hongyan.proto.memory.MemoryProto;
import im.hongyan.proto.memory.RelationMemoryGrpc;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;

/** Lets rpc-relation tell that rows have changed. */
public final class RelationMemoryApi extends RelationMemoryGrpc.RelationMemoryImplBase {
  private final Relations relations;

  /** Creates the face. */
  public RelationMemoryApi(Relations relations) {
    this.relations = relations;
  }

  /** Only services. */
  public static AuthorisationTable access() {
    var service = MemoryProto.getDescriptor().findServiceByName("RelationMemory");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Forget", Access.internal())
        .build();
  }

  @Override
  public void forget(ForgetRequest request, StreamObserver<ForgetAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          relations.forget(request.getOwnerUserId());
          return ForgetAnswer.getDefaultInstance();
        });
  }
}
