package im.hongyan.transfer.sequencer.simulation;

import im.hongyan.messagelog.kafka.LaneRecord;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.mysql.HistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.ArrayDeque;
import java.util.Deque;

/** Follows the log as push-service's pusher does, and tells the truth what it would push. */
final class PushActor extends Actor {
  /** What was committed; survives the process. */
  private static final class Standing {
    FollowerPosition position = HistoryStore.START;
  }

  private final Standing committed;

  PushActor(World world) {
    super(world, "push");
    committed = new Standing();
  }

  /** One that goes on behind another. */
  PushActor(World world, PushActor before) {
    super(world, "push");
    committed = before.committed;
  }

  @Override
  void run() {
    ClaimTrack claims = ClaimTrack.of(committed.position);
    Deque<Long> pending = new ArrayDeque<>();
    long handled = committed.position.getOffset();
    long read = handled;
    long heard = -1;
    int next = (int) ClaimTrack.newestStart(committed.position);
    while (true) {
      point();
      int to = Math.min(world.kafka.sequenced.size(), next + 5);
      for (; next < to; next++) {
        LaneRecord raw = world.asFollowersSee(world.kafka.sequenced.get(next));
        if (claims.take(raw.offset(), raw.appendedAtMillis(), Truth.decode(raw))
            && raw.offset() > handled) {
          pending.addLast(raw.offset());
        }
        read = Math.max(read, raw.offset());
      }
      point();
      heard = Math.max(heard, world.redis.state().position());
      while (!pending.isEmpty()
          && (pending.getFirst() <= heard || !world.on(Rule.PUSH_AFTER_POSITION))) {
        long offset = pending.removeFirst();
        world.truth.pushed(name, handled, offset);
        handled = offset;
      }
      if (world.random.nextInt(4) == 0) {
        long reached = pending.isEmpty() ? Math.max(handled, read) : handled;
        committed.position = claims.position(reached, world.nowMillis());
      }
    }
  }

  /** Whether all of the log was pushed and committed. */
  boolean through() {
    return committed.position.getOffset() == world.kafka.sequenced.size() - 1;
  }
}
