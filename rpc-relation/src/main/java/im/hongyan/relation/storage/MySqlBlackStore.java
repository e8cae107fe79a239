package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.black.Black;
import im.hongyan.relation.black.BlackStore;
import im.hongyan.relation.notification.Notification;
import java.util.List;
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

  @Override
  public boolean add(Black black, Notification notification) {
    return Transactions.run(
        jdbi,
        handle -> {
          int added =
              handle.execute(
                  "INSERT INTO black (owner_user_id, block_user_id, create_time, add_source,"
                      + " operator_user_id, ex) VALUES (?, ?, ?, ?, ?, ?)"
                      + " ON DUPLICATE KEY UPDATE owner_user_id = VALUES(owner_user_id)",
                  MySql.id(black.ownerUserId()),
                  MySql.id(black.blackUserId()),
                  black.createTimeMillis(),
                  black.addSource(),
                  MySql.id(black.operatorUserId()),
                  black.ex());
          if (added == 0) {
            return false;
          }
          OutboxRows.append(handle, List.of(notification));
          return true;
        });
  }
}
