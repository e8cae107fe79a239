package im.hongyan.benchservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves how CPU time is split by groups of threads. */
class ThreadCpuTest {
  @Test
  void threadsOfOnePoolAreOneGroup() {
    assertThat(ThreadCpu.group("data-plane-kafka-request-handler-3"))
        .isEqualTo("data-plane-kafka-request-handler");
    assertThat(ThreadCpu.group("pool-1-thread-7")).isEqualTo("pool");
    assertThat(ThreadCpu.group("main")).isEqualTo("main");
    assertThat(ThreadCpu.group("42")).isEqualTo("42");
  }

  @Test
  void theDifferenceNamesTheLargestFirstAndIsNeverNegative() {
    ThreadCpu before = new ThreadCpu(100, Map.of("a", 50L, "ended", 40L, "b", 10L));
    ThreadCpu after = new ThreadCpu(400, Map.of("a", 60L, "ended", 0L, "b", 200L, "new", 30L));
    ThreadCpu used = after.since(before);
    assertThat(used.totalNanos()).isEqualTo(300);
    assertThat(used.largestFirst())
        .containsExactly(
            Map.entry("b", 190L),
            Map.entry("new", 30L),
            Map.entry("a", 10L),
            Map.entry("ended", 0L));
  }

  @Test
  void theCountersOfThisProcessAreRead() {
    assertThat(ThreadCpu.now().totalNanos()).isPositive();
  }
}
