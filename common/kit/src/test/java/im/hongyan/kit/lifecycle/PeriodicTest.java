package im.hongyan.kit.lifecycle;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Proves that periodic work survives what it throws, is counted, and ends when it is closed. */
class PeriodicTest {
  private final MeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void workThatThrowsGoesOnAndIsCounted() {
    AtomicInteger runs = new AtomicInteger();
    try (Periodic _ =
        Periodic.nowAndEvery(
            Duration.ofMillis(1),
            "throwing",
            meters,
            () -> {
              runs.incrementAndGet();
              throw new IllegalStateException("again");
            })) {
      eventually(() -> assertThat(runs).hasValueGreaterThan(3));
    }
    assertThat(meters.get("periodic_failed").tag("name", "throwing").counter().count())
        .isGreaterThan(2);
  }

  @Test
  void closingInterruptsTheWork() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Periodic periodic =
        Periodic.nowAndEvery(
            Duration.ofMillis(1),
            "waiting",
            meters,
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                ended.countDown();
              }
            });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    periodic.close();
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
  }
}
