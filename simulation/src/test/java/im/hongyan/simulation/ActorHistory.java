package im.hongyan.simulation;

import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The history as one process meets it: each call is a moment of its own. */
class ActorHistory implements HistoryStore {
  final World world;
  private final Actor actor;

  ActorHistory(World world, Actor actor) {
    this.world = world;
    this.actor = actor;
  }

  @Override
  public FollowerPosition position(int lane) {
    actor.point();
    return world.retention.asKept(world.history.position());
  }

  @Override
  public boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes) {
    actor.point();
    return world.history.append(expectedOffset, next, changes.rows());
  }

  @Override
  public Map<Long, byte[]> find(String conversationId, Collection<Long> seqs) {
    actor.point();
    Map<Long, byte[]> found = new HashMap<>();
    for (long seq : seqs) {
      byte[] body = world.history.find(conversationId, seq);
      if (body != null) {
        found.put(seq, body);
      }
    }
    return found;
  }

  @Override
  public Heights heights(int lane, Collection<String> conversationIds) {
    actor.point();
    return world.history.heights(conversationIds);
  }

  @Override
  public Optional<Row> findSent(String conversationId, String sendId, String clientMsgId) {
    actor.point();
    return world.on(Rule.HISTORY_CHECK_WHILE_INCOMPLETE)
        ? world.history.findSent(conversationId, sendId, clientMsgId)
        : Optional.empty();
  }
}
