package im.hongyan.relation.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.MessageIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a key has one owner, however many ask for it at once (messaging.md 1.2). */
@ExtendWith(TestStoresExtension.class)
class OwnerRowsIT {
  private static final int RACES = 20;

  @AutoClose private static RelationDatabase database;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static boolean claim(ConversationOwner owner) {
    try {
      return Transactions.run(
          database.mysql().jdbi(),
          handle -> {
            // A snapshot that is older than what others commit meanwhile.
            var _ = handle.createQuery("SELECT COUNT(*) FROM user").mapTo(Long.class).one();
            OwnerRows.claim(handle, List.of(owner));
            return true;
          });
    } catch (ImException refusal) {
      assertThat(refusal.detail()).isEqualTo("conversation belongs to others");
      return false;
    }
  }

  @Test
  void firstOfManyThatAskAtOnceHasTheKey() throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int race = 0; race < RACES; race++) {
        String x = MessageIds.next().substring(0, 8);
        List<ConversationOwner> owners =
            List.of(
                ConversationOwner.pair("a" + x + "_b", "c"),
                ConversationOwner.pair("a" + x, "b_c"),
                ConversationOwner.group("a" + x + "_b_c"));
        List<Future<Boolean>> claims = new ArrayList<>();
        owners.forEach(owner -> claims.add(threads.submit(() -> claim(owner))));
        List<ConversationOwner> granted = new ArrayList<>();
        for (int i = 0; i < owners.size(); i++) {
          if (claims.get(i).get()) {
            granted.add(owners.get(i));
          }
        }
        String key = "a" + x + "_b_c";
        assertThat(granted).hasSize(1);
        assertThat(
                database.number(
                    "SELECT COUNT(*) FROM conversation_owner WHERE conversation_key = ?"
                        + " AND first_id = ? AND second_id = ?",
                    MySql.id(key),
                    MySql.id(granted.getFirst().first()),
                    MySql.id(granted.getFirst().second())))
            .isEqualTo(1);
        assertThat(claim(granted.getFirst())).as("the owner asks again").isTrue();
      }
    }
  }

  @Test
  void twoOwnersOfOneKeyInOneCallAreRefused() {
    List<ConversationOwner> both =
        List.of(ConversationOwner.pair("p_q", "r"), ConversationOwner.pair("p", "q_r"));
    assertThatThrownBy(() ->
            Transactions.run(
                database.mysql().jdbi(),
                handle -> {
                  OwnerRows.claim(handle, both);
                  return true;
                }))
        .isInstanceOf(ImException.class);
    assertThat(claim(both.getFirst())).isTrue();
  }
}
