package im.hongyan.transfer.retention;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.messagelog.kafka.LogDeletion;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.wire.error.StoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is older than the retention from the lanes of this process, and nothing that a
 * follower still needs: a lane keeps all that the slowest needed in the last ten minutes, since a
 * store may lose its last writes (docs/sequencing.md, Retention). Brokers delete nothing by
 * themselves, so a clock that jumps, or an installation that stood still, takes nothing from
 * anybody. Its creator closes it.
 */
public final class LogRetention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);
  private static final Duration ROUND = Duration.ofMinutes(1);

  /** What is needed is looked at in so many rounds before anything is deleted. */
  private static final int ROUNDS_UNTIL_SAFE = 10;

  private static final List<String> TOPICS =
      List.of(Topics.INBOUND, Topics.SEQUENCED, Topics.OFFLINE_PUSH);

  private final LogDeletion log;
  private final Followers followers;
  private final Lanes lanes;
  private final Duration retention;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Map<LaneTopic, Needed> needed = new HashMap<>();
  private @Nullable Periodic runs;

  /** Who follows the lanes. */
  public interface Followers {
    /**
     * First offset of a lane that its slowest follower may still read.
     *
     * @throws StoreUnavailableException when a store does not say it
     */
    long firstNeeded(String topic, int lane);

    /**
     * Last offset of a lane that history has handled.
     *
     * @throws StoreUnavailableException when it does not say it
     */
    long historyAt(int lane);
  }

  /**
   * The lanes that this process is to look after.
   *
   * @param cut called with a lane whose log has lost what history needs
   */
  public record Lanes(Supplier<Set<Integer>> owned, IntConsumer cut) {}

  private record LaneTopic(String topic, int lane) {}

  private record Needed(long offset, int round) {}

  /** Creates it; nothing is deleted before {@link #start}. */
  public LogRetention(
      LogDeletion log,
      Followers followers,
      Lanes lanes,
      Duration retention,
      InstantSource clock,
      MeterRegistry meters) {
    this.log = log;
    this.followers = followers;
    this.lanes = lanes;
    this.retention = retention;
    this.clock = clock;
    this.meters = meters;
  }

  /** Begins to look at the lanes each minute. */
  public LogRetention start() {
    runs = Periodic.every(ROUND, "log-retention", meters, this::run);
    return this;
  }

  /** One round. */
  void run() {
    Set<Integer> owned = lanes.owned().get();
    needed.keySet().removeIf(key -> !owned.contains(key.lane()));
    for (int lane : owned) {
      try {
        if (log.begin(Topics.SEQUENCED, lane) > followers.historyAt(lane) + 1) {
          lanes.cut().accept(lane);
          continue;
        }
        for (String topic : TOPICS) {
          look(topic, lane);
        }
      } catch (StoreUnavailableException e) {
        LOG.debug("lane {}: nothing is deleted now", lane, e);
      }
    }
  }

  private void look(String topic, int lane) {
    LaneTopic key = new LaneTopic(topic, lane);
    Needed before = needed.get(key);
    if (before == null) {
      needed.put(key, new Needed(followers.firstNeeded(topic, lane), 0));
    } else if (before.round() + 1 < ROUNDS_UNTIL_SAFE) {
      long least = Math.min(before.offset(), followers.firstNeeded(topic, lane));
      needed.put(key, new Needed(least, before.round() + 1));
    } else {
      long old = log.firstSince(topic, lane, clock.millis() - retention.toMillis());
      needed.put(key, new Needed(followers.firstNeeded(topic, lane), 0));
      delete(topic, lane, Math.min(old, before.offset()));
      if (old > before.offset()) {
        LOG.warn(
            "lane {}: {} keeps records from {} on beyond the retention of {}, since a follower has"
                + " not taken them",
            lane,
            topic,
            before.offset(),
            retention);
      }
    }
  }

  private void delete(String topic, int lane, long before) {
    long begin = log.begin(topic, lane);
    if (before > begin) {
      log.deleteBefore(topic, lane, before);
      LOG.info("lane {}: {} begins at {} instead of {} now", lane, topic, before, begin);
    }
  }

  @Override
  public void close() {
    if (runs != null) {
      runs.close();
    }
  }
}
