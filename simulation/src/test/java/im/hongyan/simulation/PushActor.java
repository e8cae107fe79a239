package im.hongyan.simulation;

import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Checkpoints.Checkpoint;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.lane.PositionMetadata;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.push.online.OfflineHandOff.DeliveryResult;
import im.hongyan.push.online.Pusher;
import im.hongyan.webhooks.PushHooks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The pusher of push-service, with no gateway to push to: what it hands over it would have pushed
 * before, and the truth is asked whether it may.
 */
final class PushActor extends Actor {
  private static final int LANE = 0;
  private static final MeterRegistry METERS = new SimpleMeterRegistry();

  /** What was committed; survives the process. */
  private static final class Committed {
    @Nullable Checkpoint checkpoint;
  }

  private final Committed committed;
  private long handled;
  private long visible = -1;

  PushActor(World world) {
    super(world, "push");
    committed = new Committed();
  }

  /** One that goes on behind another. */
  PushActor(World world, PushActor before) {
    super(world, "push");
    committed = before.committed;
  }

  @Override
  void run() {
    try (Pusher pusher = pusher()) {
      follow(pusher);
    }
  }

  private Pusher pusher() {
    return new Pusher(
        new Pusher.Dependencies(
            new Visible(),
            lane -> PositionMetadata.encode(world.retention.asKept(position())),
            (nodes, users) -> Map.of(),
            groups -> {
              throw new UnsupportedOperationException("no schedule has groups");
            },
            PushHooks.NONE,
            this::handedOver,
            Pusher.Timeouts.USUAL),
        new ServiceContext(
            name,
            () -> Instant.ofEpochMilli(world.nowMillis()),
            METERS,
            new InProcessLocator(name),
            new Lifecycle(),
            new Readiness()));
  }

  private void follow(Pusher pusher) {
    handled = committed.checkpoint == null ? -1 : committed.checkpoint.offset() - 1;
    int next = world.retention.start(pusher.start(LANE, world.retention.begin(true)));
    while (true) {
      point();
      if (next < world.retention.begin(true)) {
        next = world.retention.start(pusher.start(LANE, world.retention.begin(true)));
      }
      List<LaneRecord> records = new ArrayList<>();
      int to = Math.min(world.kafka.sequenced.size(), next + 5);
      for (; next < to; next++) {
        records.add(world.asFollowersSee(world.kafka.sequenced.get(next)));
      }
      if (!records.isEmpty()) {
        pusher.handle(LANE, records);
      }
      point();
      visible = Math.max(visible, world.redis.state().position());
      pusher.finish();
      Checkpoint reached = pusher.checkpoints().get(LANE);
      if (reached != null && world.random.nextInt(4) == 0) {
        committed.checkpoint = reached;
      }
    }
  }

  private CompletableFuture<?> handedOver(DeliveryResult result) {
    long offset = offset(result.message());
    world.truth.pushed(name, handled, offset);
    handled = offset;
    return CompletableFuture.completedFuture(null);
  }

  /** A message's position behind what was pushed; of its records the one that counts. */
  private long offset(InboundRecord message) {
    long found = -1;
    for (int offset = (int) handled + 1; offset < world.kafka.sequenced.size(); offset++) {
      LaneRecord raw = world.kafka.sequenced.get(offset);
      if (Truth.decode(raw).getMessage().equals(message)) {
        if (world.truth.counts(offset)) {
          return offset;
        }
        found = found < 0 ? offset : found;
      }
    }
    return found;
  }

  /** Where it starts again. */
  FollowerPosition position() {
    return committed.checkpoint == null
        ? HistoryStore.START
        : PositionMetadata.decode(committed.checkpoint.metadata());
  }

  /** Whether all of the log was pushed and committed. */
  boolean through() {
    return committed.checkpoint != null
        && committed.checkpoint.offset() == world.kafka.sequenced.size();
  }

  private final class Visible implements Pusher.Visible {
    @Override
    public long known(int lane) {
      return world.on(Rule.PUSH_AFTER_POSITION) ? visible : Long.MAX_VALUE;
    }

    @Override
    public void ask(int lane) {
      // What it would say is known already.
    }
  }
}
