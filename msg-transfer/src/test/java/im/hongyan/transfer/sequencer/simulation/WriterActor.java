package im.hongyan.transfer.sequencer.simulation;

import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneRecord;
import im.hongyan.messagelog.mongo.InboxStore.Entry;
import im.hongyan.messagelog.mysql.HistoryStore.Changes;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.follower.HistoryPort;
import im.hongyan.transfer.follower.HistoryWriter;
import im.hongyan.transfer.follower.InboxPort;
import im.hongyan.transfer.follower.InboxWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;

/** A process that runs one of the production writers; two may work on the lane at once. */
final class WriterActor extends Actor {
  private static final int LANE = 0;
  private static final LaneGauges GAUGES = new LaneGauges(new SimpleMeterRegistry(), "simulated");

  private final LaneConsumer.Handler writer;
  private final boolean toInbox;
  private long next;

  WriterActor(World world, boolean toInbox) {
    super(world, toInbox ? "inbox" : "history");
    this.toInbox = toInbox;
    InstantSource clock = () -> Instant.ofEpochMilli(world.nowMillis());
    writer =
        toInbox
            ? new InboxWriter(new Inbox(), clock, GAUGES)
            : new HistoryWriter(new History(), clock, GAUGES);
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
    next = writer.start(LANE);
    if (toInbox && !world.on(Rule.INBOX_REPEATS_LAST_MINUTE)) {
      next = world.inbox.position().getOffset() + 1;
    }
    while (true) {
      point();
      List<LaneRecord> log = world.kafka.sequenced;
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

  private final class History implements HistoryPort {
    @Override
    public FollowerPosition position(int lane) {
      point();
      return world.history.position();
    }

    @Override
    public boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes) {
      point();
      return world.history.append(expectedOffset, next, changes.rows());
    }
  }

  private final class Inbox implements InboxPort {
    private int crashesSeen = world.inbox.crashes();

    private void pass() {
      point();
      if (crashesSeen != world.inbox.crashes()) {
        crashesSeen = world.inbox.crashes();
        throw SimulatedInbox.gone();
      }
    }

    @Override
    public void put(List<Entry> entries, Instant storedAt) {
      pass();
      world.inbox.put(entries);
    }

    @Override
    public void remove(String conversationId, Collection<Long> seqs) {
      throw new UnsupportedOperationException("no schedule deletes messages");
    }

    @Override
    public FollowerPosition position(int lane) {
      pass();
      return world.inbox.position();
    }

    @Override
    public void setPosition(int lane, FollowerPosition position) {
      pass();
      world.inbox.setPosition(position);
    }
  }
}
