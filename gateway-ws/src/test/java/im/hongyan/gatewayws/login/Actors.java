package im.hongyan.gatewayws.login;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs actors one at a time and lets chance decide, at each step that an actor names, who goes on:
 * the same seed gives the same interleaving.
 */
final class Actors {
  private final Random random;
  private final List<Actor> waiting = new ArrayList<>();
  private final Semaphore turn = new Semaphore(0);
  private @Nullable Throwable failure;
  private @Nullable Actor current;

  private static final class Actor {
    final Semaphore go = new Semaphore(0);
    boolean done;
  }

  Actors(Random random) {
    this.random = random;
  }

  /** Adds an actor that begins when chance wants it. */
  void add(Runnable body) {
    Actor actor = new Actor();
    waiting.add(actor);
    Thread.startVirtualThread(() -> {
      actor.go.acquireUninterruptibly();
      try {
        body.run();
      } catch (RuntimeException | AssertionError e) {
        failure = e;
      }
      actor.done = true;
      turn.release();
    });
  }

  /** Lets others go on; called by actors before everything that others can see. */
  void step() {
    Actor self = current;
    if (self == null) {
      throw new IllegalStateException("not an actor");
    }
    turn.release();
    self.go.acquireUninterruptibly();
  }

  /** Runs all to their end. */
  void run() {
    while (!waiting.isEmpty()) {
      Actor next = waiting.get(random.nextInt(waiting.size()));
      current = next;
      next.go.release();
      turn.acquireUninterruptibly();
      if (next.done) {
        waiting.remove(next);
      }
    }
    if (failure != null) {
      throw new AssertionError("an actor failed", failure);
    }
  }
}
