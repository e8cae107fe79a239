package im.hongyan.relation.storage;

import im.hongyan.relation.black.BlackStore;
import im.hongyan.stores.mysql.MySql;
import org.jdbi.v3.core.Jdbi;

/** Blacklists in the table {@code black}. */
public final class MySqlBlackStore implements BlackStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlBlackStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public boolean contains(String ownerUserId, String userId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT 1 FROM black WHERE owner_user_id = ? AND block_user_id = ?")
            .bind(0, MySql.id(ownerUserId))
            .bind(1, MySql.id(userId))
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }
}
