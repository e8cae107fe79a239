package im.hongyan.push.online;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.lane.PositionMetadata;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.webhooks.PushHooks;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log and sends each message to the gateways once a pull can return it
 * (docs/sequencing.md, Following); then hands it over for those whom it reached on no phone. A
 * checkpoint passes a message when its hand-off is safe, or not needed, so that what a killed
 * process had not handed over is pushed and handed over again: gateways drop the first, clientMsgID
 * identifies the second. Lives in its consumer's thread.
 */
public final class Pusher implements LaneConsumer.Handler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pusher.class);
  private static final int MAX_PENDING = 5_000;

  /**
   * Messages of a lane that are under way; more than that arrive while one gateway is waited for.
   */
  private static final int MAX_UNDER_WAY = 20_000;

  /** So long may a record wait before Redis is asked rather than listened to. */
  private static final long ASK_AFTER_NANOS = 20_000_000;

  /** A push that comes later than this after its message was sent is counted. */
  private static final long LATE_MILLIS = 10_000;

  private static final long HAND_AGAIN_NANOS = 1_000_000_000;

  private final Dependencies dependencies;
  private final GatewayRouter router;
  private final RecipientResolver resolver;
  private final InstantSource clock;
  private final LaneGauges gauges;
  private final Counter late;
  private final Map<Integer, LaneProgress> lanes = new HashMap<>();
  private final Queue<Delivery> reported = new ConcurrentLinkedQueue<>();
  private final Queue<Handed> handed = new ConcurrentLinkedQueue<>();

  /** In the order in which they were sent; the first may be done already, others too. */
  private final Deque<Delivery> sent = new ArrayDeque<>();

  private final Deque<Again> again = new ArrayDeque<>();

  /**
   * What a pusher needs.
   *
   * @param checkpoints metadata of a lane's commit; empty before the first
   */
  public record Dependencies(
      Visible visible,
      IntFunction<String> checkpoints,
      Presence presence,
      RecipientResolver.Groups groups,
      PushHooks hooks,
      OfflineHandOff handOff,
      Timeouts timeouts) {}

  /**
   * How long others are waited for.
   *
   * @param gateway for a gateway's report, before the hand-off
   * @param group for a group's members, before its message goes without them
   */
  public record Timeouts(Duration gateway, Duration group) {
    /** What is usual. */
    public static final Timeouts USUAL =
        new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  /** How far lanes are visible. */
  public interface Visible {
    /** As far as was published. */
    long known(int lane);

    /**
     * Asks, for what was not published.
     *
     * @throws ImException 500 when nobody answers
     */
    void ask(int lane);
  }

  private record Pending(long offset, InboundRecord message) {}

  private record Handed(Delivery delivery, boolean safe) {}

  private record Again(Delivery delivery, long atNanos) {}

  private static final class LaneProgress {
    final ClaimTrack claims;
    final Deque<Pending> pending = new ArrayDeque<>();
    final Deque<Delivery> underWay = new ArrayDeque<>();
    final long from;
    long read;
    long progressNanos = System.nanoTime();

    LaneProgress(FollowerPosition position) {
      claims = ClaimTrack.of(position);
      from = position.getOffset();
      read = from;
    }

    /** Everything up to here was pushed and handed over, or needs neither. */
    long reached() {
      while (!underWay.isEmpty() && underWay.getFirst().done()) {
        underWay.removeFirst();
      }
      if (!underWay.isEmpty()) {
        return underWay.getFirst().offset() - 1;
      }
      return pending.isEmpty() ? Math.max(from, read) : pending.getFirst().offset() - 1;
    }
  }

  public Pusher(Dependencies dependencies, ServiceContext context) {
    this.dependencies = dependencies;
    router = new GatewayRouter(dependencies.presence(), context.locator(), context.meters());
    resolver =
        new RecipientResolver(
            dependencies.groups(),
            dependencies.hooks(),
            dependencies.timeouts().group(),
            context.meters());
    clock = context.clock();
    gauges = new LaneGauges(context.meters(), "push");
    late = context.meters().counter("msg_long_time_push");
  }

  @Override
  public LaneStart start(int lane, long begin) {
    FollowerPosition position = PositionMetadata.decode(dependencies.checkpoints().apply(lane));
    lanes.put(lane, new LaneProgress(position));
    // Clients find what is gone when they synchronise.
    return new LaneStart(ClaimTrack.newestStart(position), position.getOffset(), true);
  }

  @Override
  public void stop(int lane) {
    lanes.remove(lane);
    gauges.remove(lane);
  }

  @Override
  public boolean acceptsMore(int lane) {
    LaneProgress progress = lanes.get(lane);
    return progress != null
        && progress.pending.size() < MAX_PENDING
        && progress.underWay.size() < MAX_UNDER_WAY;
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    LaneProgress progress = lanes.get(lane);
    if (progress == null) {
      return;
    }
    progress.read = Math.max(progress.read, records.getLast().offset());
    for (LaneRecord raw : records) {
      try {
        SequencedRecord record = LaneRecords.decode(raw.value(), SequencedRecord.parser());
        if (progress.claims.take(raw.offset(), raw.appendedAtMillis(), record)
            && raw.offset() > progress.from) {
          progress.pending.addLast(new Pending(raw.offset(), record.getMessage()));
        }
      } catch (InvalidProtocolBufferException e) {
        LOG.error("record {} of im-sequenced is foreign and is passed over", raw.offset());
      }
    }
  }

  @Override
  public boolean hasPendingWork() {
    return resolver.waiting() > 0
        || lanes.values().stream().anyMatch(progress -> !progress.pending.isEmpty());
  }

  @Override
  public Set<Integer> finish() {
    router.refresh();
    List<Delivery> direct = new ArrayList<>();
    lanes.forEach((lane, progress) -> {
      try {
        takeVisible(lane, progress, direct);
      } catch (ImException away) {
        LOG.debug("lane {} waits: {}", lane, away.getMessage());
      }
    });
    // Taken after the queues were looked at: what a key that was found idle had before comes first.
    List<Delivery> next = resolver.ready();
    next.addAll(direct);
    send(next);
    handOverReported();
    lanes.forEach((lane, progress) -> gauges.set(lane, progress.reached()));
    return Set.of();
  }

  /** Takes what is visible; a lane that waits holds up no other. */
  private void takeVisible(int lane, LaneProgress progress, List<Delivery> direct) {
    boolean some = false;
    while (!progress.pending.isEmpty()
        && progress.pending.getFirst().offset() <= dependencies.visible().known(lane)) {
      Pending next = progress.pending.removeFirst();
      some = true;
      if (next.message().getCopiesCount() > 0) {
        Delivery delivery =
            new Delivery(progress, lane, next.offset(), next.message(), reported::add);
        progress.underWay.addLast(delivery);
        if (resolver.concerns(delivery)) {
          resolver.add(delivery);
        } else {
          delivery.to(new Targets(next.message().getRecipientsList(), List.of()));
          direct.add(delivery);
        }
      }
    }
    long now = System.nanoTime();
    if (some || progress.pending.isEmpty()) {
      progress.progressNanos = now;
    } else if (now - progress.progressNanos > ASK_AFTER_NANOS) {
      progress.progressNanos = now;
      dependencies.visible().ask(lane);
    }
  }

  private void send(List<Delivery> deliveries) {
    if (deliveries.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    long nowMillis = clock.millis();
    List<GatewayRouter.Outgoing> outgoing = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      LaneProgress progress = lanes.get(delivery.lane());
      if (progress == null || !progress.equals(delivery.owner())) {
        continue;
      }
      if (delivery.refused()) {
        delivery.finish();
        continue;
      }
      if (nowMillis - delivery.message().getSendTimeMillis() > LATE_MILLIS) {
        late.increment();
      }
      outgoing.add(delivery.send(progress.reached() + 1, now));
      sent.addLast(delivery);
    }
    router.send(outgoing);
  }

  /** Hands over what all gateways have reported, or what they have had long enough. */
  private void handOverReported() {
    for (Delivery next = reported.poll(); next != null; next = reported.poll()) {
      handOver(next);
    }
    long now = System.nanoTime();
    while (!sent.isEmpty()
        && (sent.getFirst().isReported()
            || now - sent.getFirst().sentNanos() > dependencies.timeouts().gateway().toNanos())) {
      handOver(sent.removeFirst());
    }
    for (Handed next = handed.poll(); next != null; next = handed.poll()) {
      if (next.safe()) {
        next.delivery().finish();
      } else {
        again.addLast(new Again(next.delivery(), now + HAND_AGAIN_NANOS));
      }
    }
    while (!again.isEmpty() && now - again.getFirst().atNanos() > 0) {
      hand(again.removeFirst().delivery());
    }
  }

  private void handOver(Delivery delivery) {
    if (delivery.complete()) {
      hand(delivery);
    }
  }

  private void hand(Delivery delivery) {
    CompletableFuture<?> safe = dependencies.handOff().hand(delivery.handOff());
    if (safe.isDone() && !safe.isCompletedExceptionally()) {
      delivery.finish();
    } else {
      var _ = safe.whenComplete((_, e) -> handed.add(new Handed(delivery, e == null)));
    }
  }

  @Override
  public Map<Integer, Checkpoints.Checkpoint> checkpoints() {
    Map<Integer, Checkpoints.Checkpoint> checkpoints = new HashMap<>();
    lanes.forEach((lane, progress) -> {
      long reached = progress.reached();
      if (reached >= 0) {
        String detail = PositionMetadata.encode(progress.claims.position(reached, clock.millis()));
        checkpoints.put(lane, new Checkpoints.Checkpoint(reached + 1, detail));
      }
    });
    return checkpoints;
  }

  /** Whether its own threads work. */
  public boolean isRunning() {
    return resolver.isRunning() && router.isRunning();
  }

  /** Ends the streams to the gateways; after its consumer. */
  @Override
  public void close() {
    resolver.close();
    router.close();
  }
}
