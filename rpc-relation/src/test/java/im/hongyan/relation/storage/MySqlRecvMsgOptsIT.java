package im.hongyan.relation.storage;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.conversation.ConversationRow;
import im.hongyan.relation.user.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves on MariaDB that the options of those asked for are found, and of nobody else. */
@ExtendWith(RelationDatabaseExtension.class)
class MySqlRecvMsgOptsIT {
  private static MySql mysql;

  @BeforeAll
  static void start(RelationDatabase database) {
    mysql = database.mysql;
  }

  private static void row(MySqlConversationStore store, String user, String id, int option) {
    store.addMissing(List.of(ConversationRow.fresh(user, id, 3, "", "opts")), 1);
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "UPDATE conversation SET recv_msg_opt = ? WHERE owner_user_id = ?"
                    + " AND conversation_id = ?",
                option,
                MySql.id(user),
                MySql.id(id)));
  }

  @Test
  void optionsOfAConversationAreThoseOfItsRows() {
    MySqlConversationStore store = new MySqlConversationStore(mysql);
    row(store, "opts_ann", "sg_opts", 1);
    row(store, "opts_Ann", "sg_opts", 2);
    row(store, "opts_bob", "sg_opts", 0);
    row(store, "opts_bob", "sg_opts2", 2);
    row(store, "opts_cat", "sg_opts", 2);
    List<String> asked = List.of("opts_bob", "opts_ann", "opts_Ann", "opts_none");
    assertThat(store.recvMsgOpts("sg_opts", asked)).isEqualTo(Map.of("opts_ann", 1, "opts_Ann", 2));
    assertThat(store.recvMsgOpts("sg_opts", List.of())).isEmpty();
  }

  @Test
  void optionsOfUsersAreTheirOwn() {
    MySqlUserStore store = new MySqlUserStore(mysql);
    assertThat(
            store.addAll(
                List.of(
                    new User("opts_a", "a", "", "", 0, 2, 1),
                    new User("opts_A", "a", "", "", 0, 1, 1),
                    new User("opts_b", "b", "", "", 0, 0, 1),
                    new User("opts_c", "c", "", "", 0, 2, 1))))
        .isTrue();
    assertThat(store.globalRecvMsgOpts(List.of("opts_b", "opts_a", "opts_A", "opts_none")))
        .isEqualTo(Map.of("opts_a", 2, "opts_A", 1));
  }
}
