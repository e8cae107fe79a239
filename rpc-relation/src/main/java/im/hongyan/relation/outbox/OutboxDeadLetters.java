package im.hongyan.relation.outbox;

import im.hongyan.drivers.mysql.MySql;
import java.util.Collection;
import java.util.List;

/**
 * Notifications that rpc-msg refused, for operators, and their way back. Safe for use by several
 * threads and processes.
 *
 * <p>One that is replayed goes behind what waits in its conversation, under its {@code clientMsgID}
 * and with its age. So it is a dead letter again at once where it is refused again, and holds up
 * nobody.
 */
public final class OutboxDeadLetters {
  /** Dead letters that one replay takes, which is one transaction. */
  public static final int MOST_AT_ONCE = OutboxDeadLetterStore.MOST_AT_ONCE;

  private final OutboxDeadLetterStore store;

  /** Works on the tables of a pool, which stays its creator's. */
  public OutboxDeadLetters(MySql mysql) {
    store = new OutboxDeadLetterStore(mysql);
  }

  /** The oldest behind a number, 0 for all, in their order. */
  public List<OutboxDeadLetter> list(long afterNumber, int most) {
    return store.list(afterNumber, most);
  }

  /** The number of the newest; 0 where there is none. */
  public long lastNumber() {
    return store.lastNumber();
  }

  /**
   * Gives notifications back to their conversations, in the order of their numbers. The workers of
   * rpc-relation find them within a second.
   *
   * @param numbers at most {@link #MOST_AT_ONCE}
   * @return those that were there, in that order
   */
  public List<OutboxDeadLetter> replay(Collection<Long> numbers) {
    return store.replay(numbers);
  }
}
