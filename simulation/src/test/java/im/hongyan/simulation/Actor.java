package im.hongyan.simulation;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A process, or the part of one that matters: runs blocking code on a thread of its own, but only
 * when the schedule lets it, from one {@link #point} to the next.
 */
abstract class Actor {
  final World world;
  final String name;
  private final Thread thread;
  private boolean started;
  private volatile boolean turn;
  private boolean killed;
  private boolean done;
  private int pausedFor;
  private @Nullable BooleanSupplier waitingFor;

  Actor(World world, String kind) {
    this.world = world;
    name = kind + world.nextActor();
    thread = Thread.ofVirtual().name(name).unstarted(this::main);
  }

  /** What the process does; every call of a store passes a point. */
  abstract void run();

  private void main() {
    try {
      run();
    } catch (Killed expected) {
      // The schedule wanted it.
    } catch (Throwable broken) {
      world.stage.fail(broken);
    } finally {
      done = true;
      world.stage.giveBack();
    }
  }

  /** A moment at which others may go on, or this process may die. */
  final void point() {
    if (killed) {
      throw new Killed();
    }
    turn = false;
    world.stage.giveBack();
    while (!turn) {
      LockSupport.park(this);
    }
    if (killed) {
      throw new Killed();
    }
  }

  /** Goes on once something holds. */
  final void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      waitingFor = condition;
      point();
      waitingFor = null;
    }
  }

  /** Called by the stage: lets the process go on. */
  final void resume() {
    turn = true;
    if (started) {
      LockSupport.unpark(thread);
    } else {
      started = true;
      thread.start();
    }
  }

  /** Called by the stage: whether the process could go on now. */
  final boolean runnable() {
    if (done) {
      return false;
    }
    if (pausedFor > 0) {
      pausedFor--;
      return false;
    }
    return waitingFor == null || waitingFor.getAsBoolean();
  }

  /** Stops the process for so many turns that it would have got. */
  final void pause(int turns) {
    pausedFor = turns;
  }

  final void goOn() {
    pausedFor = 0;
  }

  /** Marks the process; it dies as soon as it gets a turn. */
  final boolean kill() {
    killed = true;
    if (!started) {
      done = true;
    }
    return !done;
  }

  final boolean alive() {
    return !done && !killed;
  }
}
