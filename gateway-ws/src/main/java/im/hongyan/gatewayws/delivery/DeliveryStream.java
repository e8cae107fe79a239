package im.hongyan.gatewayws.delivery;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands pushes to connections in the order of their stream, each once: what was taken before is
 * dropped, since clients are not safe against repeated pushes. Safe for use by several threads.
 */
public final class DeliveryStream extends DeliveryGrpc.DeliveryImplBase implements Feature {
  private final Deliverer deliverer;
  private final Map<Integer, DeliveredPushes> taken = new ConcurrentHashMap<>();

  public DeliveryStream(Deliverer deliverer) {
    this.deliverer = deliverer;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.streaming(this);
  }

  @Override
  public StreamObserver<DeliveryBatch> deliver(StreamObserver<DeliveryReport> reply) {
    RecipientSets sets = new RecipientSets();
    DeliveryReports reports = new DeliveryReports(reply);
    return new StreamObserver<>() {
      private boolean broken;

      @Override
      public void onNext(DeliveryBatch batch) {
        if (broken) {
          return;
        }
        DeliveryReport.Builder report = DeliveryReport.newBuilder().setId(batch.getId());
        HandedOver handed = reports.begin(report);
        try {
          for (Push push : batch.getPushesList()) {
            report.addResults(take(push, sets.of(push), handed));
          }
        } catch (StatusRuntimeException mismatch) {
          // Both sides begin anew; what was taken so far is known by its offset.
          broken = true;
          reports.close();
          reply.onError(mismatch);
          return;
        }
        handed.finished();
      }

      @Override
      public void onError(Throwable gone) {
        // push-service opens a new stream
        reports.close();
      }

      @Override
      public void onCompleted() {
        reports.close();
        if (!broken) {
          reply.onCompleted();
        }
      }
    };
  }

  private PushResult take(Push push, List<String> recipients, HandedOver handed) {
    if (push.getAgain()) {
      return deliver(push, recipients, handed);
    }
    DeliveredPushes lane = taken.computeIfAbsent(push.getLane(), id -> new DeliveredPushes());
    // Held until the push is with the loops: another stream's next push of the conversation waits.
    synchronized (lane) {
      int slices = Math.max(1, push.getSlices());
      if (lane.take(push.getOffset(), push.getSlice(), slices, push.getOpenFrom())) {
        return deliver(push, recipients, handed);
      }
    }
    Presence presence = new Presence(recipients.size());
    deliverer.look(recipients, presence);
    return presence.result(push).setRepeated(true).clearAbsent().build();
  }

  private PushResult deliver(Push push, List<String> recipients, HandedOver handed) {
    Presence presence = new Presence(recipients.size());
    deliverer.deliver(push, recipients, presence, handed);
    return presence.result(push).build();
  }

  /** Who of the recipients is there, and who on a phone. */
  private static final class Presence implements Deliverer.Results {
    private final int recipients;
    private final BitSet present = new BitSet();
    private final BitSet reached = new BitSet();

    Presence(int recipients) {
      this.recipients = recipients;
    }

    @Override
    public void add(int recipient, ClientConnection connection, int code) {
      present.set(recipient);
      if (code == 0 && Deliverer.isPhone(connection.platform())) {
        reached.set(recipient);
      }
    }

    PushResult.Builder result(Push push) {
      PushResult.Builder result =
          PushResult.newBuilder()
              .setLane(push.getLane())
              .setOffset(push.getOffset())
              .setSlice(push.getSlice())
              .setAgain(push.getAgain());
      if (push.getRecipientSet() != 0) {
        return result.setReachedBits(ByteString.copyFrom(reached.toByteArray()));
      }
      for (int i = present.nextClearBit(0); i < recipients; i = present.nextClearBit(i + 1)) {
        result.addAbsent(i);
      }
      reached.stream().forEach(result::addReached);
      return result;
    }
  }
}
