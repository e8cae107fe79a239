package im.hongyan.gatewayws.connection;

import im.hongyan.kit.limit.ByteRate;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives large requests their turns, since each costs milliseconds and megabytes to inflate and to
 * read: one after the other on a thread that is no event loop, one of a user between that and its
 * answer, and only as many bytes a second as a user and the process may have. Users take turns.
 * Safe for use by several threads.
 */
public final class LargeRequests {
  private static final int FEW_USERS = 1_024;

  private final Most most;
  private final Executor worker;
  private final Later later;
  private final LongSupplier nanoTime;
  private final ByteRate process;
  private final Counter inflated;
  private final Map<String, Sender> senders = new HashMap<>();

  /** Those of whom a request waits and none is under way, in the order in which they came. */
  private final Set<Sender> ready = new LinkedHashSet<>();

  private int waiting;
  private int forgetAbove = FEW_USERS;
  private boolean reading;
  private boolean retries;

  /** Bytes of requests, once they are inflated, of one user and of the process. */
  public record Most(ByteRate.Rate user, ByteRate.Rate process) {}

  /** A clock that calls. */
  @FunctionalInterface
  public interface Later {
    /** Runs a task after a while, on any thread. */
    void after(long nanos, Runnable task);
  }

  /** A user who has sent something of late. */
  private final class Sender {
    private final ByteRate bucket = new ByteRate(most.user(), nanoTime.getAsLong());
    private final Deque<Turn> turns = new ArrayDeque<>(1);
    private boolean underWay;

    boolean isIdle(long now) {
      return !underWay && turns.isEmpty() && bucket.isFull(now);
    }
  }

  /** One request that waits for its turn, or has it. */
  final class Turn {
    private final Sender sender;
    private final Consumer<Turn> work;
    private boolean over;

    private Turn(Sender sender, Consumer<Turn> work) {
      this.sender = sender;
      this.work = work;
    }

    /** It was inflated and read: the next one's turn comes. */
    void read(long bytes) {
      finishReading(sender, bytes);
    }

    /** It was answered, or will not be: the next one of its user may begin. */
    void done() {
      finish(this);
    }

    /** It is not wanted any more, if its turn has not come; else whoever has it goes on. */
    void cancel() {
      drop(this);
    }
  }

  /**
   * Creates the gauge {@code ws_large_requests_waiting} and the counter {@code
   * ws_large_requests_bytes}.
   *
   * @param worker inflates and reads
   * @param nanoTime as {@link System#nanoTime}
   */
  public LargeRequests(
      Most most, Executor worker, Later later, LongSupplier nanoTime, MeterRegistry meters) {
    this.most = most;
    this.worker = worker;
    this.later = later;
    this.nanoTime = nanoTime;
    process = new ByteRate(most.process(), nanoTime.getAsLong());
    meters.gauge("ws_large_requests_waiting", this, LargeRequests::waiting);
    inflated = meters.counter("ws_large_requests_bytes");
  }

  private synchronized double waiting() {
    return waiting;
  }

  /**
   * Calls the work on the worker when its turn has come; it then says {@link Turn#read} and, at any
   * time later, {@link Turn#done}.
   */
  Turn await(String user, Consumer<Turn> work) {
    Turn turn;
    synchronized (this) {
      Sender sender = sender(user);
      turn = new Turn(sender, work);
      sender.turns.add(turn);
      waiting++;
      if (!sender.underWay) {
        ready.add(sender);
      }
    }
    beginNext();
    return turn;
  }

  /** Counts small requests that need no turn; false when the user has had too much. */
  synchronized boolean count(String user, long bytes) {
    long now = nanoTime.getAsLong();
    ByteRate bucket = sender(user).bucket;
    bucket.take(bytes, now);
    return bucket.waitNanos(now) == 0;
  }

  private Sender sender(String user) {
    if (senders.size() > forgetAbove) {
      long now = nanoTime.getAsLong();
      senders.values().removeIf(sender -> sender.isIdle(now));
      forgetAbove = Math.max(FEW_USERS, 2 * senders.size());
    }
    return senders.computeIfAbsent(user, _ -> new Sender());
  }

  private void beginNext() {
    Turn next;
    synchronized (this) {
      next = next();
    }
    if (next != null) {
      worker.execute(() -> next.work.accept(next));
    }
  }

  private @Nullable Turn next() {
    if (reading || ready.isEmpty()) {
      return null;
    }
    long now = nanoTime.getAsLong();
    long waitNanos = process.waitNanos(now);
    if (waitNanos == 0) {
      waitNanos = Long.MAX_VALUE;
      for (Sender sender : ready) {
        long ofUser = sender.bucket.waitNanos(now);
        if (ofUser == 0) {
          return begin(sender);
        }
        waitNanos = Math.min(waitNanos, ofUser);
      }
    }
    if (!retries) {
      retries = true;
      later.after(waitNanos, this::retry);
    }
    return null;
  }

  private Turn begin(Sender sender) {
    ready.remove(sender);
    sender.underWay = true;
    reading = true;
    waiting--;
    return sender.turns.removeFirst();
  }

  private void retry() {
    synchronized (this) {
      retries = false;
    }
    beginNext();
  }

  private void finishReading(Sender sender, long bytes) {
    synchronized (this) {
      long now = nanoTime.getAsLong();
      sender.bucket.take(bytes, now);
      process.take(bytes, now);
      reading = false;
    }
    inflated.increment((double) bytes);
    beginNext();
  }

  private void finish(Turn turn) {
    synchronized (this) {
      if (turn.over) {
        return;
      }
      turn.over = true;
      turn.sender.underWay = false;
      if (!turn.sender.turns.isEmpty()) {
        ready.add(turn.sender);
      }
    }
    beginNext();
  }

  private synchronized void drop(Turn turn) {
    Sender sender = turn.sender;
    if (sender.turns.remove(turn)) {
      waiting--;
      if (sender.turns.isEmpty()) {
        ready.remove(sender);
      }
    }
  }
}
