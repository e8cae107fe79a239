package im.hongyan.push.online;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which lists of recipients a stream's gateway holds, and in which of its slots, counted from 1.
 * Lists are known by identity. Single-threaded.
 */
final class RecipientSlots {
  /** Slots of a stream, as the gateway has them. */
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
    for (int slot = 1; slot <= SLOTS; slot++) {
      free.add(slot);
    }
  }

  /** The slot that holds the list; 0 where none does. */
  int of(List<String> users) {
    return held.getOrDefault(new Key(users), 0);
  }

  /** A slot for the list, that of the one named longest ago where all are taken. */
  int take(List<String> users) {
    if (free.isEmpty()) {
      var eldest = held.entrySet().iterator();
      free.add(eldest.next().getValue());
      eldest.remove();
    }
    int slot = free.remove();
    held.put(new Key(users), slot);
    return slot;
  }

  /** The gateway did not get the set after all. */
  void forget(List<String> users) {
    Integer slot = held.remove(new Key(users));
    if (slot != null) {
      free.add(slot);
    }
  }
}
