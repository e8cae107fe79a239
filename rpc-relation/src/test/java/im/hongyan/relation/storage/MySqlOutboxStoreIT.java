package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.notification.Notification;
import im.hongyan.relation.outbox.OutboxStore;
import im.hongyan.relation.outbox.OutboxStoreContract;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves on MariaDB what an outbox promises. */
@ExtendWith(RelationDatabaseExtension.class)
class MySqlOutboxStoreIT extends OutboxStoreContract {
  private static MySql mysql;

  @BeforeAll
  static void start(RelationDatabase database) {
    mysql = database.mysql;
  }

  @Override
  protected OutboxStore store() {
    return new MySqlOutboxStore(mysql);
  }

  @Override
  protected void append(List<Notification> notifications) {
    Transactions.run(
        mysql.jdbi(),
        handle -> {
          OutboxRows.append(handle, notifications);
          return true;
        });
  }

  @Override
  protected int parked(String conversationId) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM outbox_parked WHERE conversation_id = ?")
                .bind(0, MySql.id(conversationId))
                .mapTo(Integer.class)
                .one());
  }
}
