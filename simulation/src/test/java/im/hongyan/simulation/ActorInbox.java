package im.hongyan.simulation;

import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The inbox as one process meets it: each call is a moment of its own. */
final class ActorInbox implements InboxStore {
  private final World world;
  private final Actor actor;
  private int crashesSeen;

  ActorInbox(World world, Actor actor) {
    this.world = world;
    this.actor = actor;
    crashesSeen = world.inbox.crashes();
  }

  /** A writer's connection breaks with the store. */
  private void passAsWriter() {
    actor.point();
    if (crashesSeen != world.inbox.crashes()) {
      crashesSeen = world.inbox.crashes();
      throw SimulatedInbox.gone();
    }
  }

  @Override
  public void put(List<Entry> entries, Instant storedAt) {
    passAsWriter();
    world.inbox.put(entries);
  }

  @Override
  public void remove(String conversationId, Collection<Long> seqs) {
    throw new UnsupportedOperationException("no schedule deletes messages");
  }

  @Override
  public Map<Long, byte[]> find(String conversationId, Collection<Long> seqs) {
    actor.point();
    Map<Long, byte[]> found = new HashMap<>();
    for (long seq : seqs) {
      byte[] body = world.inbox.find(conversationId, seq);
      if (body != null) {
        found.put(seq, body);
      }
    }
    return found;
  }

  @Override
  public FollowerPosition position(int lane) {
    passAsWriter();
    return world.retention.asKept(world.inbox.position());
  }

  @Override
  public void setPosition(int lane, FollowerPosition position) {
    passAsWriter();
    world.inbox.setPosition(position);
  }
}
