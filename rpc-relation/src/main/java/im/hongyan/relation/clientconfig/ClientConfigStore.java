package im.hongyan.relation.clientconfig;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** Settings of clients in the table {@code client_config}. Safe for use by several threads. */
public final class ClientConfigStore {
  static final int MAX_KEYS = 1_000;

  private static final RowMapper<ClientConfig> CONFIG =
      (row, _) ->
          new ClientConfig(
              new UserId(MySql.id(row.getBytes("user_id"))),
              MySql.id(row.getBytes("config_key")),
              row.getString("config_value"));

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public ClientConfigStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** The settings of one user, or of nobody, by key. */
  public Map<String, String> find(UserId userId) {
    Map<String, String> found = new LinkedHashMap<>();
    jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT user_id, config_key, config_value FROM client_config"
                        + " WHERE user_id = ?")
                .bind(0, userId)
                .map(CONFIG)
                .list())
        .forEach(config -> found.put(config.key(), config.value()));
    return found;
  }

  /**
   * Writes settings of one user; others stay.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the user would have too many
   */
  public void put(UserId userId, Map<String, String> configs) {
    Map<String, String> sorted = new TreeMap<>(Utf8Order.INSTANCE);
    sorted.putAll(configs);
    List<Object[]> rows = new ArrayList<>();
    sorted.forEach((key, value) -> rows.add(new Object[] {userId, MySql.id(key), value}));
    Transactions.run(
        jdbi,
        handle -> {
          Rows.insert(
              handle,
              "INSERT INTO client_config (user_id, config_key, config_value) VALUES",
              rows,
              "ON DUPLICATE KEY UPDATE config_value = VALUES(config_value)");
          long keys =
              handle
                  .createQuery("SELECT COUNT(*) FROM client_config WHERE user_id = ?")
                  .bind(0, userId)
                  .mapTo(Long.class)
                  .one();
          if (keys > MAX_KEYS) {
            throw ImError.ARGS.with("more than " + MAX_KEYS + " keys");
          }
          return keys;
        });
  }

  /** Removes settings of one user; unknown ones are fine. */
  public void remove(UserId userId, Collection<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    List<byte[]> sorted = keys.stream().sorted(Utf8Order.INSTANCE).map(MySql::id).toList();
    Transactions.run(
        jdbi,
        handle ->
            handle
                .createUpdate(
                    "DELETE FROM client_config WHERE user_id = :user AND config_key IN (<keys>)")
                .bind("user", userId)
                .bindList("keys", sorted)
                .execute());
  }

  /** How many settings there are of this user and key, each empty for all. */
  public long count(String userId, String key) {
    return jdbi.withHandle(handle ->
        bound(handle.createQuery("SELECT COUNT(*)" + matching(userId, key)), userId, key)
            .mapTo(Long.class)
            .one());
  }

  /** A page of them, by user and key. */
  public List<ClientConfig> page(String userId, String key, Page page) {
    return jdbi.withHandle(handle ->
        bound(
                handle.createQuery(
                    "SELECT user_id, config_key, config_value"
                        + matching(userId, key)
                        + " ORDER BY user_id, config_key LIMIT :limit OFFSET :offset"),
                userId,
                key)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(CONFIG)
            .list());
  }

  private static String matching(String userId, String key) {
    List<String> conditions = new ArrayList<>();
    if (!userId.isEmpty()) {
      conditions.add("user_id = :user");
    }
    if (!key.isEmpty()) {
      conditions.add("config_key = :key");
    }
    return " FROM client_config"
        + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
  }

  private static Query bound(Query query, String userId, String key) {
    if (!userId.isEmpty()) {
      query = query.bind("user", MySql.id(userId));
    }
    return key.isEmpty() ? query : query.bind("key", MySql.id(key));
  }
}
