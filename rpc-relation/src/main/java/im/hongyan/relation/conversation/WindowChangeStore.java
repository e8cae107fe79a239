package im.hongyan.relation.conversation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The table {@code window_change}, into which the writer of history puts the conversation rows
 * whose bounds it has changed. Safe for use by several threads and processes.
 */
public final class WindowChangeStore {
  private static final int ROWS_A_STEP = 500;

  private final Jdbi jdbi;

  private record Change(long id, UserId owner, ConversationId conversationId) {}

  /** Creates a store over the pool. */
  public WindowChangeStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Logs the next changes in their owners' lists and notifies the owners, in one transaction;
   * passes over changes that another process works on.
   *
   * @return how many changes it took
   */
  int step(long nowMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          List<Change> changes =
              handle
                  .createQuery(
                      "SELECT id, owner_user_id, conversation_id FROM window_change"
                          + " ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED")
                  .bind(0, ROWS_A_STEP)
                  .map((row, context) ->
                      new Change(
                          row.getLong(1),
                          new UserId(MySql.id(row.getBytes(2))),
                          new ConversationId(MySql.id(row.getBytes(3)))))
                  .list();
          if (!changes.isEmpty()) {
            announce(handle, changes, nowMillis);
            handle
                .createUpdate("DELETE FROM window_change WHERE id IN (<ids>)")
                .bindList("ids", changes.stream().map(Change::id).toList())
                .execute();
          }
          return changes.size();
        });
  }

  private static void announce(Handle handle, List<Change> changes, long nowMillis) {
    ConversationRows.lock(handle, changes.stream().map(Change::owner).distinct().toList());
    Map<String, TreeSet<String>> owners = new TreeMap<>(Utf8Order.INSTANCE);
    for (Change each : changes) {
      owners
          .computeIfAbsent(each.conversationId().value(), id -> new TreeSet<>(Utf8Order.INSTANCE))
          .add(each.owner().value());
    }
    List<Notification> notifications = new ArrayList<>();
    owners.forEach((conversation, some) -> {
      ConversationId id = new ConversationId(conversation);
      List<UserId> there =
          ConversationRows.owners(handle, id, some.stream().map(UserId::new).toList());
      if (!there.isEmpty()) {
        ConversationRows.log(
            handle,
            there.stream().map(UserId::value).toList(),
            conversation,
            State.UPDATED,
            nowMillis);
      }
      there.forEach(
          owner -> notifications.add(ConversationNotifications.changed(owner, id, nowMillis)));
    });
    OutboxRows.append(handle, notifications);
  }
}
