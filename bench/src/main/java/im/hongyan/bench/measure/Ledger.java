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
  private final AtomicIntegerArray wanted;
  private final AtomicIntegerArray receipts;
  private final AtomicIntegerArray outcomes;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong owed = new AtomicLong();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private volatile @Nullable String firstRefusal;
  private volatile LatencyRecorder acknowledgements = new LatencyRecorder(0, 0);
  private volatile LatencyRecorder deliveries = new LatencyRecorder(0, 0);

  /**
   * Totals at a moment.
   *
   * @param refused answered with an error code
   * @param received receipts by receivers, those beyond the wanted ones not counted
   * @param missing receipts that did not come for messages sent and not refused; where none are
   *     wanted, answers that did not come
   * @param duplicates receipts beyond the wanted ones
   */
  public record Counts(
      long sent, long acknowledged, long refused, long received, long missing, long duplicates) {}

  /** Makes room for a number of messages. */
  public Ledger(int capacity) {
    dueNanos = new AtomicLongArray(capacity);
    wanted = new AtomicIntegerArray(capacity);
    receipts = new AtomicIntegerArray(capacity);
    outcomes = new AtomicIntegerArray(capacity);
  }

  /** Sets the window whose latencies count; called before its first message is due. */
  public void measure(long fromNanos, long toNanos) {
    acknowledgements = new LatencyRecorder(fromNanos, toNanos);
    deliveries = new LatencyRecorder(fromNanos, toNanos);
  }

  /** A message for one receiver is about to be sent; the answer is its number. */
  public int open(long due) {
    return open(due, 1);
  }

  /**
   * As above.
   *
   * @param receivers how many receipts are wanted; none when nobody knows, or for what is only
   *     answered: then receipts are counted without being owed
   */
  public int open(long due, int receivers) {
    int number = sent.get();
    if (number == dueNanos.length()) {
      throw new IllegalStateException("more messages than the " + number + " planned for");
    }
    dueNanos.set(number, due);
    wanted.set(number, receivers);
    owed.addAndGet(receivers);
    sent.set(number + 1);
    return number;
  }

  /** The server has acknowledged a message. */
  public void acknowledged(int number) {
    if (outcomes.compareAndSet(number, 0, ACKNOWLEDGED)) {
      acknowledgements.record(dueNanos.get(number), System.nanoTime());
      acknowledged.incrementAndGet();
      if (wanted.get(number) == 0) {
        served.incrementAndGet();
      }
    }
  }

  /** The server has refused a message. */
  public void refused(int number, String reason) {
    if (outcomes.compareAndSet(number, 0, REFUSED)) {
      refused.incrementAndGet();
      owed.addAndGet(-wanted.get(number));
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

  /** A receiver has a message. */
  public void received(int number) {
    if (number < 0 || number >= sent.get()) {
      return;
    }
    int want = wanted.get(number);
    if (want == 0 || receipts.getAndIncrement(number) < want) {
      deliveries.record(dueNanos.get(number), System.nanoTime());
      received.incrementAndGet();
      served.addAndGet(Math.min(want, 1));
    } else {
      duplicates.incrementAndGet();
    }
  }

  /** The totals. */
  public Counts counts() {
    long missing = 0;
    int opened = sent.get();
    for (int i = 0; i < opened; i++) {
      int outcome = outcomes.get(i);
      if (outcome != REFUSED) {
        missing += Math.max(0, wanted.get(i) - receipts.get(i));
        missing += wanted.get(i) == 0 && outcome != ACKNOWLEDGED ? 1 : 0;
      }
    }
    return new Counts(
        opened, acknowledged.get(), refused.get(), received.get(), missing, duplicates.get());
  }

  /** Receipts up to now, and answers to what is only answered: what the server has done. */
  public long servedCount() {
    return served.get();
  }

  /** Whether every message has its answer and, unless refused, is received. */
  public boolean isIdle() {
    long answered = acknowledged.get() + refused.get();
    return answered >= sent.get() && received.get() >= owed.get();
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
