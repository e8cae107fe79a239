package im.hongyan.messagelog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import im.hongyan.messagelog.lane.LaneRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A handler that notes what happens to it. The consumer's thread calls it, and the test's thread
 * reads and steers.
 */
class RecordingHandler implements LaneConsumer.Handler {
  /** Where each lane starts; a lane without an entry cannot start yet. */
  final Map<Integer, Long> startAt = new ConcurrentHashMap<>();

  /** The last offset that a lane does not need; the one before its start where nothing is said. */
  final Map<Integer, Long> handledUpTo = new ConcurrentHashMap<>();

  /** Whether lanes go on without records that are gone. */
  volatile boolean passesOver;

  final List<Integer> starts = new CopyOnWriteArrayList<>();
  final List<Integer> stops = new CopyOnWriteArrayList<>();
  final Map<Integer, List<String>> handled = new ConcurrentHashMap<>();
  final Map<Integer, Checkpoints.Checkpoint> commits = new ConcurrentHashMap<>();
  final Set<Integer> unwanted = ConcurrentHashMap.newKeySet();
  final Set<Integer> again = ConcurrentHashMap.newKeySet();

  /** Texts at whose first sight the handler fails. */
  final Set<String> poison = ConcurrentHashMap.newKeySet();

  List<String> handled(int lane) {
    return handled.getOrDefault(lane, List.of());
  }

  long startsOf(int lane) {
    return starts.stream().filter(started -> started == lane).count();
  }

  @Override
  public LaneStart start(int lane, long begin) {
    starts.add(lane);
    Long from = startAt.get(lane);
    if (from == null) {
      return LaneStart.NOT_YET;
    }
    return new LaneStart(from, handledUpTo.getOrDefault(lane, from - 1), passesOver);
  }

  @Override
  public void stop(int lane) {
    stops.add(lane);
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    for (LaneRecord record : records) {
      String text = new String(record.value(), UTF_8);
      if (poison.remove(text)) {
        throw new IllegalStateException("poisoned by " + text);
      }
      handled.computeIfAbsent(lane, ignored -> new CopyOnWriteArrayList<>()).add(text);
    }
  }

  @Override
  public Set<Integer> finish() {
    Set<Integer> now = Set.copyOf(again);
    again.removeAll(now);
    return now;
  }

  @Override
  public Map<Integer, Checkpoints.Checkpoint> checkpoints() {
    return Map.copyOf(commits);
  }

  @Override
  public boolean acceptsMore(int lane) {
    return !unwanted.contains(lane);
  }
}
