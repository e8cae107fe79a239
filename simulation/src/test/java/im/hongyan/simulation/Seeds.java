package im.hongyan.simulation;

import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs many schedules, a few side by side; each is deterministic by its seed. */
final class Seeds {
  private static final int SIDE_BY_SIDE = 4;

  private volatile @Nullable Fault fault;
  private Schedule.Outcome sum = Schedule.Outcome.NONE;

  /** A seed that broke a promise. */
  record Fault(long seed, Throwable broken) {}

  private Seeds() {}

  /** Runs seeds from one on until one breaks a promise, or so many are done. */
  static Seeds run(long first, long count, Set<Rule> off) {
    Seeds seeds = new Seeds();
    Semaphore places = new Semaphore(SIDE_BY_SIDE);
    for (long seed = first; seed < first + count && seeds.fault() == null; seed++) {
      places.acquireUninterruptibly();
      long one = seed;
      Thread.ofVirtual()
          .name("seed-" + seed)
          .start(() -> {
            seeds.runOne(one, off, null);
            places.release();
          });
    }
    places.acquireUninterruptibly(SIDE_BY_SIDE);
    return seeds;
  }

  /** Runs one seed, printing what happens in it. */
  static void replay(long seed, Set<Rule> off, Consumer<String> trace) {
    Seeds seeds = new Seeds();
    Thread thread =
        Thread.ofVirtual().name("seed-" + seed).start(() -> seeds.runOne(seed, off, trace));
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    seeds.requireNoFault();
  }

  private void runOne(long seed, Set<Rule> off, @Nullable Consumer<String> trace) {
    try {
      add(Schedule.run(seed, off, trace));
    } catch (Throwable broken) {
      add(new Fault(seed, broken));
    }
  }

  private synchronized void add(Schedule.Outcome outcome) {
    sum = sum.plus(outcome);
  }

  private synchronized void add(Fault found) {
    Fault known = fault;
    if (known == null || found.seed() < known.seed()) {
      fault = found;
    }
  }

  /** The lowest seed that broke a promise, as far as was run. */
  @Nullable Fault fault() {
    return fault;
  }

  void requireNoFault() {
    Fault found = fault;
    if (found != null) {
      throw new AssertionError(
          "HONGYAN_SEED=" + found.seed() + " breaks a promise", found.broken());
    }
  }

  /** What happened in all of them. */
  synchronized Schedule.Outcome sum() {
    return sum;
  }
}
