package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.group.GroupWorld;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that copies of lists of conversations follow them (rest-message.md 7.6, 7.7). */
@ExtendWith(TestStoresExtension.class)
class ConversationSyncIT {
  private static final String OWNER = "owner";
  private static final List<String> OTHERS =
      IntStream.range(0, 700).mapToObj(i -> "u" + i).toList();
  private static final List<String> GROUPS = List.of("g0", "g1", "g2", "g3");

  /** With so many others more than what is kept of a log, so that it is trimmed. */
  private static final int STEPS = 1_600;

  private static final int WRITERS = 4;

  @AutoClose private static RelationDatabase database;
  @AutoClose private static ConversationWorld world;
  @AutoClose private static GroupWorld groups;

  /** Deleted by the owner, who has the row all the same (docs/protocol/conversations.md). */
  private final Set<String> deletedAsMember = new HashSet<>();

  private WindowChangeStore windows;

  private int changes;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    world = new ConversationWorld(database);
    groups = new GroupWorld(database, OWNER, "host");
  }

  @BeforeEach
  void clear() {
    database.clear();
    windows = new WindowChangeStore(database.mysql());
    GROUPS.forEach(group -> groups.create(group, "host"));
  }

  private void step(Random random) {
    String other = OTHERS.get(random.nextInt(OTHERS.size()));
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> world.firstMessage(OWNER, other);
      case 3 -> world.firstMessage(other, OWNER);
      case 4, 5 -> world.set(OWNER, other, setting(random));
      case 6 -> world.set(other, OWNER, wanted -> wanted.getIsPrivateChatBuilder().setValue(true));
      case 7 -> world.setExOfPeers(other, "ex " + random.nextInt(100));
      case 8, 9 -> deletePairs(random);
      case 10, 11 -> changeGroup(random, GROUPS.get(random.nextInt(GROUPS.size())));
      case 12 -> moveWindow(other);
      default -> {
        int _ = windows.step(1);
      }
    }
  }

  /** What the writer of history does where the log clears a chat. */
  private static void moveWindow(String other) {
    ConversationId id = ConversationId.single(OWNER, other);
    database
        .mysql()
        .jdbi()
        .useTransaction(handle -> {
          handle.execute(
              "UPDATE conversation SET min_seq = min_seq + 1"
                  + " WHERE owner_user_id = 'owner' AND conversation_id = ?",
              id);
          handle.execute(
              "INSERT INTO window_change (owner_user_id, conversation_id) VALUES ('owner', ?)", id);
        });
  }

  private static Consumer<ConversationReq.Builder> setting(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> wanted -> wanted.getRecvMsgOptBuilder().setValue(random.nextInt(3));
      case 1 -> wanted -> wanted.getIsPinnedBuilder().setValue(random.nextBoolean());
      case 2 -> wanted -> wanted.getBurnDurationBuilder().setValue(random.nextInt(60));
      default -> wanted -> wanted.getAttachedInfoBuilder().setValue("a" + random.nextInt(100));
    };
  }

  private static void deletePairs(Random random) {
    List<String> ids = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      ids.add(ConversationId.single(OWNER, OTHERS.get(random.nextInt(OTHERS.size()))).value());
    }
    world.delete(OWNER, ids);
  }

  private void changeGroup(Random random, String group) {
    String id = ConversationId.group(group).value();
    boolean member = groups.isMember(group, OWNER);
    switch (random.nextInt(3)) {
      case 0 -> {
        if (member) {
          groups.leave(group, OWNER);
        } else {
          groups.admit(group, OWNER);
          deletedAsMember.remove(id);
        }
      }
      case 1 -> {
        if (member) {
          changes++;
          world.setOfGroup(OWNER, group, wanted -> wanted.getExBuilder().setValue("e" + changes));
          deletedAsMember.remove(id);
        }
      }
      default -> {
        world.delete(OWNER, List.of(id));
        deletedAsMember.add(id);
      }
    }
  }

  @Test
  void copyThatSyncsAtRandomMomentsEndsAsOneThatReadsEverything(@Seeded long seed) {
    Random random = new Random(seed);
    List<ConversationListCopy> copies =
        IntStream.range(0, 4).mapToObj(i -> new ConversationListCopy(world, OWNER)).toList();
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
    int _ = windows.step(1);
    copies.forEach(ConversationListCopy::sync);
    copies.forEach(copy -> copy.assertEqualsFresh(deletedAsMember));
    assertThat(copies.getFirst().fullReadings()).as("of the copy that syncs often").isEqualTo(1);
    assertThat(trimmedTo()).isPositive();
  }

  private static long trimmedTo() {
    return database.number(
        "SELECT trimmed_to FROM version_log WHERE kind = 5 AND owner_id = 'owner'");
  }

  /** Versions are read before rows, so whatever happens between the two is read again. */
  @Test
  void copyThatSyncsWhileOthersChangeTheListMissesNothing(@Seeded long seed)
      throws InterruptedException, ExecutionException {
    List<ConversationListCopy> copies =
        IntStream.range(0, 3).mapToObj(i -> new ConversationListCopy(world, OWNER)).toList();
    List<Future<?>> writers = new ArrayList<>();
    Random moments = new Random(seed);
    try (ExecutorService executor = Executors.newFixedThreadPool(WRITERS)) {
      for (int i = 0; i < WRITERS; i++) {
        Random random = new Random(seed + 1 + i);
        writers.add(executor.submit(() -> writePairs(random)));
      }
      while (!writers.stream().allMatch(Future::isDone)) {
        copies.get(moments.nextInt(copies.size())).sync();
      }
    }
    for (Future<?> writer : writers) {
      assertThat(writer.get()).isNull();
    }
    copies.forEach(ConversationListCopy::sync);
    copies.forEach(copy -> copy.assertEqualsFresh(Set.of()));
  }

  private static void writePairs(Random random) {
    for (int i = 0; i < STEPS / WRITERS / 2; i++) {
      String other = OTHERS.get(random.nextInt(40));
      switch (random.nextInt(4)) {
        case 0 -> world.firstMessage(other, OWNER);
        case 1 -> world.set(OWNER, other, setting(random));
        case 2 -> world.setExOfPeers(other, "ex " + i);
        default -> world.delete(OWNER, List.of(ConversationId.single(OWNER, other).value()));
      }
    }
  }

  /** What is read before the lock may be gone by then. */
  @Test
  void aRowThatGoesWhileAnotherChangeWaitsForItStaysDeletedInCopies()
      throws InterruptedException, ExecutionException {
    world.firstMessage(OWNER, "u1");
    ConversationListCopy copy = new ConversationListCopy(world, OWNER);
    copy.sync();
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Future<?> waiting =
          database
              .mysql()
              .jdbi()
              .inTransaction(handle -> {
                ConversationRows.lock(handle, List.of(new UserId(OWNER)));
                Future<?> started = executor.submit(() -> world.setExOfPeers("u1", "late"));
                Eventually.until(
                    "the other change waits",
                    () ->
                        started.isDone()
                            || database.number(
                                    "SELECT COUNT(*) FROM information_schema.processlist"
                                        + " WHERE info LIKE 'INSERT INTO version_log (%'")
                                > 0);
                handle.execute("DELETE FROM conversation WHERE owner_user_id = 'owner'");
                ConversationRows.log(
                    handle, List.of(OWNER), "si_owner_u1", VersionLogs.State.DELETED, 1);
                return started;
              });
      assertThat(waiting.get()).isNull();
    }
    copy.sync();
    copy.assertEqualsFresh(Set.of());
    assertThat(copy.rows()).isEmpty();
  }

  /** The bound of the leave comes later, and finds no row. */
  @Test
  void aRowThatIsDeletedRightAfterLeavingIsGoneForGood() {
    groups.admit("g0", OWNER);
    ConversationListCopy copy = new ConversationListCopy(world, OWNER);
    copy.sync();
    groups.leave("g0", OWNER);
    world.delete(OWNER, List.of("sg_g0"));
    database.execute(
        "INSERT INTO window_change (owner_user_id, conversation_id) VALUES ('owner', 'sg_g0')");
    assertThat(windows.step(1)).isEqualTo(1);
    copy.sync();
    copy.assertEqualsFresh(Set.of());
    assertThat(copy.rows()).isEmpty();
  }

  @Test
  void whoIsBehindTheTrimmedPartReadsEverything() {
    GetIncrementalConversationResp first = world.changes(OWNER, "", 0);
    assertThat(first.getFull()).isTrue();
    assertThat(first.getVersion()).isEqualTo(1);
    assertThat(first.getVersionID()).matches("[0-9a-f]{24}");
    world.firstMessage(OWNER, "u1");
    database.execute("DELETE FROM version_log_entry");
    database.execute(
        "UPDATE version_log SET trimmed_to = 2, version = 3 WHERE kind = 5 AND owner_id = 'owner'");
    assertThat(world.changes(OWNER, first.getVersionID(), 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, first.getVersionID(), 2).getFull())
        .as("nothing is gone that this reader lacks")
        .isFalse();
  }

  @Test
  void decisionIsTheProtocols() {
    String id = world.changes(OWNER, "", 0).getVersionID();
    world.firstMessage(OWNER, "u1");
    world.firstMessage("u2", OWNER);
    world.set(OWNER, "u2", wanted -> wanted.getIsPinnedBuilder().setValue(true));
    world.firstMessage(OWNER, "u3");
    world.delete(OWNER, List.of("si_owner_u3"));
    assertThat(world.changes(OWNER, id, 0).getFull()).isTrue();
    assertThat(world.changes(OWNER, id, 7).getFull()).as("newer than the log").isTrue();
    assertThat(world.changes(OWNER, id, -1).getFull()).as("unsigned").isTrue();
    assertThat(world.changes(OWNER, "x", 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, "a".repeat(24), 1).getFull()).isTrue();
    GetIncrementalConversationResp same = world.changes(OWNER, id, 6);
    assertThat(same.getFull()).isFalse();
    assertThat(same.getInsertCount() + same.getUpdateCount() + same.getDeleteCount()).isZero();
    GetIncrementalConversationResp changes = world.changes(OWNER, id, 1);
    assertThat(changes.getVersion()).isEqualTo(6);
    assertThat(changes.getInsertList())
        .extracting(Conversation::getConversationID)
        .containsExactly("si_owner_u1");
    assertThat(changes.getUpdateList())
        .extracting(Conversation::getConversationID)
        .containsExactly("si_owner_u2");
    assertThat(changes.getUpdate(0).getIsPinned()).isTrue();
    assertThat(changes.getDeleteList()).containsExactly("si_owner_u3");
  }

  @Test
  void moreThan200ChangesAndChangesTooLargeForAnAnswerAreReadAsAWhole() {
    String id = world.changes(OWNER, "", 0).getVersionID();
    OTHERS.subList(0, 200).forEach(other -> world.firstMessage(other, OWNER));
    assertThat(world.changes(OWNER, id, 1).getInsertCount()).isEqualTo(200);
    String large = "<".repeat(16_384);
    database.execute("UPDATE conversation SET ex = ? WHERE owner_user_id = 'owner'", large);
    assertThat(world.changes(OWNER, id, 1).getInsertCount()).isEqualTo(200);
    database.execute(
        "UPDATE conversation SET attached_info = ? WHERE owner_user_id = 'owner'", large);
    assertThat(world.changes(OWNER, id, 1).getFull()).isTrue();
    database.execute("UPDATE conversation SET attached_info = '' WHERE owner_user_id = 'owner'");
    world.firstMessage(OWNER, "u200");
    assertThat(world.changes(OWNER, id, 1).getFull()).isTrue();
  }
}
