package im.hongyan.msg.pull;

import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.limit.KeyedLimit;
import im.hongyan.msg.pull.LaneReader.Top;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until Redis shows seqs that clients know already (docs/sequencing.md, Reading), without a
 * thread for each of them: while somebody waits for a lane, one virtual thread looks for all. A
 * client waits once at a time, and so many clients together; who may not wait is served at once.
 * Safe for use by several threads.
 */
public final class SeqWaits {
  private static final Logger LOG = LoggerFactory.getLogger(SeqWaits.class);

  /** How long a seq is waited for. */
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static final int MOST = 5_000;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

  private final LaneReader reader;
  private final long limitMillis;
  private final List<LaneWaits> lanes;
  private final ConcurrencyLimit all;
  private final KeyedLimit<String> perWaiter;

  private record Wait(String conversationId, long seq, CompletableFuture<Void> reached) {}

  /** With the limits {@code seq_waits} and {@code seq_waits_per_client}. */
  public SeqWaits(LaneReader reader, int lanes, MeterRegistry meters) {
    this(reader, lanes, LIMIT, meters);
  }

  SeqWaits(LaneReader reader, int lanes, Duration limit, MeterRegistry meters) {
    this.reader = reader;
    limitMillis = limit.toMillis();
    this.lanes = IntStream.range(0, lanes).mapToObj(lane -> new LaneWaits()).toList();
    all = new ConcurrencyLimit("seq_waits", MOST, meters);
    perWaiter = new KeyedLimit<>("seq_waits_per_client", 1, meters);
  }

  /**
   * Begins to wait for all of these, at most a second.
   *
   * @param waiter the connection, or the user, that asks
   * @param wanted seqs by conversation
   * @return what ends when they are visible or the time is over; empty where the waiter may not
   *     wait
   */
  Optional<CompletableFuture<Void>> until(String waiter, Map<String, Long> wanted) {
    if (!perWaiter.enter(waiter)) {
      return Optional.empty();
    }
    if (!all.enter()) {
      perWaiter.leave(waiter);
      return Optional.empty();
    }
    List<Wait> waits =
        wanted.entrySet().stream()
            .map(one -> new Wait(one.getKey(), one.getValue(), new CompletableFuture<>()))
            .toList();
    waits.forEach(wait -> lanes.get(reader.lane(wait.conversationId())).add(wait));
    return Optional.of(
        CompletableFuture.allOf(
                waits.stream().map(Wait::reached).toArray(CompletableFuture<?>[]::new))
            .completeOnTimeout(null, limitMillis, TimeUnit.MILLISECONDS)
            .whenComplete((_, _) -> {
              waits.forEach(wait -> lanes.get(reader.lane(wait.conversationId())).remove(wait));
              all.leave();
              perWaiter.leave(waiter);
            }));
  }

  /** Those who wait for one lane; one that is late holds up no other. */
  private final class LaneWaits {
    private final Set<Wait> waiting = new HashSet<>();
    private boolean looking;

    synchronized void add(Wait wait) {
      waiting.add(wait);
      if (!looking) {
        looking = true;
        Thread.ofVirtual().name("seq-waits").start(this::look);
      }
    }

    synchronized void remove(Wait wait) {
      waiting.remove(wait);
    }

    private synchronized List<Wait> next() {
      looking = !waiting.isEmpty();
      return new ArrayList<>(waiting);
    }

    private void look() {
      try {
        for (List<Wait> now = next(); !now.isEmpty(); now = next()) {
          lookFor(now);
          Thread.sleep(LOOK_AGAIN);
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
    }

    private void lookFor(List<Wait> now) {
      try {
        Map<String, Top> tops =
            reader.tops(now.stream().map(Wait::conversationId).distinct().toList());
        now.stream()
            .filter(wait -> tops.getOrDefault(wait.conversationId(), Top.NONE).seq() >= wait.seq())
            .forEach(this::end);
      } catch (ImException away) {
        // Whoever reads next meets the same, and says so.
        now.forEach(this::end);
      } catch (RuntimeException fault) {
        LOG.error("seqs could not be waited for", fault);
        now.forEach(this::end);
      }
    }

    private void end(Wait wait) {
      remove(wait);
      wait.reached().complete(null);
    }
  }
}
