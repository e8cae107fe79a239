package im.hongyan.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves that the loop keeps to the plan, also when starting a message takes too long. */
class OpenLoopTest {
  private final FakeTimer timer = new FakeTimer();

  @Test
  void messagesStartWhenTheyAreDueAndWindowsJoinWithoutGap() {
    OpenLoop loop = new OpenLoop(Arrivals.constant(1_000), timer);
    List<Long> due = new ArrayList<>();
    long start = loop.startNanos();
    assertThat(loop.runUntil(start + 3_000_000, due::add)).isEqualTo(3);
    assertThat(timer.nanoTime()).isEqualTo(start + 3_000_000);
    assertThat(loop.runUntil(start + 5_000_000, due::add)).isEqualTo(2);
    assertThat(due)
        .containsExactly(
            start, start + 1_000_000, start + 2_000_000, start + 3_000_000, start + 4_000_000);
  }

  @Test
  void aSlowStartDelaysNoDueMomentAndDropsNoMessage() {
    OpenLoop loop = new OpenLoop(Arrivals.constant(1_000), timer);
    long start = loop.startNanos();
    List<Long> late = new ArrayList<>();
    long started =
        loop.runUntil(
            start + 5_000_000,
            due -> {
              late.add(timer.nanoTime() - due);
              timer.now += late.size() == 1 ? 3_500_000 : 0;
            });
    assertThat(started).isEqualTo(5);
    assertThat(late).containsExactly(0L, 2_500_000L, 1_500_000L, 500_000L, 0L);
  }

  private static final class FakeTimer implements Timer {
    private long now = 77_000_000_000L;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void waitUntil(long nanoTime) {
      now = Math.max(now, nanoTime);
    }
  }
}
