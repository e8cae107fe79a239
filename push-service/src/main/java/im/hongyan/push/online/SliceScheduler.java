package im.hongyan.push.online;

import im.hongyan.push.online.RoutedPush.GatewayPush;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may be written to a gateway's stream: everything at once, but for slices of large pushes, of
 * which {@link #MOST_LARGE} are under way at most, one ordering key after the other. What follows
 * slices in their own key waits behind them. Single-threaded.
 */
final class SliceScheduler {
  /** Slices under way at once, together of all ordering keys. */
  static final int MOST_LARGE = 4;

  private static final int MOST_WAITING = 20_000;

  private final Map<String, Deque<GatewayPush>> waiting = new LinkedHashMap<>();
  private int parts;
  private int largeUnderWay;

  /** Whether a new part may be written now. */
  boolean mayPass(GatewayPush part) {
    return !waiting.containsKey(part.orderingKey())
        && (!part.large() || largeUnderWay < MOST_LARGE);
  }

  /** Lets a part wait; false where too many do. */
  boolean add(GatewayPush part) {
    if (parts >= MOST_WAITING) {
      return false;
    }
    parts++;
    waiting.computeIfAbsent(part.orderingKey(), key -> new ArrayDeque<>()).add(part);
    return true;
  }

  /** A part was written. */
  void began(GatewayPush part) {
    largeUnderWay += isSlice(part) ? 1 : 0;
  }

  /** A part that was written was reported or given up. */
  void ended(GatewayPush part) {
    largeUnderWay -= isSlice(part) ? 1 : 0;
  }

  private static boolean isSlice(GatewayPush part) {
    return part.large() && !part.again();
  }

  /** The next part that has waited long enough; its ordering key goes to the end. */
  @Nullable GatewayPush next() {
    Iterator<Map.Entry<String, Deque<GatewayPush>>> keys = waiting.entrySet().iterator();
    while (keys.hasNext()) {
      Map.Entry<String, Deque<GatewayPush>> next = keys.next();
      Deque<GatewayPush> queue = next.getValue();
      GatewayPush first = queue.getFirst();
      if (first.large() && largeUnderWay >= MOST_LARGE) {
        continue;
      }
      queue.removeFirst();
      parts--;
      String name = next.getKey();
      keys.remove();
      if (!queue.isEmpty()) {
        waiting.put(name, queue);
      }
      return first;
    }
    return null;
  }

  /** Everything that waits, which is forgotten. */
  List<GatewayPush> drain() {
    List<GatewayPush> all = new ArrayList<>();
    waiting.values().forEach(all::addAll);
    waiting.clear();
    parts = 0;
    return all;
  }
}
