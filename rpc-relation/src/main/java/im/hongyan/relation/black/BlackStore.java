package im.hongyan.relation.black;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Blacklists in the table {@code black}. Safe for use by several threads. */
public final class BlackStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public BlackStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Whether a user is in an owner's blacklist. */
  public boolean contains(UserId owner, UserId user) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT 1 FROM black WHERE owner_user_id = ? AND block_user_id = ?")
            .bind(0, owner)
            .bind(1, user)
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }

  /**
   * Adds an entry and its notification, both or neither.
   *
   * @return whether it was not there before; if it was, nothing changes and nothing is sent
   */
  public boolean add(Black black, Notification notification) {
    return Transactions.run(
        jdbi,
        handle -> {
          int added =
              handle
                  .createUpdate(
                      "INSERT INTO black (owner_user_id, block_user_id, create_time, add_source,"
                          + " operator_user_id, ex) VALUES (:ownerUserId, :blockUserId,"
                          + " :createTimeMillis, :addSource, :operatorUserId, :ex)"
                          + " ON DUPLICATE KEY UPDATE owner_user_id = VALUES(owner_user_id)")
                  .bindMethods(black)
                  .execute();
          if (added == 0) {
            return false;
          }
          OutboxRows.append(handle, List.of(notification));
          return true;
        });
  }

  /**
   * Removes an entry and writes its notification, both or neither.
   *
   * @return whether it was there; if it was not, nothing is sent
   */
  public boolean remove(UserId owner, UserId user, Notification notification) {
    return Transactions.run(
        jdbi,
        handle -> {
          int removed =
              handle.execute(
                  "DELETE FROM black WHERE owner_user_id = ? AND block_user_id = ?", owner, user);
          if (removed == 0) {
            return false;
          }
          OutboxRows.append(handle, List.of(notification));
          return true;
        });
  }
}
