package im.hongyan.gatewayws.delivery;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryProto;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands pushes to connections, in the order of their lane; what is not above the last one taken
 * from a lane is dropped, since clients are not safe against repeated pushes.
 */
public final class DeliveryApi extends DeliveryGrpc.DeliveryImplBase {
  private final ConnectionRegistry registry;
  private final Map<Integer, Long> lastTaken = new ConcurrentHashMap<>();

  /** Creates the face. */
  public DeliveryApi(ConnectionRegistry registry) {
    this.registry = registry;
  }

  /** Only push-service. */
  public static AuthorisationTable access() {
    var service = DeliveryProto.getDescriptor().findServiceByName("Delivery");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Deliver", Access.internal())
        .build();
  }

  @Override
  public StreamObserver<DeliveryBatch> deliver(StreamObserver<DeliveryReport> reply) {
    return new StreamObserver<>() {
      @Override
      public void onNext(DeliveryBatch batch) {
        DeliveryReport.Builder report = DeliveryReport.newBuilder().setId(batch.getId());
        batch.getPushesList().forEach(push -> take(push, report));
        reply.onNext(report.build());
      }

      @Override
      public void onError(Throwable gone) {
        // push-service opens a new stream
      }

      @Override
      public void onCompleted() {
        reply.onCompleted();
      }
    };
  }

  private void take(Push push, DeliveryReport.Builder report) {
    boolean[] fresh = new boolean[1];
    lastTaken.compute(
        push.getLane(),
        (lane, last) -> {
          fresh[0] = last == null || push.getOffset() > last;
          if (fresh[0]) {
            deliver(push, report);
          }
          return fresh[0] ? push.getOffset() : last;
        });
  }

  private void deliver(Push push, DeliveryReport.Builder report) {
    List<PushedFrames> frames =
        push.getCopiesList().stream()
            .map((PushedCopy copy) -> new PushedFrames(push.getOperationId(), copy))
            .toList();
    PushResult.Builder result =
        PushResult.newBuilder().setLane(push.getLane()).setOffset(push.getOffset());
    for (int i = 0; i < push.getRecipientsCount(); i++) {
      List<ClientConnection> connections = registry.of(push.getRecipients(i));
      if (connections.isEmpty()) {
        result.addAbsent(i);
      }
      for (ClientConnection connection : connections) {
        frames.forEach(frame -> connection.sendEncoded(frame.in(connection.form())));
      }
    }
    report.addResults(result);
  }
}
