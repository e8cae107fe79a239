package im.hongyan.transfer.storage;

import im.hongyan.messagelog.mysql.HistoryStore;
import im.hongyan.messagelog.mysql.HistoryStore.Changes;
import im.hongyan.messagelog.mysql.HistoryStore.Heights;
import im.hongyan.messagelog.mysql.HistoryStore.Row;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.follower.HistoryPort;
import im.hongyan.transfer.sequencer.LaneHistoryPort;
import java.util.Collection;
import java.util.Optional;

/** The history in MySQL, as sequencer and history writer use it. Safe for several threads. */
public record MySqlHistory(HistoryStore store) implements LaneHistoryPort, HistoryPort {
  @Override
  public FollowerPosition position(int lane) {
    return store.position(lane);
  }

  @Override
  public Heights heights(int lane, Collection<String> conversationIds) {
    return store.heights(lane, conversationIds);
  }

  @Override
  public Optional<Row> findSent(String conversationId, String sendId, String clientMsgId) {
    return store.findSent(conversationId, sendId, clientMsgId);
  }

  @Override
  public boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes) {
    return store.append(lane, expectedOffset, next, changes);
  }
}
