package im.hongyan.messagelog.lane;

import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the void rule of one lane (docs/sequencing.md O1): a data record counts only if its term is
 * the offset of the latest claim before it. Remembers the claims of the last three minutes and the
 * one before these, so that a follower can start again at least three minutes back.
 * Single-threaded.
 */
public final class ClaimTrack {
  /**
   * Moment of a claim that is remembered from when a position that holds it was kept: no later than
   * the next position is asked for.
   */
  public static final long WHEN_KEPT = Long.MAX_VALUE;

  /** A position that holds the claim was asked for; whether it was kept shows with the next one. */
  private static final long ASKED_FOR = Long.MAX_VALUE - 1;

  private static final long KEPT_MILLIS = 180_000;

  private record Seen(long offset, long millis) {}

  private final Deque<Seen> claims = new ArrayDeque<>();

  /** A track that starts at a follower's position. */
  public static ClaimTrack of(FollowerPosition position) {
    ClaimTrack track = new ClaimTrack();
    for (int i = 0; i < position.getClaimsCount(); i++) {
      track.claims.addLast(new Seen(position.getClaims(i), position.getClaimMillis(i)));
    }
    return track;
  }

  /**
   * A track for reading from the oldest claim of positions on, or from the log's begin where that
   * claim is gone: it then knows the last claim before.
   *
   * @param begin offset of the oldest record that is kept
   */
  public static ClaimTrack from(long begin, List<FollowerPosition> positions) {
    ClaimTrack track = new ClaimTrack();
    if (positions.stream().anyMatch(position -> oldestStart(position) < begin)) {
      positions.stream()
          .flatMap(position -> position.getClaimsList().stream())
          .filter(claim -> claim < begin)
          .max(Long::compare)
          .ifPresent(claim -> track.claims.addLast(new Seen(claim, WHEN_KEPT)));
    }
    return track;
  }

  /**
   * A track for reading from the log's begin on, where one of the positions proves which claim was
   * the latest before it: one that reaches up to there, and remembers a claim before.
   *
   * @param begin offset of the oldest record that is kept
   */
  public static Optional<ClaimTrack> proven(long begin, List<FollowerPosition> positions) {
    return positions.stream()
        .filter(position -> position.getOffset() >= begin - 1)
        .filter(position -> position.getClaimsCount() > 0 && oldestStart(position) < begin)
        .findFirst()
        .map(position -> from(begin, List.of(position)));
  }

  /**
   * Takes the next record of the log.
   *
   * @param millis from when on a claim is remembered, for three minutes, or {@link #WHEN_KEPT}
   * @return whether it is a data record that counts
   */
  public boolean take(long offset, long millis, SequencedRecord record) {
    if (record.hasClaim()) {
      if (offset > latest()) {
        claims.addLast(new Seen(offset, millis));
      }
      return false;
    }
    return record.getTerm() == latestBefore(offset);
  }

  /** Offset of the latest claim, -1 before the first. */
  public long latest() {
    Seen last = claims.peekLast();
    return last == null ? -1 : last.offset();
  }

  private long latestBefore(long offset) {
    var newestFirst = claims.descendingIterator();
    while (newestFirst.hasNext()) {
      Seen seen = newestFirst.next();
      if (seen.offset() < offset) {
        return seen.offset();
      }
    }
    return -1;
  }

  /**
   * The position of a follower that has handled everything up to an offset; it may have read ahead.
   */
  public FollowerPosition position(long offset, long nowMillis) {
    for (int left = claims.size(); left > 0; left--) {
      Seen seen = claims.removeFirst();
      if (seen.millis() == ASKED_FOR) {
        seen = new Seen(seen.offset(), nowMillis);
      } else if (seen.millis() == WHEN_KEPT && seen.offset() <= offset) {
        seen = new Seen(seen.offset(), ASKED_FOR);
      }
      claims.addLast(seen);
    }
    while (claims.size() > 1
        && second().millis() < nowMillis - KEPT_MILLIS
        && second().offset() <= offset) {
      claims.removeFirst();
    }
    FollowerPosition.Builder position = FollowerPosition.newBuilder().setOffset(offset);
    for (Seen seen : claims) {
      if (seen.offset() <= offset) {
        position.addClaims(seen.offset()).addClaimMillis(Math.min(seen.millis(), nowMillis));
      }
    }
    return position.build();
  }

  private Seen second() {
    var oldestFirst = claims.iterator();
    oldestFirst.next();
    return oldestFirst.next();
  }

  /** Where reading must start so that the void rule holds from the oldest claim on; 0 for none. */
  public static long oldestStart(FollowerPosition position) {
    return position.getClaimsCount() == 0 ? 0 : position.getClaims(0);
  }

  /** Where reading must start to go on behind a position. */
  public static long newestStart(FollowerPosition position) {
    int count = position.getClaimsCount();
    return count == 0 ? 0 : position.getClaims(count - 1);
  }
}
