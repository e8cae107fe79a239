package im.hongyan.relation.friend;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that changes of one pair by many at once leave one consistent state and no 500. */
@ExtendWith(TestStoresExtension.class)
class FriendRacesIT {
  private static final int THREADS = 50;
  private static final int STEPS = 8;

  /** What a step may be refused with: no such row or application, handled, friends already. */
  private static final Set<Integer> EXPECTED = Set.of(1001, 1004, 1304, 1305);

  @AutoClose private static RelationDatabase database;
  @AutoClose private static FriendWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    database.clear();
    world = new FriendWorld(database, FriendHooks.NONE, "a", "b", "c");
  }

  private static void step(Random random) {
    boolean turned = random.nextBoolean();
    String one = turned ? "b" : "a";
    String two = turned ? "a" : "b";
    switch (random.nextInt(9)) {
      case 0, 1 -> world.apply(one, two);
      case 2, 3 -> world.respond(one, two, random.nextInt(4) == 0 ? -1 : 1);
      case 4 -> world.delete(one, two);
      case 5 -> world.importFriends(one, List.of(two, "c"));
      case 6 -> world.pin(one, List.of(two), random.nextBoolean());
      case 7 -> world.block(one, two);
      default -> world.unblock(one, two);
    }
  }

  private static List<String> play(long seed) {
    Random random = new Random(seed);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      try {
        step(random);
      } catch (ImException refusal) {
        if (!EXPECTED.contains(refusal.code())) {
          faults.add(refusal.code() + " " + refusal.detail());
        }
      }
    }
    return faults;
  }

  @Test
  void fiftyThreadsThatChangeOnePairLeaveOneState(@Seeded long seed)
      throws InterruptedException, ExecutionException {
    List<Future<List<String>>> threads = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        long own = seed + i;
        threads.add(executor.submit(() -> play(own)));
      }
    }
    for (Future<List<String>> thread : threads) {
      assertThat(thread.get()).isEmpty();
    }
    for (String owner : List.of("a", "b", "c")) {
      FriendListCopy copy = new FriendListCopy(world, owner);
      copy.sync();
      copy.assertEqualsFresh();
    }
    assertLogsAgree("friend", "friend_user_id", 3);
    assertLogsAgree("black", "block_user_id", 4);
  }

  /** Who is in a list has a last entry that is no deletion, and who is not has one. */
  private static void assertLogsAgree(String table, String column, int kind) {
    String rows = "SELECT COUNT(*) FROM " + table;
    String live =
        "SELECT COUNT(*) FROM version_log_entry e JOIN "
            + table
            + " t ON t.owner_user_id = e.owner_id AND t."
            + column
            + " = e.element_id WHERE e.kind = "
            + kind;
    assertThat(database.number(live + " AND e.state <> 2")).isEqualTo(database.number(rows));
    assertThat(database.number(live + " AND e.state = 2")).isZero();
  }
}
