package im.hongyan.push.online;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import im.hongyan.push.online.RoutedPush.GatewayPush;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ordered stream to one gateway. Pushes are numbered; those that the gateway has not reported
 * are sent again on the next stream, and the gateway drops what it took already. Second looks are
 * outside the order by which it drops, so they are sent once and never repeated.
 *
 * <p>Of pushes in slices only a few are under way at once; the others wait for their turn, and with
 * them what comes later of their conversation, while everything else passes by. Safe for use by
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
  private final Deque<GatewayPush> unreported = new ArrayDeque<>();

  private final SliceScheduler scheduler = new SliceScheduler();

  /** How many pushes of each offset have not been reported, by lane; second looks do not count. */
  private final Map<Integer, TreeMap<Long, Integer>> open = new HashMap<>();

  private RecipientSlots slots = new RecipientSlots();
  private long firstUnreported = 1;
  private @Nullable BatchWriter<Push, DeliveryBatch> writer;
  private long stream;
  private long openedNanos;
  private boolean closed;

  /** Called with what became of pushes; must not block. */
  interface Results {
    /**
     * A gateway has handed a push to its connections, now or on an earlier stream; the result's
     * indexes are into the part's users.
     */
    void reported(GatewayPush part, PushResult result);

    /** Nobody will report this. */
    void lost(GatewayPush part);
  }

  /** What a result calls its push by. */
  private record Name(int lane, long offset, int slice, boolean again) {
    static Name of(PushResult result) {
      return new Name(result.getLane(), result.getOffset(), result.getSlice(), result.getAgain());
    }

    static Name of(GatewayPush part) {
      Push head = part.head();
      return new Name(head.getLane(), head.getOffset(), head.getSlice(), part.again());
    }
  }

  GatewayLink(String nodeId, Channel channel, Results results) {
    this.nodeId = nodeId;
    this.channel = channel;
    this.results = results;
  }

  /** Sends a part of a push, or lets it wait for its turn. */
  synchronized void send(GatewayPush part) {
    if (closed) {
      results.lost(part);
      return;
    }
    count(part, 1);
    if (part.again() || scheduler.mayPass(part)) {
      write(part);
    } else if (!scheduler.add(part)) {
      LOG.warn("gateway {} is too slow; a slice is left to the clients' pull", nodeId);
      lost(part);
    }
  }

  private void write(GatewayPush part) {
    BatchWriter<Push, DeliveryBatch> current = writer == null ? open() : writer;
    if (!put(part, current)) {
      LOG.warn("gateway {} is too slow; a push is left to the clients' pull", nodeId);
      lost(part);
      return;
    }
    if (unreported.size() >= MAX_UNREPORTED) {
      GatewayPush eldest = dropFirst();
      scheduler.ended(eldest);
      lost(eldest);
    }
    unreported.addLast(part);
    scheduler.began(part);
  }

  /** Writes a part as the gateway of this stream understands it. */
  private boolean put(GatewayPush part, BatchWriter<Push, DeliveryBatch> to) {
    Push.Builder push = part.head().toBuilder().setAgain(part.again());
    if (!part.again()) {
      TreeMap<Long, Integer> ofLane = open.get(push.getLane());
      if (ofLane != null) {
        push.setOpenFrom(Math.min(push.getOpenFrom(), ofLane.firstKey()));
      }
    }
    if (!part.kept() || part.again()) {
      return to.write(push.addAllRecipients(part.users()).build());
    }
    int slot = slots.of(part.users());
    if (slot > 0) {
      return to.write(push.setRecipientSet(slot).build());
    }
    push.setRecipientSet(slots.take(part.users())).addAllRecipients(part.users());
    boolean written = to.write(push.build());
    if (!written) {
      slots.forget(part.users());
    }
    return written;
  }

  private void count(GatewayPush part, int change) {
    if (part.again()) {
      return;
    }
    int lane = part.head().getLane();
    TreeMap<Long, Integer> ofLane = open.computeIfAbsent(lane, id -> new TreeMap<>());
    ofLane.merge(part.head().getOffset(), change, (a, b) -> a + b == 0 ? null : a + b);
    if (ofLane.isEmpty()) {
      open.remove(lane);
    }
  }

  private void lost(GatewayPush part) {
    count(part, -1);
    results.lost(part);
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
      slots = new RecipientSlots();
      for (Iterator<GatewayPush> parts = unreported.iterator(); parts.hasNext(); ) {
        GatewayPush part = parts.next();
        if (part.again() || !put(part, opened)) {
          parts.remove();
          scheduler.ended(part);
          lost(part);
        }
      }
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
    Map<Name, PushResult> answers = new HashMap<>();
    report.getResultsList().forEach(result -> answers.put(Name.of(result), result));
    for (GatewayPush part : taken(number, report.getId())) {
      PushResult result = answers.remove(Name.of(part));
      if (result == null) {
        results.lost(part);
      } else {
        results.reported(part, result);
      }
    }
  }

  /**
   * The gateway took everything up to the push of this number; what an earlier stream still reports
   * is passed over, since its numbers may be others by now. Then others have their turn.
   */
  private synchronized List<GatewayPush> taken(long number, long last) {
    List<GatewayPush> taken = new ArrayList<>();
    while (number == stream && !unreported.isEmpty() && firstUnreported <= last) {
      GatewayPush part = dropFirst();
      scheduler.ended(part);
      count(part, -1);
      taken.add(part);
    }
    for (GatewayPush next = scheduler.next(); next != null && !closed; next = scheduler.next()) {
      write(next);
    }
    return taken;
  }

  private GatewayPush dropFirst() {
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
    unreported.forEach(results::lost);
    unreported.clear();
    scheduler.drain().forEach(results::lost);
  }
}
