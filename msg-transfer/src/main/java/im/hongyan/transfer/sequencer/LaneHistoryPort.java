package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.mysql.HistoryStore.Heights;
import im.hongyan.messagelog.mysql.HistoryStore.Row;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.Collection;
import java.util.Optional;

/**
 * What the owner of a lane asks of the history; the meaning of each call is that of {@link
 * im.hongyan.messagelog.mysql.HistoryStore}. Safe for use by several threads.
 */
public interface LaneHistoryPort {
  /** Where the writer of a lane stands. */
  FollowerPosition position(int lane);

  /** Highest seqs of conversations of one lane, none newer than the writer's offset. */
  Heights heights(int lane, Collection<String> conversationIds);

  /** The message that a client sent under this id, if it is stored. */
  Optional<Row> findSent(String conversationId, String sendId, String clientMsgId);
}
