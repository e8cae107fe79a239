package im.hongyan.push.online;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ordered stream to one gateway. Pushes are numbered; those that the gateway has not reported
 * are sent again on the next stream, and the gateway drops what it took already. Second looks stand
 * outside the order by which it drops, so they are sent once and never repeated. Safe for use by
 * several threads.
 */
final class GatewayLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLink.class);
  private static final int MAX_UNREPORTED = 20_000;
  private static final long REOPEN_NANOS = 1_000_000_000;
  private static final String OPERATION = "push-stream";

  private final String nodeId;
  private final Channel channel;
  private final Results results;

  /** Numbered without a gap from {@link #firstUnreported} on. */
  private final Deque<Sent> unreported = new ArrayDeque<>();

  private long firstUnreported = 1;
  private @Nullable BatchWriter<Push, DeliveryBatch> writer;
  private long stream;
  private long openedNanos;
  private boolean closed;

  /** Hears what became of pushes; must not block. */
  interface Results {
    /**
     * A gateway has handed a push to its connections; one that it took on an earlier stream is not
     * reported.
     *
     * @param part what this gateway was sent; the result's indexes are into its recipients
     */
    void reported(Routed push, Push part, PushResult result);
  }

  private record Sent(Routed push, Push part) {
    Name name() {
      return new Name(part.getLane(), part.getOffset(), part.getAgain());
    }
  }

  /** What a result calls its push by. */
  private record Name(int lane, long offset, boolean again) {
    static Name of(PushResult result) {
      return new Name(result.getLane(), result.getOffset(), result.getAgain());
    }
  }

  GatewayLink(String nodeId, Channel channel, Results results) {
    this.nodeId = nodeId;
    this.channel = channel;
    this.results = results;
  }

  /** Sends the part of a push that is this gateway's. */
  synchronized void send(Routed push, Push part) {
    if (closed) {
      return;
    }
    BatchWriter<Push, DeliveryBatch> current = writer == null ? open() : writer;
    if (!current.write(part)) {
      LOG.warn("gateway {} is too slow; a push is left to the clients' pull", nodeId);
      return;
    }
    if (unreported.size() >= MAX_UNREPORTED) {
      dropFirst();
    }
    unreported.addLast(new Sent(push, part));
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
      unreported.removeIf(sent -> sent.part().getAgain());
      unreported.forEach(sent -> opened.write(sent.part()));
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
                    reported(number, report);
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

  private void reported(long number, DeliveryReport report) {
    Map<Name, PushResult> told = new HashMap<>();
    report.getResultsList().forEach(result -> told.put(Name.of(result), result));
    for (Sent sent : taken(number, report.getId())) {
      PushResult result = told.remove(sent.name());
      if (result != null) {
        results.reported(sent.push(), sent.part(), result);
      }
    }
  }

  /**
   * The gateway took everything up to the push of this number; what an earlier stream still tells
   * is passed over, since its numbers may be others by now.
   */
  private synchronized List<Sent> taken(long number, long last) {
    List<Sent> taken = new ArrayList<>();
    while (number == stream && !unreported.isEmpty() && firstUnreported <= last) {
      taken.add(dropFirst());
    }
    return taken;
  }

  private Sent dropFirst() {
    firstUnreported++;
    return unreported.removeFirst();
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
