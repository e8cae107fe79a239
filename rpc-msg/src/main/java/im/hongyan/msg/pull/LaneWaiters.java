package im.hongyan.msg.pull;

import im.hongyan.messagelog.lane.LaneNews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Those who wait for something of one lane, without a thread for each of them: while there are any,
 * one virtual thread looks for all, at each news of the lane. Safe for use by several threads.
 */
final class LaneWaiters<W> {
  /** News may be lost, and history brings none. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final int lane;
  private final LaneNews news;
  private final Function<List<W>, Collection<W>> look;
  private final End<W> end;
  private final Set<W> waiting = new LinkedHashSet<>();
  private boolean looking;

  /** How somebody's waiting ends; called once, by the thread that looked. */
  interface End<W> {
    /** What was waited for is there. */
    void reached(W waiter);

    /** It could not be looked for. */
    void failed(W waiter, RuntimeException failure);
  }

  /**
   * Nobody waits yet.
   *
   * @param look those among the waiting that need not wait any more; where it throws, all have
   *     failed
   */
  LaneWaiters(int lane, LaneNews news, Function<List<W>, Collection<W>> look, End<W> end) {
    this.lane = lane;
    this.news = news;
    this.look = look;
    this.end = end;
  }

  synchronized void add(W waiter) {
    waiting.add(waiter);
    if (!looking) {
      looking = true;
      Thread.ofVirtual().name("lane-waiters-" + lane).start(this::run);
    }
  }

  synchronized void remove(W waiter) {
    waiting.remove(waiter);
  }

  private synchronized List<W> next() {
    looking = !waiting.isEmpty();
    return new ArrayList<>(waiting);
  }

  private void run() {
    try {
      // Counted before the look, so that what comes during it is looked for.
      long seen = news.count(lane);
      for (List<W> now = next(); !now.isEmpty(); now = next()) {
        look(now);
        news.await(lane, seen, LOOK_AGAIN);
        seen = news.count(lane);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(List<W> now) {
    try {
      look.apply(now)
          .forEach(waiter -> {
            remove(waiter);
            end.reached(waiter);
          });
    } catch (RuntimeException failure) {
      now.forEach(waiter -> {
        remove(waiter);
        end.failed(waiter, failure);
      });
    }
  }
}
