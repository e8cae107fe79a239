package im.hongyan.relation.friend;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.wire.id.UserId;
import org.jdbi.v3.core.Jdbi;

/** Friends in the table {@code friend}. Safe for use by several threads. */
public final class FriendStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public FriendStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Whether a user is an owner's friend. */
  public boolean contains(UserId owner, UserId user) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT 1 FROM friend WHERE owner_user_id = ? AND friend_user_id = ?")
            .bind(0, owner)
            .bind(1, user)
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }
}
