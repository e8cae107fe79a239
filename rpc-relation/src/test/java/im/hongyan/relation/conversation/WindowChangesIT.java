package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that rows whose window history has changed come into their owners' logs. */
@ExtendWith(TestStoresExtension.class)
class WindowChangesIT {
  private static final ConversationId CHAT = ConversationId.single("a", "b");

  @AutoClose private static RelationDatabase database;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  @BeforeEach
  void makeRows() {
    database.clear();
    new ConversationStore(database.mysql())
        .addMissing(
            ConversationOwner.pair("a", "b"),
            List.of(
                ConversationRow.ofPair(new UserId("a"), CHAT, 1, new UserId("b")),
                ConversationRow.ofPair(new UserId("b"), CHAT, 1, new UserId("a"))),
            1_000);
  }

  private static void changed(String owner) {
    database.execute(
        "INSERT INTO window_change (owner_user_id, conversation_id) VALUES (?, ?)",
        new UserId(owner),
        CHAT);
  }

  private static long version(String user) {
    return database.number(
        "SELECT COALESCE(MAX(version), 0) FROM version_log WHERE kind = 5 AND owner_id = ?",
        new UserId(user));
  }

  @Test
  void ownersHaveOneEntryAndOneNotificationHoweverOftenARowHasChanged() {
    long before = version("a");
    changed("a");
    changed("a");
    changed("stranger");
    WindowChangeStore store = new WindowChangeStore(database.mysql());

    assertThat(store.step(2_000)).isEqualTo(3);

    assertThat(version("a")).isEqualTo(before + 1);
    assertThat(
            database.notifications(ConversationId.selfNotification("a").value()).stream()
                .map(MsgData::getContentType))
        .containsExactly(1300);
    assertThat(database.notificationCount()).as("none for who has no such row").isEqualTo(1);
    assertThat(store.step(3_000)).as("done").isZero();
    assertThat(version("a")).isEqualTo(before + 1);
  }
}
