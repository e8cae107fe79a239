package im.hongyan.simulation;

import java.util.concurrent.CompletableFuture;

/** The outcome of an append; waiting for it lets others go on. */
class SimulatedFuture<T> extends CompletableFuture<T> {
  private final Actor actor;

  SimulatedFuture(Actor actor) {
    this.actor = actor;
  }

  @Override
  public T join() {
    actor.await(this::isDone);
    return super.join();
  }

  /** What follows from it is waited for in the same way. */
  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new SimulatedFuture<>(actor);
  }
}
