package im.hongyan.benchservers;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.lane.LaneRecord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Open-loop load on {@link BrokerPath}: each record has its moment, and its latency counts from
 * there however late it was sent. One thread drives it.
 */
final class BrokerLoad {
  private static final int VALUE_BYTES = 300;
  private static final long LONGEST_MICROS = 60_000_000;
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private final BrokerPath path;
  private final AtomicLong arrived = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile Phase phase = new Phase(Long.MAX_VALUE);
  private long sent;

  /**
   * Latencies of the records whose moment is at or after a start.
   *
   * @param acknowledged microseconds until the first topic had the record
   * @param received microseconds until it came out of the second topic
   */
  private record Phase(long startNanos, Histogram acknowledged, Histogram received) {
    Phase(long startNanos) {
      this(
          startNanos,
          new SynchronizedHistogram(LONGEST_MICROS, 3),
          new SynchronizedHistogram(LONGEST_MICROS, 3));
    }

    void record(Histogram histogram, long intendedNanos) {
      long elapsedMicros = (System.nanoTime() - intendedNanos) / 1_000;
      if (intendedNanos - startNanos >= 0) {
        histogram.recordValue(Math.clamp(elapsedMicros, 0, LONGEST_MICROS));
      }
    }
  }

  /**
   * What one rate gave.
   *
   * @param missing records that were not acknowledged or did not arrive
   */
  record Result(
      int ratePerSecond,
      long measured,
      long missing,
      Histogram acknowledged,
      Histogram received,
      ThreadCpu cpu) {}

  BrokerLoad(KafkaConfig config, Lifecycle lifecycle) {
    path = new BrokerPath(config, this::received, lifecycle);
  }

  /** Runs one rate: first a warm-up that does not count, then the measured time, then a drain. */
  Result run(int ratePerSecond, Duration warmUp, Duration measured) throws InterruptedException {
    long warmUpRecords = warmUp.toMillis() * ratePerSecond / 1_000;
    long measuredRecords = measured.toMillis() * ratePerSecond / 1_000;
    long before = sent - arrived.get();
    produce(ratePerSecond, warmUpRecords);
    Phase counted = new Phase(System.nanoTime());
    phase = counted;
    ThreadCpu start = ThreadCpu.now();
    produce(ratePerSecond, measuredRecords);
    ThreadCpu used = ThreadCpu.now().since(start);
    drain();
    phase = new Phase(Long.MAX_VALUE);
    long missing = sent - arrived.get() - before + failed.getAndSet(0);
    return new Result(
        ratePerSecond, measuredRecords, missing, counted.acknowledged(), counted.received(), used);
  }

  private void produce(int ratePerSecond, long records) {
    long start = System.nanoTime();
    for (long i = 0; i < records; i++) {
      long intended = start + i * 1_000_000_000L / ratePerSecond;
      for (long left = intended - System.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = intended - System.nanoTime();
      }
      byte[] value = ByteBuffer.allocate(VALUE_BYTES).putLong(intended).array();
      path.produce(sent++, value).whenComplete((_, failure) -> acknowledged(intended, failure));
    }
  }

  private void acknowledged(long intendedNanos, @Nullable Throwable e) {
    if (e == null) {
      Phase now = phase;
      now.record(now.acknowledged(), intendedNanos);
    } else {
      failed.incrementAndGet();
    }
  }

  private void received(LaneRecord record) {
    Phase now = phase;
    now.record(now.received(), ByteBuffer.wrap(record.value()).getLong());
    arrived.incrementAndGet();
  }

  private void drain() throws InterruptedException {
    long deadline = System.nanoTime() + DRAIN.toNanos();
    while (arrived.get() < sent && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }
}
