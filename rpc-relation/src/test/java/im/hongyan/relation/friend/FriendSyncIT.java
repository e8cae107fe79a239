package im.hongyan.relation.friend;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.FriendHooks;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that copies of friend lists follow them (rest-account.md 3.15, client-sync.md 7). */
@ExtendWith(TestStoresExtension.class)
class FriendSyncIT {
  private static final String OWNER = "owner";
  private static final List<String> OTHERS =
      IntStream.range(0, 700).mapToObj(i -> "u" + i).toList();

  /** With so many others more than what is kept of a log, so that it is trimmed. */
  private static final int STEPS = 1_000;

  @AutoClose private static RelationDatabase database;
  @AutoClose private static FriendWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    String[] users = OTHERS.toArray(new String[OTHERS.size() + 1]);
    users[OTHERS.size()] = OWNER;
    world = new FriendWorld(database, FriendHooks.NONE, users);
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private static void step(Random random) {
    String other = OTHERS.get(random.nextInt(OTHERS.size()));
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> {
        int from = random.nextInt(OTHERS.size() - 3);
        world.importFriends(OWNER, OTHERS.subList(from, from + 3));
      }
      case 4, 5 -> world.delete(OWNER, other);
      case 6 -> world.pin(OWNER, List.of(other), random.nextBoolean());
      case 7, 8 -> {
        if (world.friends(OWNER, other).getInUser1Friends()) {
          world.remark(OWNER, other, "r" + random.nextInt(100));
        }
      }
      case 9 -> world.delete(other, OWNER);
      default -> {
        if (!world.friends(OWNER, other).getInUser1Friends()) {
          world.apply(other, OWNER);
          world.respond(other, OWNER, 1);
        }
      }
    }
  }

  @Test
  void copyThatSyncsAtRandomMomentsEndsAsOneThatReadsEverything(@Seeded long seed) {
    Random random = new Random(seed);
    List<FriendListCopy> copies =
        IntStream.range(0, 4).mapToObj(i -> new FriendListCopy(world, OWNER)).toList();
    copies.getFirst().sync();
    for (int i = 0; i < STEPS; i++) {
      step(random);
      for (int copy = 0; copy < copies.size(); copy++) {
        // The first syncs often, the last hardly ever: its version is trimmed away.
        if (random.nextInt(1 << (3 * copy + 1)) == 0) {
          copies.get(copy).sync();
        }
      }
    }
    copies.forEach(FriendListCopy::sync);
    copies.forEach(FriendListCopy::assertEqualsFresh);
    assertThat(copies.getFirst().fullReadings()).as("of the copy that syncs often").isEqualTo(1);
    assertThat(
            database.number(
                "SELECT trimmed_to FROM version_log WHERE kind = 3 AND owner_id = 'owner'"))
        .isPositive();
  }

  @Test
  void whoIsBehindTheTrimmedPartReadsEverything() {
    getIncrementalFriendsResp first = world.changes(OWNER, "", 0);
    assertThat(first.getVersion()).isEqualTo(1);
    assertThat(first.getVersionID()).matches("[0-9a-f]{24}");
    world.importFriends(OWNER, List.of("u1"));
    database.execute("DELETE FROM version_log_entry");
    database.execute("UPDATE version_log SET trimmed_to = 2, version = 3 WHERE kind = 3");
    assertThat(world.changes(OWNER, first.getVersionID(), 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, first.getVersionID(), 2).getFull())
        .as("nothing is gone that this reader lacks")
        .isFalse();
  }

  @Test
  void decisionIsTheProtocols() {
    String id = world.changes(OWNER, "", 0).getVersionID();
    world.importFriends(OWNER, List.of("u1", "u2"));
    world.delete(OWNER, "u3");
    world.pin(OWNER, List.of("u2"), true);
    assertThat(world.changes(OWNER, id, 0).getFull()).isTrue();
    assertThat(world.changes(OWNER, id, 5).getFull()).as("newer than the log").isTrue();
    assertThat(world.changes(OWNER, id, -1).getFull()).as("unsigned").isTrue();
    assertThat(world.changes(OWNER, "x", 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, id.replace(id.charAt(0), 'f') + "0", 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, "a".repeat(24), 1).getFull()).isTrue();
    getIncrementalFriendsResp same = world.changes(OWNER, id, 4);
    assertThat(same.getFull()).isFalse();
    assertThat(same.getVersion()).isEqualTo(4);
    getIncrementalFriendsResp changes = world.changes(OWNER, id, 1);
    assertThat(changes.getInsertList())
        .extracting(info -> info.getFriendUser().getUserID())
        .containsExactly("u1");
    assertThat(changes.getUpdateList())
        .extracting(info -> info.getFriendUser().getUserID())
        .containsExactly("u2");
    assertThat(changes.getDeleteList()).containsExactly("u3");
    assertThat(changes.getSortVersion()).isEqualTo(4);
    assertThat(changes.getUpdate(0).getFriendUser().getNickname()).isEqualTo("nick u2");
  }

  @Test
  void moreThan200EntriesAreReadAsAWholeTheMarkOfOrderIncluded() {
    String id = world.changes(OWNER, "", 0).getVersionID();
    world.importFriends(OWNER, OTHERS.subList(0, 200));
    assertThat(world.changes(OWNER, id, 1).getInsertCount()).isEqualTo(200);
    world.pin(OWNER, List.of("u1"), true);
    assertThat(world.changes(OWNER, id, 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, id, 1).getSortVersion()).isZero();
  }

  @Test
  void whoIsRemovedAndAddedAgainComesLastInCopiesToo() {
    FriendListCopy copy = new FriendListCopy(world, OWNER);
    world.importFriends(OWNER, List.of("u5", "u3", "u9"));
    copy.sync();
    world.delete(OWNER, "u5");
    world.importFriends(OWNER, List.of("u8", "u2"));
    world.importFriends(OWNER, List.of("u5"));
    copy.sync();
    copy.assertEqualsFresh();
    assertThat(world.all(OWNER).getUserIDsList()).containsExactly("u3", "u9", "u8", "u2", "u5");
  }

  @Test
  void changesTooLargeForAnAnswerAreReadAsAWhole() {
    String id = world.changes(OWNER, "", 0).getVersionID();
    world.importFriends(OWNER, OTHERS.subList(0, 150));
    database.execute("UPDATE friend SET ex = ? WHERE owner_user_id = ?", "<".repeat(16_384), OWNER);
    assertThat(world.changes(OWNER, id, 1).getInsertCount()).isEqualTo(150);
    database.execute("UPDATE friend SET ex = ? WHERE owner_user_id = ?", "<".repeat(40_000), OWNER);
    assertThat(world.changes(OWNER, id, 1).getFull()).isTrue();
  }

  @Test
  void pageShowsWhatAnotherNodeChanged() {
    String[] users = {OWNER, "u1", "u2", "u3"};
    try (FriendWorld other = new FriendWorld(database, FriendHooks.NONE, users)) {
      assertThat(pageOf(OWNER)).isEmpty();
      other.importFriends(OWNER, List.of("u1", "u2"));
      assertThat(pageOf(OWNER)).containsExactly("u1 ", "u2 ");
      other.remark(OWNER, "u1", "first");
      assertThat(pageOf(OWNER)).containsExactly("u1 first", "u2 ");
      other.pin(OWNER, List.of("u2"), true);
      assertThat(pageOf(OWNER)).containsExactly("u2 ", "u1 first");
      other.delete(OWNER, "u1");
      other.apply("u3", OWNER);
      other.respond("u3", OWNER, 1);
      assertThat(pageOf(OWNER)).containsExactly("u2 ", "u3 ");
    }
  }

  @Test
  void pageOfAListWithLongTextsIsTheSame() {
    world.importFriends(OWNER, OTHERS.subList(0, 300));
    List<String> before = pageOf(OWNER);
    database.execute("UPDATE friend SET ex = ? WHERE owner_user_id = ?", "x".repeat(16_384), OWNER);
    world.pin(OWNER, List.of("u0"), true);
    assertThat(pageOf(OWNER)).isEqualTo(before);
    assertThat(world.page(OWNER, 3, 100).getTotal()).isEqualTo(300);
    assertThat(world.page(OWNER, 3, 0).getFriendsInfoList()).isEmpty();
    assertThat(world.page(OWNER, 3, 0).getTotal()).isEqualTo(300);
  }

  /** The first ten friends with their remarks. */
  private static List<String> pageOf(String owner) {
    return world.page(owner, 1, 10).getFriendsInfoList().stream()
        .map(info -> info.getFriendUser().getUserID() + " " + info.getRemark())
        .toList();
  }

  @Test
  void orderIsPinnedFirstThenAsAdded() {
    world.importFriends(OWNER, List.of("u9", "u5", "u7"));
    world.importFriends(OWNER, List.of("u1"));
    world.pin(OWNER, List.of("u7", "u1"), true);
    assertThat(world.all(OWNER).getUserIDsList()).containsExactly("u7", "u1", "u9", "u5");
    world.pin(OWNER, List.of("u7"), false);
    assertThat(world.all(OWNER).getUserIDsList()).containsExactly("u1", "u9", "u5", "u7");
    assertThat(VersionDelta.ORDER).isEqualTo("____S_O_R_T_I_D____");
  }
}
