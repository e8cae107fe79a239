package im.hongyan.relation.storage;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.conversation.ConversationRow;
import im.hongyan.relation.group.Group;
import im.hongyan.relation.group.GroupStore;
import im.hongyan.relation.group.GroupStoreContract;
import im.hongyan.relation.group.GroupViewStore;
import im.hongyan.relation.group.Member;
import im.hongyan.relation.group.Role;
import im.hongyan.relation.outbox.Notes;
import im.hongyan.relation.outbox.OutboxStore;
import im.hongyan.wire.id.MessageIds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves on MariaDB what a store of groups promises, and what it writes for other features. */
@ExtendWith(RelationDatabaseExtension.class)
class MySqlGroupStoreIT extends GroupStoreContract {
  private static final Group.Texts NO_TEXTS = new Group.Texts("", "", "", "", "", 0, "");
  private static MySql mysql;

  @BeforeAll
  static void start(RelationDatabase database) {
    mysql = database.mysql;
  }

  @Override
  protected GroupStore store() {
    return new MySqlGroupStore(mysql);
  }

  @Override
  protected GroupViewStore views() {
    return new MySqlGroupViewStore(mysql);
  }

  @Override
  protected List<String> told(String conversationId) {
    OutboxStore outbox = new MySqlOutboxStore(mysql);
    return outbox.waiting(conversationId, 1_000).stream()
        .map(each -> Notes.text(each.message()))
        .toList();
  }

  @Override
  protected Map<String, String> requests(String groupId) {
    Map<String, String> requests = new HashMap<>();
    mysql
        .jdbi()
        .useHandle(handle ->
            handle
                .createQuery(
                    "SELECT user_id, inviter_user_id FROM group_request WHERE group_id = ?")
                .bind(0, MySql.id(groupId))
                .map((row, context) ->
                    Map.entry(MySql.id(row.getBytes(1)), MySql.id(row.getBytes(2))))
                .forEach(entry -> requests.put(entry.getKey(), entry.getValue())));
    return requests;
  }

  @Override
  protected void dismiss(String groupId) {
    execute("UPDATE chat_group SET status = 2 WHERE group_id = ?", MySql.id(groupId));
  }

  private static void execute(String sql, Object... arguments) {
    mysql.jdbi().useHandle(handle -> handle.execute(sql, arguments));
  }

  private static long number(String sql, Object... arguments) {
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

  private static String create(List<String> userIds) {
    String id = "h" + MessageIds.next();
    Group group =
        new Group(id, NO_TEXTS, new Group.Rules(2, 0, 0, 0), 0, userIds.getFirst(), "", 1, 0);
    List<Member> members = userIds.stream().map(user -> member(id, user)).toList();
    assertThat(new MySqlGroupStore(mysql).create(group, members, change -> List.of())).isTrue();
    return id;
  }

  private static Member member(String groupId, String userId) {
    return Member.fresh(groupId, userId, Role.ORDINARY, new Member.Entry(9, 2, "", ""));
  }

  @Test
  void aMembersConversationRowIsWrittenWithIt() {
    String user = "u" + MessageIds.next();
    String group = create(List.of(user));
    MySqlConversationStore conversations = new MySqlConversationStore(mysql);
    assertThat(conversations.find(user, "sg_" + group))
        .contains(ConversationRow.fresh(user, "sg_" + group, 3, "", group));
    assertThat(conversations.ids(user)).containsExactly("sg_" + group);
  }

  @Test
  void whoComesBackReadsOnAndTheRowTellsUnderWhichVersion() {
    String user = "u" + MessageIds.next();
    String group = create(List.of("owner"));
    store().enter(group, List.of(member(group, user)), 10, change -> List.of());
    // As leaving will do it, with the version that the leave gets.
    execute(
        "UPDATE conversation SET max_seq = 7, is_pinned = 1, membership_version = 3"
            + " WHERE owner_user_id = ?",
        MySql.id(user));
    execute("DELETE FROM group_member WHERE user_id = ?", MySql.id(user));
    store().enter(group, List.of(member(group, user)), 10, change -> List.of());
    ConversationRow row = new MySqlConversationStore(mysql).find(user, "sg_" + group).orElseThrow();
    assertThat(row.maxSeq()).isZero();
    assertThat(row.pinned()).as("the rest stays").isTrue();
    assertThat(
            number(
                "SELECT membership_version FROM conversation WHERE owner_user_id = ?",
                MySql.id(user)))
        .isEqualTo(store().members(group, List.of(user)).getFirst().joinVersion())
        .isEqualTo(3);
  }

  @Test
  void eachUsersLogOfGroupsGetsTheGroup() {
    String user = "u" + MessageIds.next();
    create(List.of("someone", user));
    String second = create(List.of(user));
    assertThat(
            number(
                "SELECT version FROM version_log WHERE kind = 2 AND owner_id = ?", MySql.id(user)))
        .isEqualTo(2);
    assertThat(
            number(
                "SELECT version FROM version_log_entry"
                    + " WHERE kind = 2 AND owner_id = ? AND element_id = ? AND state = 1",
                MySql.id(user),
                MySql.id(second)))
        .isEqualTo(2);
  }

  @Test
  void aGroupMayBeginWithThousands() {
    List<String> users = IntStream.range(0, 2_001).mapToObj(i -> "many" + i).toList();
    String group = create(users);
    assertThat(store().memberIds(group)).containsExactlyElementsOf(users);
    assertThat(
            number(
                "SELECT COUNT(*) FROM conversation WHERE conversation_id = ?",
                MySql.id("sg_" + group)))
        .isEqualTo(2_001);
  }
}
