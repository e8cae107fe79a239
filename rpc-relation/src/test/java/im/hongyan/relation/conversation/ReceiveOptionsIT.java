package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserStore;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves on a real store that the options of those asked for are found, and of nobody else. */
@ExtendWith(TestStoresExtension.class)
class ReceiveOptionsIT {
  @AutoClose private static RelationDatabase database;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private static void row(ConversationStore store, String user, String id, int option) {
    UserId owner = new UserId(user);
    ConversationId conversation = new ConversationId(id);
    store.addMissing(
        ConversationOwner.group(conversation.key()),
        List.of(ConversationRow.ofPair(owner, conversation, 3, new UserId(""))),
        1);
    database.execute(
        "UPDATE conversation SET recv_msg_opt = ? WHERE owner_user_id = ? AND conversation_id = ?",
        option,
        owner,
        conversation);
  }

  private static List<UserId> ids(String... values) {
    return Stream.of(values).map(UserId::new).toList();
  }

  @Test
  void optionsOfAConversationAreThoseOfItsRows() {
    ConversationStore store = new ConversationStore(database.mysql());
    row(store, "opts_ann", "sg_opts", 1);
    row(store, "opts_Ann", "sg_opts", 2);
    row(store, "opts_bob", "sg_opts", 0);
    row(store, "opts_bob", "sg_opts2", 2);
    row(store, "opts_cat", "sg_opts", 2);
    ConversationId id = new ConversationId("sg_opts");
    assertThat(store.receiveOptions(id, ids("opts_bob", "opts_ann", "opts_Ann", "opts_none")))
        .isEqualTo(Map.of(new UserId("opts_ann"), 1, new UserId("opts_Ann"), 2));
    assertThat(store.receiveOptions(id, List.of())).isEmpty();
  }

  private static User user(String id, int option) {
    return new User(new UserId(id), "name", "", "", 0, option, 1);
  }

  @Test
  void optionsOfUsersAreTheirOwn() {
    UserStore store = new UserStore(database.mysql());
    assertThat(
            store.addAll(
                List.of(
                    user("opts_a", 2), user("opts_A", 1), user("opts_b", 0), user("opts_c", 2))))
        .isTrue();
    assertThat(store.globalReceiveOptions(ids("opts_b", "opts_a", "opts_A", "opts_none")))
        .isEqualTo(Map.of(new UserId("opts_a"), 2, new UserId("opts_A"), 1));
  }
}
