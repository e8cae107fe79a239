package im.hongyan.relation.black;

import im.hongyan.wire.id.UserId;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads blacklists within the caller's transaction. Stateless. */
public final class BlackRows {
  private BlackRows() {}

  /** Owners who have a user on their list, in the order of their ids, beginning after one. */
  public static List<UserId> blocking(Handle handle, UserId user, UserId after, int most) {
    return handle
        .createQuery(
            "SELECT owner_user_id FROM black WHERE block_user_id = ? AND owner_user_id > ?"
                + " ORDER BY owner_user_id LIMIT ?")
        .bind(0, user)
        .bind(1, after)
        .bind(2, most)
        .mapTo(UserId.class)
        .list();
  }
}
