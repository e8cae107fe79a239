package im.hongyan.messagelog.mysql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.wire.id.ConversationId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The numbers by which the index of words names conversations; odd ones are of groups. A number
 * never changes. Safe for use by several threads.
 */
final class ConversationNumbers {
  private static final int IDS_PER_STATEMENT = 500;
  private static final int REMEMBERED = 200_000;

  private final Jdbi jdbi;
  private final Cache<String, Long> numbers = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  ConversationNumbers(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Whether the conversation with this number is a group's. */
  static boolean isGroup(long number) {
    return (number & 1) == 1;
  }

  /** Of those that have one; the others have no message in the index. */
  Map<String, Long> find(Collection<String> ids) {
    Map<String, Long> found = new HashMap<>(numbers.getAllPresent(ids));
    List<String> rest = ids.stream().distinct().filter(id -> !found.containsKey(id)).toList();
    for (List<String> some : Lists.partition(rest, IDS_PER_STATEMENT)) {
      Map<String, Long> read = jdbi.withHandle(handle -> read(handle, some));
      numbers.putAll(read);
      found.putAll(read);
    }
    return found;
  }

  /** Of all of them; those without one get theirs. */
  Map<String, Long> make(Collection<String> ids) {
    Map<String, Long> found = find(ids);
    TreeSet<String> missing = new TreeSet<>(ids);
    missing.removeAll(found.keySet());
    if (missing.isEmpty()) {
      return found;
    }
    jdbi.useTransaction(handle -> {
      for (List<String> some : Lists.partition(List.copyOf(missing), IDS_PER_STATEMENT)) {
        Rows.insert(
            handle,
            "INSERT INTO search_conversation (conversation_id) VALUES",
            some.stream().map(id -> new Object[] {MySql.id(id)}).toList(),
            "ON DUPLICATE KEY UPDATE conversation_id = VALUES(conversation_id)");
      }
    });
    found.putAll(find(missing));
    return found;
  }

  private static Map<String, Long> read(Handle handle, List<String> ids) {
    Map<String, Long> found = new HashMap<>();
    handle
        .createQuery(
            "SELECT conversation_id, number FROM search_conversation"
                + " WHERE conversation_id IN (<ids>)")
        .bindList("ids", ids.stream().map(MySql::id).toList())
        .map((row, _) -> {
          String id = MySql.id(row.getBytes(1));
          return found.put(id, numbered(id, row.getLong(2)));
        })
        .forEach(_ -> {});
    return found;
  }

  private static long numbered(String id, long number) {
    return number << 1 | (new ConversationId(id).isGroup() ? 1 : 0);
  }

  /** The ids of numbers. */
  Map<Long, String> ids(Collection<Long> wanted) {
    Map<Long, String> ids = new HashMap<>();
    List<Long> rows = wanted.stream().map(number -> number >>> 1).distinct().toList();
    for (List<Long> some : Lists.partition(rows, IDS_PER_STATEMENT)) {
      jdbi.useHandle(handle ->
          handle
              .createQuery(
                  "SELECT conversation_id, number FROM search_conversation"
                      + " WHERE number IN (<numbers>)")
              .bindList("numbers", some)
              .map((row, _) -> {
                String id = MySql.id(row.getBytes(1));
                return ids.put(numbered(id, row.getLong(2)), id);
              })
              .forEach(_ -> {}));
    }
    return ids;
  }
}
