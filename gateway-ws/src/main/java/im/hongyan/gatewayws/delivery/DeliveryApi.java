package im.hongyan.gatewayws.delivery;

import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryProto;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands pushes to connections, in the order of their lane; what is not above the last one taken
 * from a lane is dropped, since clients are not safe against repeated pushes.
 */
public final class DeliveryApi extends DeliveryGrpc.DeliveryImplBase {
  private final Deliverer deliverer;
  private final Map<Integer, Long> lastTaken = new ConcurrentHashMap<>();

  /** Creates the face. */
  public DeliveryApi(Deliverer deliverer) {
    this.deliverer = deliverer;
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
    if (push.getAgain()) {
      report.addResults(deliver(push));
      return;
    }
    lastTaken.compute(
        push.getLane(),
        (lane, last) -> {
          if (last != null && push.getOffset() <= last) {
            return last;
          }
          report.addResults(deliver(push));
          return push.getOffset();
        });
  }

  private PushResult deliver(Push push) {
    int recipients = push.getRecipientsCount();
    boolean[] present = new boolean[recipients];
    boolean[] reached = new boolean[recipients];
    deliverer.deliver(
        push.getOperationId(),
        push.getCopiesList(),
        push.getRecipientsList(),
        (recipient, connection, code) -> {
          present[recipient] = true;
          reached[recipient] |= code == 0 && Deliverer.isPhone(connection.platform());
        });
    PushResult.Builder result =
        PushResult.newBuilder()
            .setLane(push.getLane())
            .setOffset(push.getOffset())
            .setAgain(push.getAgain());
    for (int i = 0; i < recipients; i++) {
      if (!present[i]) {
        result.addAbsent(i);
      }
      if (reached[i]) {
        result.addReached(i);
      }
    }
    return result.build();
  }
}
