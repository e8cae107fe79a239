package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.friend.FriendStore;
import org.jdbi.v3.core.Jdbi;

/** Friends in the table {@code friend}. */
public final class MySqlFriendStore implements FriendStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlFriendStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public boolean contains(String ownerUserId, String userId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT 1 FROM friend WHERE owner_user_id = ? AND friend_user_id = ?")
            .bind(0, MySql.id(ownerUserId))
            .bind(1, MySql.id(userId))
            .mapTo(Integer.class)
            .findOne()
            .isPresent());
  }
}
