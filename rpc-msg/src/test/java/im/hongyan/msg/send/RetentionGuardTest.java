package im.hongyan.msg.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Proves when a lane that nobody sequences refuses sends, and that it takes them again. */
class RetentionGuardTest {
  private static final long NOW = Duration.ofDays(1_000).toMillis();
  private static final Duration RETENTION = Duration.ofDays(10);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private OptionalLong since = OptionalLong.empty();
  private final RetentionGuard guard =
      new RetentionGuard(4, lane -> since, RETENTION, () -> Instant.ofEpochMilli(NOW), meters);

  private void waitsFor(Duration age) {
    since = OptionalLong.of(NOW - age.toMillis());
    guard.check(2);
  }

  private double shown() {
    return meters.get("lane_waiting_seconds").tag("lane", "2").gauge().value();
  }

  @Test
  void aLaneRefusesAtFourFifthsOfTheRetentionAndOpensAgain() {
    guard.require(2);
    waitsFor(Duration.ofDays(8).minusMillis(1));
    guard.require(2);
    waitsFor(Duration.ofDays(8));
    assertThatCode(() -> guard.require(2))
        .isInstanceOfSatisfying(
            ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.INTERNAL.code()));
    guard.require(1);
    assertThat(shown()).isEqualTo(8 * 86_400.0);
    since = OptionalLong.empty();
    guard.check(2);
    guard.require(2);
    assertThat(shown()).isZero();
  }
}
