package im.hongyan.msg.pull;

import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.limit.KeyedLimit;
import im.hongyan.messagelog.lane.LaneNews;
import im.hongyan.msg.pull.LaneReader.Top;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Waits until Redis shows seqs that clients know already (docs/sequencing.md, Reading), without a
 * thread for each of them ({@link LaneWaiters}). A client waits once at a time, and so many clients
 * together; who may not wait is served at once. Safe for use by several threads.
 */
public final class SeqWaits {
  /** How long a seq is waited for. */
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private static final int MOST = 5_000;

  private final LaneReader reader;
  private final long limitMillis;
  private final List<LaneWaiters<Wait>> lanes;
  private final ConcurrencyLimit all;
  private final KeyedLimit<String> perWaiter;

  private record Wait(String conversationId, long seq, CompletableFuture<Void> reached) {}

  /** With the limits {@code seq_waits} and {@code seq_waits_per_client}. */
  public SeqWaits(LaneReader reader, LaneNews news, int lanes, MeterRegistry meters) {
    this(reader, news, lanes, LIMIT, meters);
  }

  SeqWaits(LaneReader reader, LaneNews news, int lanes, Duration limit, MeterRegistry meters) {
    this.reader = reader;
    limitMillis = limit.toMillis();
    this.lanes =
        IntStream.range(0, lanes)
            .mapToObj(lane -> new LaneWaiters<>(lane, news, this::visible, new WaitEnd()))
            .toList();
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

  private static final class WaitEnd implements LaneWaiters.End<Wait> {
    @Override
    public void reached(Wait wait) {
      wait.reached().complete(null);
    }

    /** Whoever reads next meets the same, and says so. */
    @Override
    public void failed(Wait wait, RuntimeException failure) {
      reached(wait);
    }
  }

  private Collection<Wait> visible(List<Wait> now) {
    Map<String, Top> tops = reader.tops(now.stream().map(Wait::conversationId).distinct().toList());
    return now.stream()
        .filter(wait -> tops.getOrDefault(wait.conversationId(), Top.NONE).seq() >= wait.seq())
        .toList();
  }
}
