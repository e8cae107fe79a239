package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a mention marks each row once, in its order, whoever works on it and how often. */
@ExtendWith(TestStoresExtension.class)
class GroupMentionsIT {
  /** More than one step takes. */
  private static final int MEMBERS = 620;

  private static final String[] USERS =
      IntStream.range(0, MEMBERS).mapToObj(i -> "u%03d".formatted(i)).toArray(String[]::new);

  private static final String CONNECTED = "u600";

  private static RelationDatabase database;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void createGroup() {
    database.clear();
    try (GroupWorld world = new GroupWorld(database, USERS)) {
      world.create("g", USERS[0], List.of(USERS).subList(1, MEMBERS).toArray(String[]::new));
    }
    database.execute("DELETE FROM outbox");
  }

  private static GroupMentions open() {
    return GroupMentions.start(
        new GroupMentionStore(database.mysql()),
        users -> {
          UserId one = new UserId(CONNECTED);
          return users.contains(one) ? Set.of(one) : Set.of();
        },
        () -> {},
        () -> Instant.ofEpochMilli(9_000),
        new SimpleMeterRegistry());
  }

  private static void mention(long seq, String sender, int everyone, String... named) {
    database.execute(
        "INSERT INTO group_mention"
            + " (group_id, seq, sender_user_id, at_millis, everyone, named, marked)"
            + " VALUES ('g', ?, ?, 8000, ?, ?, '')",
        seq,
        new UserId(sender),
        everyone,
        Mentions.newBuilder().addAllUserIds(List.of(named)).build().toByteArray());
  }

  private static long mark(String user) {
    return database.number(
        "SELECT group_at_type FROM conversation WHERE owner_user_id = ? AND conversation_id = ?",
        new UserId(user),
        ConversationId.group("g"));
  }

  private static long marked(int mark) {
    return database.number("SELECT COUNT(*) FROM conversation WHERE group_at_type = ?", mark);
  }

  /** The version of a user's list of conversations. */
  private static long version(String user) {
    return database.number(
        "SELECT version FROM version_log WHERE kind = 5 AND owner_id = ?", new UserId(user));
  }

  private static List<Integer> pushed(String user) {
    return database.notifications(ConversationId.selfNotification(user).value()).stream()
        .map(MsgData::getContentType)
        .toList();
  }

  @Test
  void twoProcessesMarkEveryRowOnce() throws Exception {
    long before = version("u300");
    mention(7, "u001", 2, "u002", "u610");
    try (GroupMentions one = open();
        GroupMentions two = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<?> each : List.of(threads.submit(one::markAll), threads.submit(two::markAll))) {
        each.get();
      }
    }
    assertThat(marked(2)).as("but the sender and the named").isEqualTo(MEMBERS - 3);
    assertThat(mark("u001")).as("the sender").isZero();
    assertThat(List.of(mark("u002"), mark("u610"))).containsExactly(3L, 3L);
    assertThat(version("u300")).isEqualTo(before + 1);
    assertThat(pushed(CONNECTED)).containsExactly(1300);
    assertThat(pushed("u300")).as("not connected").isEmpty();
    assertThat(database.number("SELECT COUNT(*) FROM group_mention")).isZero();
  }

  @Test
  void theSecondMentionCountsAndOnlyThoseNamedAreMarked() {
    mention(7, "u001", 2);
    mention(8, "u001", 0, "u004", "u001", "stranger");
    try (GroupMentions mentions = open()) {
      mentions.markAll();
    }
    assertThat(List.of(mark("u004"), mark("u001"), mark("u005"))).containsExactly(1L, 1L, 2L);
  }

  @Test
  void whoMayNotReadTheMessageIsNotMarked() {
    database.execute("UPDATE conversation SET min_seq = 8 WHERE owner_user_id = 'u004'");
    database.execute("UPDATE conversation SET max_seq = 6 WHERE owner_user_id = 'u005'");
    database.execute(
        "UPDATE conversation SET min_seq = 7, max_seq = 7 WHERE owner_user_id = 'u006'");
    mention(7, "u001", 0, "u004", "u005", "u006");
    try (GroupMentions mentions = open()) {
      mentions.markNow(new GroupId("g"));
    }
    assertThat(List.of(mark("u004"), mark("u005"), mark("u006"))).containsExactly(0L, 0L, 1L);
  }

  @Test
  void aWorkerGoesOnWhereAnotherWasEnded() {
    mention(7, "u001", 2);
    GroupMentionStore store = new GroupMentionStore(database.mysql());
    store.mark(store.next(new GroupId("g")).orElseThrow(), 9_000);
    assertThat(marked(2)).as("the first step, without the sender").isEqualTo(499);
    try (GroupMentions mentions = open()) {
      mentions.markAll();
    }
    assertThat(marked(2)).isEqualTo(MEMBERS - 1);
    assertThat(pushed(CONNECTED)).containsExactly(1300);
  }
}
