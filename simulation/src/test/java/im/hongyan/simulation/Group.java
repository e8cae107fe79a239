package im.hongyan.simulation;

import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import org.jspecify.annotations.Nullable;

/** The consumer group of im-inbound: who has the lane, and the checkpoint that was committed. */
final class Group {
  private @Nullable Actor owner;
  private FollowerPosition checkpoint = HistoryStore.START;
  private long inbound;

  void give(Actor actor) {
    owner = actor;
  }

  boolean gives(Actor actor) {
    return actor.equals(owner);
  }

  /** A commit of somebody who has the lane no more is refused. */
  void commit(Actor actor, long nextInbound, FollowerPosition position) {
    if (gives(actor)) {
      inbound = nextInbound;
      checkpoint = position;
    }
  }

  FollowerPosition checkpoint() {
    return checkpoint;
  }

  long inbound() {
    return inbound;
  }
}
