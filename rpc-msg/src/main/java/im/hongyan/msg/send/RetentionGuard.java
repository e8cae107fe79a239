package im.hongyan.msg.send;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a lane's log may take more (docs/sequencing.md, Topics): what was accepted must be
 * sequenced before the log lets go of it. A lane that waits for half of the retention alarms; at
 * four fifths its sends are refused. Each lane is checked every ten minutes. Safe for use by
 * several threads; its creator closes it.
 */
final class RetentionGuard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionGuard.class);
  private static final int MINUTES = 10;
  private static final double ALARM = 0.5;
  private static final double REFUSE = 0.8;

  private final Backlog backlog;
  private final Duration retention;
  private final InstantSource clock;
  private final AtomicLongArray ages;
  private final MeterRegistry meters;
  private @Nullable Periodic checks;
  private int minute;

  /** What lanes have taken and nobody has sequenced yet. */
  @FunctionalInterface
  interface Backlog {
    /**
     * When the oldest record of it was appended; empty where there is none.
     *
     * @throws RuntimeException when that cannot be found out now
     */
    OptionalLong oldestMillis(int lane);
  }

  /** Creates it with meters {@code lane_waiting_seconds}, without checking lanes yet. */
  RetentionGuard(
      int lanes, Backlog backlog, Duration retention, InstantSource clock, MeterRegistry meters) {
    this.backlog = backlog;
    this.retention = retention;
    this.clock = clock;
    this.meters = meters;
    ages = new AtomicLongArray(lanes);
    for (int lane = 0; lane < lanes; lane++) {
      int shown = lane;
      Gauge.builder("lane_waiting_seconds", ages, all -> all.get(shown) / 1_000.0)
          .tag("lane", Integer.toString(lane))
          .register(meters);
    }
  }

  /** Begins to check lanes, a part of them each minute. */
  RetentionGuard start() {
    checks =
        Periodic.nowAndEvery(Duration.ofMinutes(1), "retention-guard", meters, this::checkSome);
    return this;
  }

  private void checkSome() {
    for (int lane = minute % MINUTES; lane < ages.length(); lane += MINUTES) {
      try {
        check(lane);
      } catch (RuntimeException e) {
        LOG.debug("lane {}: the age of its backlog is not known", lane, e);
      }
    }
    minute++;
  }

  /** Checks one lane now. */
  void check(int lane) {
    OptionalLong since = backlog.oldestMillis(lane);
    long age = since.isEmpty() ? 0 : Math.max(0, clock.millis() - since.getAsLong());
    ages.set(lane, age);
    if (age >= retention.toMillis() * ALARM) {
      LOG.error(
          "lane {} waits to be sequenced since {}; at {} of it sends are refused, after {} messages"
              + " are lost",
          lane,
          Duration.ofMillis(age),
          REFUSE,
          retention);
    }
  }

  /**
   * Lets a record in.
   *
   * @throws ImException 500 when the lane waits for too long
   */
  void require(int lane) {
    if (ages.get(lane) >= retention.toMillis() * REFUSE) {
      throw new StoreUnavailableException("lane " + lane + " waits to be sequenced for too long");
    }
  }

  @Override
  public void close() {
    if (checks != null) {
      checks.close();
    }
  }
}
