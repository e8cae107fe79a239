package im.hongyan.relation.user;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Pages of the table {@code user}. Users are numbered without gaps and never removed, so a page is
 * a range of an index and the total its last number; only a search reads all ordinary users. Safe
 * for use by several threads.
 */
public final class UserListStore {
  private static final long MILLIS_A_DAY = 86_400_000;

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public UserListStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** How many users there are, of every level. */
  public long total() {
    return number("SELECT COALESCE(MAX(user_number), 0) FROM user");
  }

  /** How many ordinary users there are. */
  public long totalOrdinary() {
    return number("SELECT COALESCE(MAX(ordinary_number), 0) FROM user");
  }

  private long number(String query) {
    return jdbi.withHandle(handle -> handle.createQuery(query).mapTo(Long.class).one());
  }

  /** How many users were registered before a time. */
  public long registeredBefore(long millis) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT COUNT(*) FROM user WHERE create_time < ?")
            .bind(0, millis)
            .mapTo(Long.class)
            .one());
  }

  /**
   * How many users were registered each day within a span.
   *
   * @param endMillis the first moment behind it
   * @return by the day's number since 1970, in UTC; days without any are left out
   */
  public Map<Long, Long> registeredByDay(long startMillis, long endMillis) {
    Map<Long, Long> days = new TreeMap<>();
    jdbi.useHandle(handle ->
        handle
            .createQuery(
                "SELECT create_time DIV :day AS day, COUNT(*) FROM user"
                    + " WHERE create_time >= :start AND create_time < :end GROUP BY day")
            .bind("day", MILLIS_A_DAY)
            .bind("start", startMillis)
            .bind("end", endMillis)
            .map((row, _) -> Map.entry(row.getLong(1), row.getLong(2)))
            .forEach(day -> days.put(day.getKey(), day.getValue())));
    return days;
  }

  /** A page of all users' ids. */
  public List<UserId> ids(Page page) {
    return jdbi.withHandle(handle ->
        within(
                handle.createQuery(
                    "SELECT user_id FROM user WHERE user_number > :after AND user_number <= :last"
                        + " ORDER BY user_number"),
                page)
            .mapTo(UserId.class)
            .list());
  }

  /** A page of the ordinary users. */
  public List<User> ordinary(Page page) {
    return jdbi.withHandle(handle ->
        within(
                handle.createQuery(
                    "SELECT "
                        + UserRows.COLUMNS
                        + " FROM user WHERE ordinary_number > :after AND ordinary_number <= :last"
                        + " ORDER BY ordinary_number"),
                page)
            .map(UserRows.USER)
            .list());
  }

  private static Query within(Query query, Page page) {
    return query.bind("after", page.offset()).bind("last", page.offset() + page.limit());
  }

  /** How many ordinary users have these texts in their id or nickname; empty ones do not count. */
  public long totalFound(String id, String nickname) {
    return jdbi.withHandle(handle ->
        containing(handle.createQuery("SELECT COUNT(*) " + search(id, nickname)), id, nickname)
            .mapTo(Long.class)
            .one());
  }

  /** A page of them. */
  public List<User> found(String id, String nickname, Page page) {
    return jdbi.withHandle(handle ->
        containing(
                handle.createQuery(
                    "SELECT "
                        + UserRows.COLUMNS
                        + search(id, nickname)
                        + " ORDER BY ordinary_number LIMIT :limit OFFSET :offset"),
                id,
                nickname)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(UserRows.USER)
            .list());
  }

  private static String search(String id, String nickname) {
    List<String> conditions = new ArrayList<>();
    if (!id.isEmpty()) {
      conditions.add(
          "CONVERT(user_id USING utf8mb4) COLLATE utf8mb4_unicode_ci LIKE :id ESCAPE '!'");
    }
    if (!nickname.isEmpty()) {
      conditions.add("nickname LIKE :nickname ESCAPE '!'");
    }
    return " FROM user WHERE ordinary_number > 0 AND (" + String.join(" OR ", conditions) + ")";
  }

  private static Query containing(Query query, String id, String nickname) {
    if (!id.isEmpty()) {
      query = query.bind("id", pattern(id));
    }
    return nickname.isEmpty() ? query : query.bind("nickname", pattern(nickname));
  }

  private static String pattern(String part) {
    return "%" + part.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
  }
}
