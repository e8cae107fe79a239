package im.hongyan.simulation;

import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.transfer.follower.HistoryWriter;
import im.hongyan.transfer.follower.InboxWriter;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A process that runs one of the production writers; two may work on the lane at once. */
final class WriterActor extends Actor {
  private static final int LANE = 0;
  private static final MeterRegistry METERS = new SimpleMeterRegistry();
  private static final LaneGauges GAUGES = new LaneGauges(METERS, "simulated");

  private final LaneConsumer.Handler writer;
  private final boolean toInbox;
  private long next;

  WriterActor(World world, boolean toInbox) {
    super(world, toInbox ? "inbox" : "history");
    this.toInbox = toInbox;
    InstantSource clock = () -> Instant.ofEpochMilli(world.nowMillis());
    writer =
        toInbox
            ? new InboxWriter(new ActorInbox(world, this), clock, GAUGES, METERS)
            : new HistoryWriter(
                new ActorHistory(world, this), clock, GAUGES, HistoryWriter.Repair.NONE);
  }

  @Override
  void run() {
    while (true) {
      point();
      try {
        follow();
      } catch (RuntimeException failed) {
        // The lane starts again, as LaneConsumer does it.
      }
    }
  }

  private void follow() {
    next = world.retention.start(writer.start(LANE, world.retention.begin(true)));
    if (toInbox && !world.on(Rule.INBOX_REPEATS_LAST_MINUTE)) {
      next = world.inbox.position().getOffset() + 1;
    }
    while (true) {
      point();
      List<LaneRecord> log = world.kafka.sequenced;
      if (next < world.retention.begin(true)) {
        throw ImException.internal("the log does not hold " + next, null);
      }
      int to = Math.min(log.size(), (int) next + 1 + world.random.nextInt(8));
      if (next < to) {
        writer.handle(
            LANE, log.subList((int) next, to).stream().map(world::asFollowersSee).toList());
        next = to;
      }
    }
  }

  /** Whether all of the log is written. */
  boolean through() {
    return next == world.kafka.sequenced.size();
  }
}
