package im.hongyan.relation.group;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that changes of one group by many at once leave one owner or a dismissed group, counts,
 * logs and windows that agree with its members, and no 500.
 */
@ExtendWith(TestStoresExtension.class)
class GroupRacesIT {
  private static final int THREADS = 50;
  private static final int STEPS = 8;
  private static final String GROUP = "g";

  /** Few, so that most changes are of the same members. */
  private static final List<String> USERS = IntStream.range(0, 12).mapToObj(i -> "u" + i).toList();

  private static final String MEMBERS = " FROM group_member WHERE group_id = 'g'";

  /** Entries of the members' log that are users. */
  private static final String LOGGED =
      " FROM version_log_entry e WHERE e.kind = 1 AND e.owner_id = 'g'"
          + " AND e.element_id NOT IN ('', '____S_O_R_T_I_D____')";

  private static final String JOINED =
      " FROM version_log_entry e WHERE e.kind = 2 AND e.element_id = 'g'";

  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  private final TakenLeaves leaves = leaves();

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    world = new GroupWorld(database, USERS.toArray(String[]::new));
  }

  private static TakenLeaves leaves() {
    return new TakenLeaves(database, GROUP);
  }

  @BeforeEach
  void create() {
    database.clear();
    world.create(GROUP, "u0", "u1", "u2", "u3", "u4", "u5");
  }

  /** All play at once, and the records of their changes are taken meanwhile. */
  private void play(long seed, boolean dismiss) throws InterruptedException, ExecutionException {
    Semaphore steps = new Semaphore(0);
    List<Future<List<String>>> players = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        GroupSteps player = new GroupSteps(world, GROUP, USERS, seed + i);
        boolean ends = dismiss && i == 0;
        players.add(
            executor.submit(() -> {
              try {
                for (int step = 0; step < STEPS; step++) {
                  player.step();
                  if (ends && step == STEPS / 2) {
                    player.dismiss();
                  }
                  steps.release();
                }
                return player.faults();
              } finally {
                steps.release(STEPS);
              }
            }));
      }
      for (int i = 0; i < THREADS * STEPS; i++) {
        steps.acquire();
        leaves.take();
      }
    }
    for (Future<List<String>> player : players) {
      assertThat(player.get()).isEmpty();
    }
    leaves.take();
  }

  private static long count(String sql) {
    return database.number("SELECT COUNT(*)" + sql);
  }

  @Test
  void fiftyThreadsLeaveOneOwnerAndRightCountsListsAndWindows(@Seeded long seed)
      throws InterruptedException, ExecutionException {
    GroupMembersCopy members = new GroupMembersCopy(world, ADMIN, GROUP, group -> {});
    members.sync();
    Map<String, JoinedGroupsCopy> lists = lists();
    play(seed, false);

    assertThat(count(MEMBERS + " AND role_level = 100")).as("owners").isEqualTo(1);
    assertThat(
            count(
                " FROM chat_group g JOIN group_member m ON m.group_id = g.group_id"
                    + " AND m.user_id = g.owner_user_id WHERE m.role_level = 100"))
        .as("the owner of the group's row is the member's")
        .isEqualTo(1);
    assertCountsAgree();
    assertThat(count(LOGGED + " AND e.state <> 2")).isEqualTo(count(MEMBERS));
    assertThat(count(JOINED + " AND e.state <> 2")).isEqualTo(count(MEMBERS));
    assertThat(
            membersWhoseLogsSayNo("e.kind = 1 AND e.owner_id = 'g' AND e.element_id = m.user_id"))
        .isZero();
    assertThat(
            membersWhoseLogsSayNo("e.kind = 2 AND e.owner_id = m.user_id AND e.element_id = 'g'"))
        .isZero();
    assertWindowsAgree();
    assertThat(leaves.versions()).as("in the order of the notifications").isSorted();

    members.sync();
    members.assertEqualsFresh();
    assertListsFollow(lists);
  }

  @Test
  void aDismissalAmongThemEndsTheGroupForEverybody(@Seeded long seed)
      throws InterruptedException, ExecutionException {
    Map<String, JoinedGroupsCopy> lists = lists();
    play(seed, true);

    assertThat(database.number("SELECT status FROM chat_group")).isEqualTo(2);
    assertThat(count(MEMBERS + " AND role_level = 100")).as("owners").isEqualTo(1);
    assertCountsAgree();
    assertThat(count(LOGGED + " AND e.state <> 2")).isEqualTo(count(MEMBERS));
    assertThat(count(JOINED + " AND e.state <> 2")).as("lists that have it").isZero();
    assertWindowsAgree();
    assertListsFollow(lists);
    assertThat(lists.values()).allMatch(list -> list.ids().isEmpty());

    world.removeMembersOfDismissed();
    assertThat(count(MEMBERS)).isZero();
    assertThat(count(LOGGED + " AND e.state <> 2")).isZero();
    assertThat(count(" FROM chat_group WHERE owner_user_id = '' AND member_count = 0"))
        .isEqualTo(1);
    assertThat(count(" FROM group_dismissal")).isZero();
  }

  private static Map<String, JoinedGroupsCopy> lists() {
    Map<String, JoinedGroupsCopy> lists = new HashMap<>();
    for (String user : USERS) {
      JoinedGroupsCopy list = new JoinedGroupsCopy(world, user);
      list.sync();
      lists.put(user, list);
    }
    return lists;
  }

  /** Their ids: rows of groups come with the members. */
  private static void assertListsFollow(Map<String, JoinedGroupsCopy> lists) {
    lists.forEach((user, list) -> {
      JoinedGroupsCopy fresh = new JoinedGroupsCopy(world, user);
      fresh.sync();
      list.sync();
      assertThat(list.ids()).as(user).isEqualTo(fresh.ids());
    });
  }

  private static void assertCountsAgree() {
    assertThat(database.number("SELECT member_count FROM chat_group")).isEqualTo(count(MEMBERS));
    assertThat(count(" FROM group_member")).isEqualTo(count(MEMBERS));
  }

  private static long membersWhoseLogsSayNo(String entry) {
    return count(
        " FROM group_member m LEFT JOIN version_log_entry e ON "
            + entry
            + " WHERE e.state IS NULL OR e.state = 2");
  }

  /** Members read on; who has left reads up to the notice of the last leave. */
  private void assertWindowsAgree() {
    assertThat(
            count(
                " FROM group_member m LEFT JOIN conversation c ON c.owner_user_id = m.user_id"
                    + " AND c.conversation_id = 'sg_g' WHERE c.max_seq IS NULL OR c.max_seq <> 0"
                    + " OR c.membership_version <> m.join_version"))
        .as("members whose window is not open")
        .isZero();
    for (String user : USERS) {
      UserId id = new UserId(user);
      boolean left =
          database.number(
                  "SELECT COUNT(*) FROM conversation c LEFT JOIN group_member m"
                      + " ON m.group_id = c.group_id AND m.user_id = c.owner_user_id"
                      + " WHERE c.owner_user_id = ? AND m.user_id IS NULL",
                  id)
              == 1;
      if (left) {
        assertThat(database.number("SELECT max_seq FROM conversation WHERE owner_user_id = ?", id))
            .as("bound of %s", user)
            .isEqualTo(leaves.lastLeaves().getOrDefault(user, 0L));
      }
    }
  }
}
