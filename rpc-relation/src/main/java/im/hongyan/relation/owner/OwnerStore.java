package im.hongyan.relation.owner;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.wire.id.ConversationOwner;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Owners of conversations of which nothing else is stored. Safe for use by several threads. */
public final class OwnerStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public OwnerStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Whose the conversations with a key are; empty where nobody has them. */
  public Optional<ConversationOwner> find(String key) {
    return jdbi.withHandle(handle -> OwnerRows.find(handle, key));
  }

  /**
   * Makes conversations theirs whose they are.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when they belong to others
   */
  public void claim(ConversationOwner owner) {
    Transactions.run(
        jdbi,
        handle -> {
          OwnerRows.claim(handle, List.of(owner));
          return owner;
        });
  }
}
