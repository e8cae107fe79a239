package im.hongyan.msg.pull;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.catchup.CatchUpProto;
import im.hongyan.proto.catchup.NewestAnswer;
import im.hongyan.proto.catchup.NewestRequest;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;

/** Tells gateways what a connecting client may have missed. */
public final class CatchUpApi extends CatchUpGrpc.CatchUpImplBase {
  private final PullService pulls;

  /** Creates the endpoint. */
  public CatchUpApi(PullService pulls) {
    this.pulls = pulls;
  }

  /** Only gateways. */
  public static AuthorisationTable access() {
    var service = CatchUpProto.getDescriptor().findServiceByName("CatchUp");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Newest", Access.internal())
        .build();
  }

  @Override
  public void newest(NewestRequest request, StreamObserver<NewestAnswer> reply) {
    Unary.reply(
        reply,
        () ->
            NewestAnswer.newBuilder()
                .addAllNewest(pulls.newest(request.getUserId(), request.getSinceMillis()))
                .build());
  }
}
