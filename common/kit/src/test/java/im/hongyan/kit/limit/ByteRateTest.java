package im.hongyan.kit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Proves that a bucket gives what is there, may owe the last, and fills with time. */
class ByteRateTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ByteRate.Rate RATE = new ByteRate.Rate(1_000, 3_000);

  @Test
  void aFullBucketGivesItsBurstAndOwesWhatIsMore() {
    long start = Long.MAX_VALUE - SECOND;
    ByteRate bucket = new ByteRate(RATE, start);
    assertThat(bucket.isFull(start)).isTrue();
    bucket.take(2_999, start);
    assertThat(bucket.waitNanos(start)).isZero();
    bucket.take(2_001, start);
    assertThat(bucket.waitNanos(start)).isEqualTo(2 * SECOND + 1);
    assertThat(bucket.waitNanos(start + 2 * SECOND + 1)).isZero();
    assertThat(bucket.isFull(start + 4 * SECOND)).isFalse();
    assertThat(bucket.isFull(start + 5 * SECOND)).isTrue();
  }

  @Test
  void anIdleBucketGathersNoMoreThanItsBurst() {
    ByteRate bucket = new ByteRate(RATE, 0);
    bucket.take(3_000, 100 * SECOND);
    assertThat(bucket.waitNanos(100 * SECOND)).isEqualTo(1);
  }

  @Test
  void aRateIsPositive() {
    assertThatThrownBy(() -> new ByteRate.Rate(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRate.Rate(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
