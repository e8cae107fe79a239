package im.hongyan.transfer.sequencer.simulation;

import java.util.concurrent.CompletableFuture;

/** The outcome of an append; waiting for it lets others go on. */
class SimulatedFuture extends CompletableFuture<Long> {
  private final Actor actor;

  SimulatedFuture(Actor actor) {
    this.actor = actor;
  }

  @Override
  public Long join() {
    actor.await(this::isDone);
    return super.join();
  }
}
