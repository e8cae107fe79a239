package im.hongyan.relation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.outbox.MySqlOutboxStore;
import im.hongyan.relation.outbox.Waiting;
import im.hongyan.testkit.stores.TestStores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;

/** The tables of rpc-relation in the store of the test JVM. Its creator closes it. */
public final class RelationDatabase implements AutoCloseable {
  private static final int ALL = 10_000;

  private static final List<String> TABLES =
      List.of(
          "user",
          "user_numbering",
          "user_command",
          "client_config",
          "profile_change",
          "friend",
          "friend_request",
          "profile_change",
          "black",
          "chat_group",
          "group_member",
          "group_request",
          "group_dismissal",
          "group_mention",
          "window_change",
          "batch_send",
          "batch_send_receiver",
          "batch_send_failure",
          "conversation",
          "conversation_owner",
          "version_log",
          "version_log_entry",
          "outbox",
          "outbox_conversation",
          "outbox_parked");

  private final MySql mysql;

  private RelationDatabase(MySql mysql) {
    this.mysql = mysql;
  }

  /** Connects, and makes the tables where they are missing. */
  public static RelationDatabase open(TestStores stores) {
    MySqlConfig config = MySqlConfig.from(stores.mysql());
    return new RelationDatabase(MySql.open(config, new SimpleMeterRegistry()));
  }

  /** For stores. */
  public MySql mysql() {
    return mysql;
  }

  /** Removes all rows. */
  public void clear() {
    mysql.jdbi().useHandle(handle -> TABLES.forEach(name -> handle.execute("DELETE FROM " + name)));
  }

  /** Runs a statement. */
  public void execute(String sql, Object... arguments) {
    mysql.jdbi().useHandle(handle -> handle.execute(sql, arguments));
  }

  /** The one number that a query gives. */
  public long number(String sql, Object... arguments) {
    return mysql
        .jdbi()
        .withHandle(handle -> {
          var query = handle.createQuery(sql);
          for (int i = 0; i < arguments.length; i++) {
            query = query.bind(i, arguments[i]);
          }
          return query.mapTo(Long.class).one();
        });
  }

  /** The notifications that were written to a conversation, in their order. */
  public List<MsgData> notifications(String conversationId) {
    return new MySqlOutboxStore(mysql)
        .waiting(conversationId, ALL).stream().map(Waiting::message).toList();
  }

  /** How many notifications were written. */
  public long notificationCount() {
    return number("SELECT COUNT(*) FROM outbox");
  }

  @Override
  public void close() {
    mysql.close();
  }
}
