package im.hongyan.push.online;

import com.google.protobuf.ByteString;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway behind a real gRPC server within the JVM; connected users are those that were set. */
final class FakeGateway implements AutoCloseable {
  private final Server server;
  private final ManagedChannel channel;
  private final List<Push> taken = new CopyOnWriteArrayList<>();
  private final List<Push> raw = new CopyOnWriteArrayList<>();
  private final List<Runnable> held = new CopyOnWriteArrayList<>();
  private final Set<String> phones = ConcurrentHashMap.newKeySet();
  private final Set<String> connected = ConcurrentHashMap.newKeySet();
  private volatile @Nullable StreamObserver<DeliveryReport> stream;
  private volatile boolean silent;

  FakeGateway(String... users) {
    connected.addAll(List.of(users));
    String name = UUID.randomUUID().toString();
    try {
      server = InProcessServerBuilder.forName(name).addService(new Service()).build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).intercept(RpcChannels.interceptors()).build();
  }

  private final class Service extends DeliveryGrpc.DeliveryImplBase {
    @Override
    public StreamObserver<DeliveryBatch> deliver(StreamObserver<DeliveryReport> reply) {
      stream = reply;
      Map<Integer, List<String>> sets = new HashMap<>();
      return new StreamObserver<>() {
        @Override
        public void onNext(DeliveryBatch batch) {
          take(batch, reply, sets);
        }

        @Override
        public void onError(Throwable gone) {
          // the router opens a new stream
        }

        @Override
        public void onCompleted() {
          reply.onCompleted();
        }
      };
    }
  }

  private void take(
      DeliveryBatch batch, StreamObserver<DeliveryReport> reply, Map<Integer, List<String>> sets) {
    DeliveryReport.Builder report = DeliveryReport.newBuilder().setId(batch.getId());
    for (Push push : batch.getPushesList()) {
      raw.add(push);
      List<String> recipients = push.getRecipientsList();
      if (push.getRecipientSet() > 0) {
        if (push.getRecipientsCount() > 0) {
          sets.put(push.getRecipientSet(), recipients);
        }
        recipients = Objects.requireNonNull(sets.get(push.getRecipientSet()), "never sent");
      }
      taken.add(
          push.toBuilder()
              .clearOpenFrom()
              .clearRecipientSet()
              .clearRecipients()
              .addAllRecipients(recipients)
              .build());
      report.addResults(result(push, recipients));
    }
    if (silent) {
      held.add(() -> reply.onNext(report.build()));
    } else {
      reply.onNext(report.build());
    }
  }

  private PushResult result(Push push, List<String> recipients) {
    PushResult.Builder result =
        PushResult.newBuilder()
            .setLane(push.getLane())
            .setOffset(push.getOffset())
            .setSlice(push.getSlice())
            .setAgain(push.getAgain());
    BitSet onPhone = new BitSet();
    for (int i = 0; i < recipients.size(); i++) {
      if (!connected.contains(recipients.get(i)) && push.getRecipientSet() == 0) {
        result.addAbsent(i);
      }
      if (phones.contains(recipients.get(i))) {
        onPhone.set(i);
      }
    }
    if (push.getRecipientSet() > 0) {
      return result.setReachedBits(ByteString.copyFrom(onPhone.toByteArray())).build();
    }
    onPhone.stream().forEach(result::addReached);
    return result.build();
  }

  Channel channel() {
    return channel;
  }

  /** What has arrived, in its order, with its recipients and without how they were sent. */
  List<Push> taken() {
    return taken;
  }

  /** What has arrived, as it came. */
  List<Push> raw() {
    return raw;
  }

  /** Users who are connected here on a phone. */
  void phones(String... users) {
    connected.addAll(List.of(users));
    phones.addAll(List.of(users));
  }

  /** Sends the reports that were held back, and reports again. */
  void speak() {
    silent = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  /** A user who connects here. */
  void connect(String user) {
    connected.add(user);
  }

  /** Holds its reports back. */
  void fallSilent() {
    silent = true;
  }

  /** Reports again, and ends the stream. */
  void breakStream() {
    silent = false;
    held.clear();
    StreamObserver<DeliveryReport> open = stream;
    if (open != null) {
      open.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
