package im.hongyan.push.online;

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
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway behind a real gRPC server within the JVM; connected users are those it is told of. */
final class FakeGateway implements AutoCloseable {
  private final Server server;
  private final ManagedChannel channel;
  private final List<Push> taken = new CopyOnWriteArrayList<>();
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
      return new StreamObserver<>() {
        @Override
        public void onNext(DeliveryBatch batch) {
          take(batch, reply);
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

  private void take(DeliveryBatch batch, StreamObserver<DeliveryReport> reply) {
    taken.addAll(batch.getPushesList());
    if (silent) {
      return;
    }
    DeliveryReport.Builder report = DeliveryReport.newBuilder().setId(batch.getId());
    for (Push push : batch.getPushesList()) {
      PushResult.Builder result =
          PushResult.newBuilder()
              .setLane(push.getLane())
              .setOffset(push.getOffset())
              .setAgain(push.getAgain());
      for (int i = 0; i < push.getRecipientsCount(); i++) {
        if (!connected.contains(push.getRecipients(i))) {
          result.addAbsent(i);
        }
      }
      report.addResults(result);
    }
    reply.onNext(report.build());
  }

  Channel channel() {
    return channel;
  }

  /** What has arrived, in its order. */
  List<Push> taken() {
    return taken;
  }

  /** A user who connects here. */
  void connect(String user) {
    connected.add(user);
  }

  /** Reports nothing any more. */
  void fallSilent() {
    silent = true;
  }

  /** Reports again, and ends the stream. */
  void breakStream() {
    silent = false;
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
