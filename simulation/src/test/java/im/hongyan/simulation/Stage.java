package im.hongyan.simulation;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets one actor at a time go on; all else happens in the thread that created the stage. */
final class Stage {
  private final Thread director = Thread.currentThread();
  private volatile boolean playing;
  private volatile @Nullable Throwable failure;

  /** Lets an actor go on until its next point, or its end. */
  void play(Actor actor) {
    playing = true;
    actor.resume();
    while (playing) {
      LockSupport.park(this);
    }
    Throwable broken = failure;
    if (broken instanceof Error error) {
      throw error;
    }
    if (broken != null) {
      throw new IllegalStateException(actor.name + " failed", broken);
    }
  }

  /** Called by the actor that plays. */
  void giveBack() {
    playing = false;
    LockSupport.unpark(director);
  }

  void fail(Throwable broken) {
    if (failure == null) {
      failure = broken;
    }
  }

  /** Kills an actor and waits until its thread has ended. */
  void end(Actor actor) {
    if (actor.kill()) {
      playing = true;
      actor.resume();
      while (playing) {
        LockSupport.park(this);
      }
    }
  }
}
