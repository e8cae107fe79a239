package im.hongyan.bench.measure;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The fate of every message of a run, warm-up included, by its number. Safe for use by several
 * threads; one thread opens messages.
 */
public final class Ledger {
  private static final int ACKNOWLEDGED = 1;
  private static final int REFUSED = 2;
  private static final int FAILED = 3;

  private final AtomicLongArray dueNanos;
  private final AtomicIntegerArray receipts;
  private final AtomicIntegerArray outcomes;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private volatile @Nullable String firstRefusal;
  private volatile LatencyRecorder acknowledgements = new LatencyRecorder(0, 0);
  private volatile LatencyRecorder deliveries = new LatencyRecorder(0, 0);

  /**
   * Totals at a moment.
   *
   * @param refused answered with an error code
   * @param received that reached their receiver, each counted once
   * @param missing sent, not refused, and not received
   * @param duplicates receipts beyond the first
   */
  public record Counts(
      long sent, long acknowledged, long refused, long received, long missing, long duplicates) {}

  /** Makes room for a number of messages. */
  public Ledger(int capacity) {
    dueNanos = new AtomicLongArray(capacity);
    receipts = new AtomicIntegerArray(capacity);
    outcomes = new AtomicIntegerArray(capacity);
  }

  /** Sets the window whose latencies count; called before its first message is due. */
  public void measure(long fromNanos, long toNanos) {
    acknowledgements = new LatencyRecorder(fromNanos, toNanos);
    deliveries = new LatencyRecorder(fromNanos, toNanos);
  }

  /** A message is about to be sent; the answer is its number. */
  public int open(long due) {
    int number = sent.get();
    if (number == dueNanos.length()) {
      throw new IllegalStateException("more messages than the " + number + " planned for");
    }
    dueNanos.set(number, due);
    sent.set(number + 1);
    return number;
  }

  /** The server has acknowledged a message. */
  public void acknowledged(int number) {
    if (outcomes.compareAndSet(number, 0, ACKNOWLEDGED)) {
      acknowledgements.record(dueNanos.get(number), System.nanoTime());
      acknowledged.incrementAndGet();
    }
  }

  /** The server has refused a message. */
  public void refused(int number, String reason) {
    if (outcomes.compareAndSet(number, 0, REFUSED)) {
      refused.incrementAndGet();
      note(reason);
    }
  }

  /** A message could not be sent, or its answer will not come; it may be delivered all the same. */
  public void failed(int number, String reason) {
    if (outcomes.compareAndSet(number, 0, FAILED)) {
      note(reason);
    }
  }

  private void note(String reason) {
    if (firstRefusal == null) {
      firstRefusal = reason;
    }
  }

  /** The receiver has a message. */
  public void received(int number) {
    if (number < 0 || number >= sent.get()) {
      return;
    }
    if (receipts.getAndIncrement(number) == 0) {
      deliveries.record(dueNanos.get(number), System.nanoTime());
      received.incrementAndGet();
    } else {
      duplicates.incrementAndGet();
    }
  }

  /** The totals. */
  public Counts counts() {
    long missing = 0;
    int opened = sent.get();
    for (int i = 0; i < opened; i++) {
      if (receipts.get(i) == 0 && outcomes.get(i) != REFUSED) {
        missing++;
      }
    }
    return new Counts(
        opened, acknowledged.get(), refused.get(), received.get(), missing, duplicates.get());
  }

  /** How many messages have reached their receiver up to now. */
  public long receivedCount() {
    return received.get();
  }

  /** Whether every message has its answer and, unless refused, is received. */
  public boolean settled() {
    long answered = acknowledged.get() + refused.get();
    return answered >= sent.get() && received.get() + refused.get() >= sent.get();
  }

  /** Latency from due to acknowledged, in the window. */
  public Latency acknowledgement() {
    return acknowledgements.summary();
  }

  /** Latency from due to received, in the window. */
  public Latency delivery() {
    return deliveries.summary();
  }

  /** Why the first message that was refused or failed was; empty when none was. */
  public String firstProblem() {
    String reason = firstRefusal;
    return reason == null ? "" : reason;
  }
}
