package im.hongyan.sdktests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a device's SDK reported by its callbacks, in order. Safe for use by several threads. */
final class SdkEvents {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Reported(String name, JsonNode data) {}

  private final List<Reported> all = new ArrayList<>();

  /** Adds what was reported. */
  synchronized void add(String name, JsonNode data) {
    all.add(new Reported(name, data));
    notifyAll();
  }

  /** Forgets what was reported until now. */
  synchronized void clear() {
    all.clear();
  }

  /** The data of all events of a name. */
  synchronized List<JsonNode> named(String name) {
    return all.stream().filter(event -> event.name().equals(name)).map(Reported::data).toList();
  }

  /**
   * The data of the first event of a name whose data is as wanted; waits for it.
   *
   * @throws AssertionError when it does not come, with the events that did
   */
  synchronized JsonNode await(String name, Predicate<JsonNode> wanted) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    JsonNode found = find(name, wanted);
    try {
      while (found == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("no such " + name + " came, but:\n" + this);
        }
        wait(left / NANOS_PER_MILLI + 1);
        found = find(name, wanted);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private @Nullable JsonNode find(String name, Predicate<JsonNode> wanted) {
    return all.stream()
        .filter(event -> event.name().equals(name) && wanted.test(event.data()))
        .findFirst()
        .map(Reported::data)
        .orElse(null);
  }

  @Override
  public synchronized String toString() {
    return all.stream()
        .map(event -> event.name() + " " + event.data())
        .collect(Collectors.joining("\n"));
  }
}
