package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Proves when sequencing waits for history, and when it goes on. */
class BackPressureTest {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();

  private final BackPressure pressure = new BackPressure();

  @Test
  void aLaneWaitsOnceHistoryLacksHalfAMillionRecords() {
    assertThat(pressure.pauses(500_010, 11, 0)).isFalse();
    assertThat(pressure.pauses(500_010, 10, 0)).isTrue();
    assertThat(pressure.pauses(500_010, 11, 1)).isFalse();
  }

  @Test
  void aLaneWaitsOnceHistoryLacksAnHour() {
    assertThat(pressure.pauses(5, 4, 0)).isFalse();
    for (long minute = 1; minute < 60; minute++) {
      assertThat(pressure.pauses(5 + minute, 4, minute * MINUTE)).isFalse();
    }
    assertThat(pressure.pauses(64, 4, 60 * MINUTE)).isTrue();
    assertThat(pressure.pauses(64, 5, 60 * MINUTE)).as("the next lacks but 59 minutes").isFalse();
  }

  @Test
  void aQuietLaneThatHistoryHasNeverWaits() {
    for (long minute = 0; minute < 300; minute++) {
      assertThat(pressure.pauses(5, 5, minute * MINUTE)).isFalse();
    }
  }

  @Test
  void oneRecordThatHistoryLacksForAnHourIsEnough() {
    assertThat(pressure.pauses(5, 4, 0)).isFalse();
    assertThat(pressure.pauses(5, 4, 60 * MINUTE - 1)).isFalse();
    assertThat(pressure.pauses(5, 4, 60 * MINUTE)).isTrue();
  }
}
