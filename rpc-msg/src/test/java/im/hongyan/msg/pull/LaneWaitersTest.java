package im.hongyan.msg.pull;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.lane.LaneNews;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Proves that many who wait cost one look for each news, and that none is forgotten. */
class LaneWaitersTest {
  private static final int MANY = 500;

  /** News that come only when the test says so. */
  private static final class Spoken implements LaneNews {
    private final AtomicLong count = new AtomicLong();
    private final Semaphore next = new Semaphore(0);

    void say() {
      count.incrementAndGet();
      next.release();
    }

    @Override
    public long count(int lane) {
      return count.get();
    }

    @Override
    public void await(int lane, long seen, Duration most) throws InterruptedException {
      if (!next.tryAcquire(1, TimeUnit.MINUTES)) {
        throw new AssertionError("nobody said anything");
      }
    }
  }

  private final Spoken news = new Spoken();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger reached = new AtomicInteger(-1);
  private final List<Integer> ended = new CopyOnWriteArrayList<>();
  private final List<Integer> failed = new CopyOnWriteArrayList<>();
  private volatile boolean away;

  private final LaneWaiters<Integer> waiters =
      new LaneWaiters<>(
          0,
          news,
          this::look,
          new LaneWaiters.End<>() {
            @Override
            public void reached(Integer waiter) {
              ended.add(waiter);
            }

            @Override
            public void failed(Integer waiter, RuntimeException failure) {
              failed.add(waiter);
            }
          });

  private Collection<Integer> look(List<Integer> now) {
    looks.incrementAndGet();
    if (away) {
      throw new IllegalStateException("away");
    }
    return now.stream().filter(waiter -> waiter <= reached.get()).toList();
  }

  @Test
  void manyWaitersCostOneLookForEachNews() {
    for (int i = 0; i < MANY; i++) {
      waiters.add(i);
    }
    eventually(() -> assertThat(looks).hasValue(1));
    reached.set(MANY / 2);
    news.say();
    eventually(() -> assertThat(ended).hasSize(MANY / 2 + 1));
    reached.set(MANY);
    news.say();
    eventually(() -> assertThat(ended).hasSize(MANY));
    assertThat(looks).hasValue(3);
  }

  @Test
  void whoComesLaterAndWhoLeavesAreNotForgotten() {
    waiters.add(7);
    eventually(() -> assertThat(looks).hasValue(1));
    waiters.add(8);
    waiters.remove(7);
    reached.set(8);
    news.say();
    eventually(() -> assertThat(ended).containsExactly(8));
    news.say();
    waiters.add(3);
    eventually(() -> assertThat(ended).containsExactly(8, 3));
  }

  @Test
  void aLookThatFailsEndsAllWhoWait() {
    away = true;
    waiters.add(1);
    eventually(() -> assertThat(failed).containsExactly(1));
    assertThat(ended).isEmpty();
  }
}
