package im.hongyan.transfer.search;

import im.hongyan.kit.logging.RareLog;
import im.hongyan.messagelog.search.SearchEngineException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the follower leaves a search engine alone that failed: a second, twice as long after
 * each further failure, and half a minute at most. The log has one line when it begins, one a
 * minute, and one when it ends. Single-threaded.
 */
final class EngineOutage {
  private static final Logger LOG = LoggerFactory.getLogger(EngineOutage.class);
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final InstantSource clock;
  private final Counter failures;
  private RareLog lines = new RareLog();
  private long pauseMillis;
  private long untilMillis;

  /** With meter {@code search_engine_failures_total}. */
  EngineOutage(InstantSource clock, MeterRegistry meters) {
    this.clock = clock;
    failures = meters.counter("search_engine_failures");
  }

  /** Whether it is left alone now. */
  boolean lasts() {
    return pauseMillis > 0 && clock.millis() < untilMillis;
  }

  /** It failed. */
  void failed(SearchEngineException failure) {
    failures.increment();
    pauseMillis =
        pauseMillis == 0 ? FIRST_PAUSE_MILLIS : Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
    untilMillis = clock.millis() + pauseMillis;
    if (lines.due(System.nanoTime())) {
      LOG.warn(
          "messages are not found by search for now, everything else goes on: {}; tried again"
              + " every {} s at most",
          failure.reason(),
          LONGEST_PAUSE_MILLIS / 1_000);
    }
  }

  /** It did what it was asked. */
  void answered() {
    if (pauseMillis > 0) {
      LOG.info("the search engine answers again");
      pauseMillis = 0;
      lines = new RareLog();
    }
  }
}
