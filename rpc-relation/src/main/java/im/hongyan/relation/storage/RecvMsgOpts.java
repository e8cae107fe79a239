package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** Reads receive options. Stateless. */
final class RecvMsgOpts {
  private static final String OF = ":of";

  private RecvMsgOpts() {}

  /**
   * Options by user.
   *
   * @param sql selects user and option for {@code <ids>}, and for {@code :of} where it names that
   */
  static Map<String, Integer> of(Jdbi jdbi, String sql, String of, Collection<String> userIds) {
    Map<String, Integer> options = new HashMap<>();
    if (userIds.isEmpty()) {
      return options;
    }
    List<byte[]> ids = userIds.stream().sorted().map(MySql::id).toList();
    jdbi.useHandle(handle -> {
      Query query = handle.createQuery(sql).bindList("ids", ids);
      if (sql.contains(OF)) {
        query.bind("of", MySql.id(of));
      }
      query
          .map((row, context) -> options.put(MySql.id(row.getBytes(1)), row.getInt(2)))
          .forEach(_ -> {});
    });
    return options;
  }
}
