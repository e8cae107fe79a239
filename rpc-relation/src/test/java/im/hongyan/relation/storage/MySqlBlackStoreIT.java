package im.hongyan.relation.storage;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.black.BlackStore;
import im.hongyan.relation.black.BlackStoreContract;
import im.hongyan.relation.outbox.Notes;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves on MariaDB that blacklists and friends are kept. */
@ExtendWith(RelationDatabaseExtension.class)
class MySqlBlackStoreIT extends BlackStoreContract {
  private static MySql mysql;

  @BeforeAll
  static void start(RelationDatabase database) {
    mysql = database.mysql;
  }

  @Override
  protected BlackStore store() {
    return new MySqlBlackStore(mysql);
  }

  @Override
  protected List<String> told(String conversationId) {
    return new MySqlOutboxStore(mysql)
        .waiting(conversationId, 100).stream().map(each -> Notes.text(each.message())).toList();
  }

  @Test
  void friendsAreFoundInOneDirection() {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO friend (owner_user_id, friend_user_id, remark, create_time,"
                    + " add_source, operator_user_id, ex) VALUES ('Alice', 'bob', '', 1, 0, '', '')"));
    MySqlFriendStore friends = new MySqlFriendStore(mysql);
    assertThat(friends.contains("Alice", "bob")).isTrue();
    assertThat(friends.contains("bob", "Alice")).isFalse();
    assertThat(friends.contains("alice", "bob")).isFalse();
  }
}
