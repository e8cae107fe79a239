package im.hongyan.push.online;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ordered stream to one gateway. Pushes that the gateway has not reported are sent again on a
 * new stream; the gateway drops what it took already. Safe for use by several threads.
 */
final class GatewayLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLink.class);
  private static final int MAX_UNREPORTED = 20_000;
  private static final String OPERATION = "push-stream";

  private final String nodeId;
  private final Channel channel;
  private final AtomicLong ids = new AtomicLong();
  private final Deque<Sent> unreported = new ArrayDeque<>();
  private @Nullable BatchWriter<Push, DeliveryBatch> writer;
  private boolean closed;

  private record Sent(long batchId, Push push) {}

  GatewayLink(String nodeId, Channel channel) {
    this.nodeId = nodeId;
    this.channel = channel;
  }

  synchronized void send(Push push) {
    if (closed) {
      return;
    }
    if (writer == null) {
      open();
    }
    if (writer != null && !writer.write(push)) {
      LOG.warn("gateway {} is too slow; a push is left to the clients' pull", nodeId);
    }
  }

  private void open() {
    BatchWriter<Push, DeliveryBatch> opened = connectAsService();
    writer = opened;
    Deque<Sent> again = new ArrayDeque<>(unreported);
    unreported.clear();
    again.forEach(sent -> opened.write(sent.push()));
  }

  private BatchWriter<Push, DeliveryBatch> connectAsService() {
    Context service = CallContext.service(OPERATION).toGrpc();
    Context previous = service.attach();
    try {
      return connect();
    } finally {
      service.detach(previous);
    }
  }

  private BatchWriter<Push, DeliveryBatch> connect() {
    StreamObserver<DeliveryBatch> requests =
        DeliveryGrpc.newStub(channel)
            .deliver(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DeliveryReport report) {
                    reported(report.getId());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    LOG.warn("stream to gateway {} ended: {}", nodeId, failure.toString());
                    ended();
                  }

                  @Override
                  public void onCompleted() {
                    ended();
                  }
                });
    return new BatchWriter<>(requests, MAX_UNREPORTED, this::batch);
  }

  private synchronized DeliveryBatch batch(List<Push> pushes) {
    long id = ids.incrementAndGet();
    for (Push push : pushes) {
      if (unreported.size() >= MAX_UNREPORTED) {
        unreported.removeFirst();
      }
      unreported.addLast(new Sent(id, push));
    }
    return DeliveryBatch.newBuilder().setId(id).addAllPushes(pushes).build();
  }

  private synchronized void reported(long batchId) {
    while (!unreported.isEmpty() && unreported.getFirst().batchId() <= batchId) {
      unreported.removeFirst();
    }
  }

  private synchronized void ended() {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    ended();
  }
}
