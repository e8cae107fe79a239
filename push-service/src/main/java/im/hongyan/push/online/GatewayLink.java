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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ordered stream to one gateway. Pushes are numbered; those that the gateway has not reported
 * are sent again on the next stream, and the gateway drops what it took already. Safe for use by
 * several threads.
 */
final class GatewayLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLink.class);
  private static final int MAX_UNREPORTED = 20_000;
  private static final long REOPEN_NANOS = 1_000_000_000;
  private static final String OPERATION = "push-stream";

  private final String nodeId;
  private final Channel channel;

  /** Numbered without a gap from {@link #firstUnreported} on. */
  private final Deque<Push> unreported = new ArrayDeque<>();

  private long firstUnreported = 1;
  private @Nullable BatchWriter<Push, DeliveryBatch> writer;
  private long stream;
  private long openedNanos;
  private boolean closed;

  GatewayLink(String nodeId, Channel channel) {
    this.nodeId = nodeId;
    this.channel = channel;
  }

  synchronized void send(Push push) {
    if (closed) {
      return;
    }
    BatchWriter<Push, DeliveryBatch> current = writer == null ? open() : writer;
    if (!current.write(push)) {
      LOG.warn("gateway {} is too slow; a push is left to the clients' pull", nodeId);
      return;
    }
    if (unreported.size() >= MAX_UNREPORTED) {
      dropFirst();
    }
    unreported.addLast(push);
  }

  /** Opens a new stream for what a broken one has left. */
  synchronized void keepUp() {
    if (!closed
        && writer == null
        && !unreported.isEmpty()
        && System.nanoTime() - openedNanos > REOPEN_NANOS) {
      open();
    }
  }

  private BatchWriter<Push, DeliveryBatch> open() {
    openedNanos = System.nanoTime();
    Context service = CallContext.service(OPERATION).toGrpc();
    Context previous = service.attach();
    try {
      BatchWriter<Push, DeliveryBatch> opened = connect(++stream, new AtomicLong(firstUnreported));
      writer = opened;
      unreported.forEach(opened::write);
      return opened;
    } finally {
      service.detach(previous);
    }
  }

  private BatchWriter<Push, DeliveryBatch> connect(long number, AtomicLong next) {
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
                    ended(number);
                  }

                  @Override
                  public void onCompleted() {
                    ended(number);
                  }
                });
    return new BatchWriter<>(
        requests,
        MAX_UNREPORTED,
        pushes ->
            DeliveryBatch.newBuilder()
                .setId(next.addAndGet(pushes.size()) - 1)
                .addAllPushes(pushes)
                .build());
  }

  /** The gateway took everything up to the push of this number. */
  private synchronized void reported(long last) {
    while (!unreported.isEmpty() && firstUnreported <= last) {
      dropFirst();
    }
  }

  private void dropFirst() {
    unreported.removeFirst();
    firstUnreported++;
  }

  private synchronized void ended(long number) {
    if (writer != null && stream == number) {
      writer.close();
      writer = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    ended(stream);
  }
}
