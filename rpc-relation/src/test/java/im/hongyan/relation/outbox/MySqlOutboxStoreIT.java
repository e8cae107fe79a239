package im.hongyan.relation.outbox;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.notification.Notification;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves on MariaDB what an outbox promises. */
@ExtendWith(TestStoresExtension.class)
class MySqlOutboxStoreIT extends OutboxStoreContract {
  @AutoClose private static RelationDatabase database;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  /** What other classes have left behind would be taken first. */
  @BeforeEach
  void clear() {
    database.clear();
  }

  @Override
  protected OutboxStore store() {
    return new MySqlOutboxStore(database.mysql());
  }

  @Override
  protected void append(List<Notification> notifications) {
    Transactions.run(
        database.mysql().jdbi(),
        handle -> {
          OutboxRows.append(handle, notifications);
          return true;
        });
  }

  @Override
  protected int deadLetters(String conversationId) {
    return (int)
        database.number(
            "SELECT COUNT(*) FROM outbox_parked WHERE conversation_id = ?",
            MySql.id(conversationId));
  }
}
