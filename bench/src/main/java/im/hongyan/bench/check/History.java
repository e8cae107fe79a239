package im.hongyan.bench.check;

import java.util.ArrayList;
import java.util.List;

/**
 * What all clients of a run did and saw, in the order in which it was noted. Append-only, safe for
 * use by several threads. An event that causes another is noted first: a client notes a message
 * before it leaves, and an answer when it is there.
 */
public final class History {
  private final List<Event> events = new ArrayList<>();

  /** An event and its place. */
  public record Entry(long number, Event event) {
    @Override
    public String toString() {
      return "#" + number + " " + event;
    }
  }

  public synchronized void add(Event event) {
    events.add(event);
  }

  /** The number that the next event will have. */
  public synchronized long next() {
    return events.size();
  }

  /** Everything up to now. */
  public synchronized List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(events.size());
    for (Event event : events) {
      entries.add(new Entry(entries.size(), event));
    }
    return List.copyOf(entries);
  }
}
