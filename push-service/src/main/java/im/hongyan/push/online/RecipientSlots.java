package im.hongyan.push.online;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which lists of recipients a stream's gateway holds, and in which of its places, counted from 1.
 * Lists are known by identity. Single-threaded.
 */
final class RecipientSlots {
  /** Places of a stream, as the gateway has them. */
  static final int SLOTS = 512;

  private final Map<Key, Integer> held = new LinkedHashMap<>(64, 0.75f, true);
  private final Deque<Integer> free = new ArrayDeque<>();

  private static final class Key {
    private final List<String> users;

    Key(List<String> users) {
      this.users = users;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // lists of the same users may be as long as a thousand
    public boolean equals(Object other) {
      return other instanceof Key key && key.users == users;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(users);
    }
  }

  RecipientSlots() {
    for (int place = 1; place <= SLOTS; place++) {
      free.add(place);
    }
  }

  /** The place that holds the list; 0 where none does. */
  int of(List<String> users) {
    return held.getOrDefault(new Key(users), 0);
  }

  /** A place for the list, that of the one named longest ago where all are taken. */
  int take(List<String> users) {
    if (free.isEmpty()) {
      var eldest = held.entrySet().iterator();
      free.add(eldest.next().getValue());
      eldest.remove();
    }
    int place = free.remove();
    held.put(new Key(users), place);
    return place;
  }

  /** The gateway was not told after all. */
  void forget(List<String> users) {
    Integer place = held.remove(new Key(users));
    if (place != null) {
      free.add(place);
    }
  }
}
