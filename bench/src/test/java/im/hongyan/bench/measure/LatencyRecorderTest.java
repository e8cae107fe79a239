package im.hongyan.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Proves which messages count and that latencies run from the moment they were due. */
class LatencyRecorderTest {
  @Test
  void onlyMessagesDueWithinTheWindowCount() {
    LatencyRecorder recorder = new LatencyRecorder(1_000_000, 2_000_000);
    recorder.record(999_999, 5_000_000);
    recorder.record(2_000_000, 9_000_000);
    for (int i = 0; i < 99; i++) {
      recorder.record(1_000_000, 1_500_000);
    }
    recorder.record(1_999_999, 11_999_999);
    Latency latency = recorder.summary();
    assertThat(latency.count()).isEqualTo(100);
    assertThat(latency.p50Micros()).isEqualTo(500);
    assertThat(latency.p99Micros()).isEqualTo(500);
    assertThat(latency.maxMicros()).isBetween(10_000L, 10_010L);
    assertThat(latency.p9999Micros()).isEqualTo(latency.maxMicros());
    assertThat(latency.curve().getFirst()).isEqualTo(new Latency.Point(0, 500));
    assertThat(latency.curve().getLast().percentile()).isBetween(98.4, 99.0);
  }

  @Test
  void aClockThatSeemsToGoBackGivesZero() {
    LatencyRecorder recorder = new LatencyRecorder(0, 100);
    recorder.record(50, 40);
    assertThat(recorder.summary().maxMicros()).isZero();
  }
}
