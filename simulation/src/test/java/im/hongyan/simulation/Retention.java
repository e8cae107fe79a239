package im.hongyan.simulation;

import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * Takes the beginning of the logs away: as our own retention does, behind the oldest claim of every
 * follower, or as an operator may, behind all that every follower has handled.
 */
final class Retention {
  /** What followers had then survives whatever happens to their stores. */
  private static final long SAFE_AFTER_MILLIS = 120_000;

  private record Seen(long atMillis, long oldestClaim, long handled, long inbound) {}

  private final World world;
  private final Deque<Seen> seen = new ArrayDeque<>();
  private long begin;
  private long inboundBegin;
  int cuts;

  Retention(World world) {
    this.world = world;
  }

  long begin(boolean sequenced) {
    return sequenced ? begin : inboundBegin;
  }

  /** Looks where the followers are. */
  void look(FollowerPosition push) {
    FollowerPosition inbox = world.inbox.position();
    List<FollowerPosition> others =
        List.of(world.history.position(), world.group.checkpoint(), push);
    // The inbox may have lost what lies behind its oldest claim.
    long inboxNeeds = ClaimTrack.oldestStart(inbox);
    seen.addLast(
        new Seen(
            world.nowMillis(),
            Math.min(inboxNeeds, least(others, ClaimTrack::oldestStart)),
            Math.min(inboxNeeds, least(others, position -> position.getOffset() + 1)),
            world.group.inbound()));
    while (seen.size() > 1 && second().atMillis() < world.nowMillis() - SAFE_AFTER_MILLIS) {
      seen.removeFirst();
    }
  }

  private Seen second() {
    var oldestFirst = seen.iterator();
    oldestFirst.next();
    return oldestFirst.next();
  }

  private static <T> long least(List<T> all, ToLongFunction<T> offset) {
    return all.stream().mapToLong(offset).min().orElse(0);
  }

  /** Cuts behind what every follower had at every moment of the last while. */
  void cut(Random random) {
    boolean whole =
        !seen.isEmpty() && seen.getFirst().atMillis() < world.nowMillis() - SAFE_AFTER_MILLIS;
    if (world.on(Rule.LOG_KEEPS_WHAT_WAS_NEEDED) && !whole) {
      return;
    }
    List<Seen> counted =
        world.on(Rule.LOG_KEEPS_WHAT_WAS_NEEDED) ? List.copyOf(seen) : List.of(seen.getLast());
    boolean all = !world.on(Rule.LOG_KEEPS_WHAT_IS_NEEDED);
    ToLongFunction<Seen> before = random.nextBoolean() ? Seen::oldestClaim : Seen::handled;
    begin = Math.max(begin, all ? world.kafka.sequenced.size() : least(counted, before));
    inboundBegin =
        Math.max(inboundBegin, all ? world.kafka.inbound.size() : least(counted, Seen::inbound));
    cuts++;
    world.trace(() -> "the logs begin at " + inboundBegin + " and " + begin);
  }

  /** Where a follower begins, as LaneConsumer decides it. */
  int start(LaneStart start) {
    long from = start.within("the log", 0, begin, world.kafka.sequenced.size());
    return Math.toIntExact(from);
  }

  /** A position as a follower sees it that does not use its stored claims where the log is cut. */
  FollowerPosition asKept(FollowerPosition position) {
    if (world.on(Rule.STORED_CLAIMS_AT_BEGIN) || ClaimTrack.oldestStart(position) >= begin) {
      return position;
    }
    FollowerPosition.Builder kept = position.toBuilder().clearClaims().clearClaimMillis();
    for (int i = 0; i < position.getClaimsCount(); i++) {
      if (position.getClaims(i) >= begin) {
        kept.addClaims(position.getClaims(i)).addClaimMillis(position.getClaimMillis(i));
      }
    }
    return kept.build();
  }
}
