package im.hongyan.embedded;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/** The machine's clock, set ahead by a test; what waits goes on as it does. Thread-safe. */
final class ShiftedTime implements Time {
  final AtomicLong aheadMillis = new AtomicLong();

  @Override
  public long milliseconds() {
    return Time.SYSTEM.milliseconds() + aheadMillis.get();
  }

  @Override
  public long nanoseconds() {
    return Time.SYSTEM.nanoseconds();
  }

  @Override
  public void sleep(long millis) {
    Time.SYSTEM.sleep(millis);
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis)
      throws InterruptedException {
    Time.SYSTEM.waitObject(object, condition, deadlineMillis - aheadMillis.get());
  }
}
