package im.hongyan.relation.outbox;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Where notifications wait, written with the changes that cause them. Safe for use by several
 * threads and processes.
 *
 * <p>A claim is a lease: a process that dies gives it up by time, one that goes on too long may
 * meet its successor. Both then send in order and each waits for the answer before its next, so
 * that no first delivery comes out of order; repeated ones are recognised by their {@code
 * clientMsgID}.
 */
public interface OutboxStore {
  /** Claims conversations that are due, the longest due first; nobody else gets them meanwhile. */
  List<Claim> take(int most, long nowMillis, long leaseMillis);

  /** The oldest notifications of conversations, of each in their order. */
  Map<String, List<Waiting>> waiting(Collection<String> conversationIds, int mostOfEach);

  /** The oldest notifications of a conversation in their order. */
  default List<Waiting> waiting(String conversationId, int most) {
    return waiting(List.of(conversationId), most).getOrDefault(conversationId, List.of());
  }

  /** Moves a notification to the dead letters, so that those behind it go on. */
  void deadLetter(Waiting refused, String reason, long nowMillis);

  /**
   * Forgets what was acknowledged, and gives claims back. A conversation in which something still
   * waits is due by the age of the oldest, so that none waits behind younger ones of others. A
   * claim that was lost stays its successor's.
   */
  void finish(Collection<FinishedClaim> finished);
}
