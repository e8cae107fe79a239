package im.hongyan.relation.account;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserRows;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** Searches of accounts in the table {@code user}. Safe for use by several threads. */
public final class AccountStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public AccountStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Which accounts are wanted.
   *
   * @param excluded ids of those that are not
   * @param nickname that they have, exactly; empty for any
   */
  record Wanted(int lowestLevel, int highestLevel, Set<UserId> excluded, String nickname) {
    /** Copies the set. */
    Wanted {
      excluded = Set.copyOf(excluded);
    }

    /** Whether level and id of an account are wanted. */
    boolean fits(User account) {
      return account.appMangerLevel() >= lowestLevel
          && account.appMangerLevel() <= highestLevel
          && !excluded.contains(account.userId());
    }

    /** The index on nicknames compares without case; the bytes decide. */
    private String condition() {
      return " FROM user WHERE app_manger_level BETWEEN :lowest AND :highest"
          + (nickname.isEmpty()
              ? ""
              : " AND nickname = :nickname"
                  + " AND CAST(nickname AS BINARY) = CAST(:nickname AS BINARY)")
          + (excluded.isEmpty() ? "" : " AND user_id NOT IN (<excluded>)");
    }

    private Query bound(Query query) {
      Query bound = query.bind("lowest", lowestLevel).bind("highest", highestLevel);
      if (!nickname.isEmpty()) {
        bound = bound.bind("nickname", nickname);
      }
      return excluded.isEmpty() ? bound : bound.bindList("excluded", List.copyOf(excluded));
    }
  }

  /** How many accounts are wanted. */
  long count(Wanted wanted) {
    return jdbi.withHandle(handle ->
        wanted
            .bound(handle.createQuery("SELECT COUNT(*)" + wanted.condition()))
            .mapTo(Long.class)
            .one());
  }

  /** A page of them, in the order in which they were made. */
  List<User> page(Wanted wanted, Page page) {
    return jdbi.withHandle(handle ->
        wanted
            .bound(
                handle.createQuery(
                    "SELECT "
                        + UserRows.COLUMNS
                        + wanted.condition()
                        + " ORDER BY user_number LIMIT :limit OFFSET :offset"))
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(UserRows.USER)
            .list());
  }
}
