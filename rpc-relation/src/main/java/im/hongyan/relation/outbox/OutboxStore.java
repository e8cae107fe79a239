package im.hongyan.relation.outbox;

import java.util.List;

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

  /** The oldest notifications of a conversation in their order. */
  List<Waiting> waiting(String conversationId, int most);

  /** Forgets a notification that was acknowledged. */
  void remove(Waiting sent);

  /** Moves a notification to the dead letters, so that those behind it go on. */
  void deadLetter(Waiting refused, String reason, long nowMillis);

  /** Gives a claim back; what still waits is due then. A claim that was lost changes nothing. */
  void finish(Claim claim, long dueAtMillis, int attempts);
}
