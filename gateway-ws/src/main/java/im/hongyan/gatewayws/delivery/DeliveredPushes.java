package im.hongyan.gatewayws.delivery;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What was taken of one lane, so that nothing is taken twice although slices take turns with other
 * pushes and streams begin anew. Forgets what push-service says is done, and takes nothing below
 * it; remembers at most about {@link #MOST} pushes, the highest. Guarded by itself.
 */
final class DeliveredPushes {
  /** More than a stream has unreported at once. */
  static final int MOST = 65_536;

  private static final int CLEANED_FROM = 1_024;

  /** By offset. */
  private final Map<Long, Slices> taken = new HashMap<>();

  private long openFrom;
  private int cleanAt = CLEANED_FROM;

  private record Slices(int number, BitSet taken) {
    /** What most pushes are. */
    static final Slices WHOLE = new Slices(1, new BitSet());

    boolean take(int slice, int ofSlices) {
      if (number == 1 || number != ofSlices || taken.get(slice)) {
        return false;
      }
      taken.set(slice);
      return true;
    }
  }

  /**
   * Notes a part of a push; false when it was taken before.
   *
   * @param slices in how many parts the push is cut
   * @param nowOpenFrom nothing below this offset comes any more
   */
  boolean take(long offset, int slice, int slices, long nowOpenFrom) {
    openFrom = Math.max(openFrom, nowOpenFrom);
    if (offset < openFrom || slice < 0 || slice >= slices) {
      return false;
    }
    Slices before = taken.get(offset);
    if (before != null) {
      return before.take(slice, slices);
    }
    Slices first = slices == 1 ? Slices.WHOLE : new Slices(slices, new BitSet());
    first.take(slice, slices);
    taken.put(offset, first);
    if (taken.size() >= cleanAt) {
      clean();
    }
    return true;
  }

  private void clean() {
    if (taken.size() > MOST) {
      long[] offsets = taken.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
      openFrom = Math.max(openFrom, offsets[offsets.length / 2]);
    }
    taken.keySet().removeIf(offset -> offset < openFrom);
    cleanAt = Math.max(CLEANED_FROM, 2 * taken.size());
  }

  int remembered() {
    return taken.size();
  }
}
