package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** A history that is cut off after so many transactions. Single-threaded. */
final class CutOffHistory implements HistoryStore {
  private final HistoryStore store;
  private int left;

  CutOffHistory(HistoryStore store, int transactions) {
    this.store = store;
    left = transactions;
  }

  @Override
  public boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes) {
    if (left-- == 0) {
      throw new StoreUnavailableException("cut off");
    }
    return store.append(lane, expectedOffset, next, changes);
  }

  @Override
  public FollowerPosition position(int lane) {
    return store.position(lane);
  }

  @Override
  public Map<Long, byte[]> find(String conversationId, Collection<Long> seqs) {
    return store.find(conversationId, seqs);
  }

  @Override
  public Heights heights(int lane, Collection<String> conversationIds) {
    return store.heights(lane, conversationIds);
  }

  @Override
  public Optional<Row> findSent(String conversationId, String sendId, String clientMsgId) {
    return store.findSent(conversationId, sendId, clientMsgId);
  }
}
