package im.hongyan.kit.limit;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Proves that what is taken is handled or handed back, also at and after the end. */
class BatcherTest {
  private static final int ROUNDS = 200;

  private final List<Integer> handled = new CopyOnWriteArrayList<>();
  private final List<Integer> back = new CopyOnWriteArrayList<>();

  private Batcher<Integer> batcher(boolean breaks) {
    return new Batcher<Integer>(
            "test",
            1_000,
            10,
            new Batcher.Handler<>() {
              @Override
              public void handle(List<Integer> batch) {
                if (breaks) {
                  throw new IllegalStateException("broken");
                }
                handled.addAll(batch);
              }

              @Override
              public void failed(List<Integer> batch, RuntimeException failure) {
                throw failure;
              }

              @Override
              public void closed(List<Integer> rest) {
                back.addAll(rest);
              }
            })
        .start();
  }

  @Test
  void nothingIsTakenAfterTheEnd() {
    Batcher<Integer> batcher = batcher(false);
    batcher.close();
    eventually(() -> assertThat(batcher.offer(1)).isFalse());
    assertThat(batcher.isRunning()).as("it was closed, and did not break").isTrue();
  }

  @Test
  void nothingIsTakenByOneThatHasBrokenAndItSaysSo() {
    Batcher<Integer> batcher = batcher(true);
    assertThat(batcher.offer(1)).isTrue();
    eventually(() -> assertThat(back).containsExactly(1));
    eventually(() -> assertThat(batcher.isRunning()).isFalse());
    assertThat(batcher.offer(2)).isFalse();
  }

  @Test
  void whatIsTakenWhileItEndsIsHandledOrHandedBack() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      handled.clear();
      back.clear();
      Batcher<Integer> batcher = batcher(false);
      AtomicInteger taken = new AtomicInteger();
      Thread offering =
          Thread.startVirtualThread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
              if (batcher.offer(i)) {
                taken.incrementAndGet();
              }
            }
          });
      batcher.close();
      offering.join();
      eventually(() -> assertThat(handled.size() + back.size()).isEqualTo(taken.get()));
    }
  }
}
