package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.MarkStore;
import im.hongyan.messagelog.lane.MarkStore.Place;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what MySQL keeps of mutations: that each can be written again, alone or with all that
 * follow it, that bounds only rise, and that who came back is not bound by a leave before.
 */
@ExtendWith(TestStoresExtension.class)
class MarkStoreContractIT {
  private static final AtomicInteger LANES = new AtomicInteger(10_000);
  private static MySql mysql;
  private static HistoryStore history;
  private static MarkStore store;

  private final int lane = LANES.getAndIncrement();
  private final String key = UUID.randomUUID().toString();
  private final String chat = "sg_" + key;
  private final String twin = "n_" + key;
  private long offset = -1;

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    history = new MySqlHistoryStore(mysql);
    store = new MySqlMarkStore(mysql);
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  private void write(List<Row> rows, Mutation... mutations) {
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(offset + 1).build();
    Changes changes = new Changes(rows, List.of(), List.of(mutations));
    assertThat(history.append(lane, offset, next, changes)).isTrue();
    offset++;
  }

  private void write(Mutation... mutations) {
    write(List.of(), mutations);
  }

  private List<Row> rows(long count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(seq -> new Row(chat, seq, "alice", "c" + seq, 100 + seq, new byte[] {1}))
        .toList();
  }

  private Mutation.Builder change() {
    return Mutation.newBuilder().setConversationId(chat);
  }

  private Mutation clear(String user, long through) {
    return change()
        .setClearing(Clearing.newBuilder().setUserId(user).setThroughSeq(through))
        .build();
  }

  private Mutation leave(long version, long through, String... users) {
    return change()
        .setLeaving(
            Leaving.newBuilder()
                .addAllUserIds(List.of(users))
                .setMembershipVersion(version)
                .setThroughSeq(through)
                .setTwinThroughSeq(through + 100))
        .build();
  }

  private Mutation erase(Long... seqs) {
    Deletion.Builder deletion = Deletion.newBuilder().addAllSeqs(List.of(seqs));
    for (Long seq : seqs) {
      deletion.addTombstones(ByteString.copyFromUtf8("tomb " + seq));
    }
    return change().setDeletion(deletion).build();
  }

  /** What rpc-relation writes for a joining member. */
  private void join(String user, long version) {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type,"
                    + " user_id, group_id, attached_info, ex, create_time, membership_version)"
                    + " VALUES (?, ?, 3, '', '', '', '', 0, ?) ON DUPLICATE KEY UPDATE"
                    + " max_seq = 0, membership_version = VALUES(membership_version)",
                MySql.id(user),
                MySql.id(chat),
                version));
  }

  private long mirrored(String user, String column) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    "SELECT "
                        + column
                        + " FROM conversation WHERE owner_user_id = ? AND conversation_id = ?")
                .bind(0, MySql.id(user))
                .bind(1, MySql.id(chat))
                .mapTo(Long.class)
                .one());
  }

  private Place place(String user, String conversation) {
    return store.places(user, List.of(conversation)).getOrDefault(conversation, Place.NONE);
  }

  private long upper(String user, String conversation) {
    return place(user, conversation).window().upper(place(user, chat).membershipVersion());
  }

  @Test
  void marksAreFoundByMessageAndDeletionsOnlyByTheirUser() {
    Revocation revocation =
        Revocation.newBuilder().setSeq(2).setUserId("alice").setNickname("鸿雁 😀").build();
    write(
        rows(4),
        change().setRevocation(revocation).build(),
        change().setRead(ReadMark.newBuilder().setUserId("bob").addMessageSeqs(3)).build(),
        change().setDeletion(Deletion.newBuilder().setUserId("bob").addSeqs(3)).build(),
        erase(4L));
    assertThat(store.marks("bob", chat, List.of(1L, 2L, 3L, 4L, 5L)))
        .isEqualTo(
            Map.of(
                2L, new MessageMarks(false, false, false, revocation),
                3L, new MessageMarks(true, false, true, null),
                4L, new MessageMarks(false, true, false, null)));
    assertThat(store.marks("alice", chat, List.of(3L)))
        .isEqualTo(Map.of(3L, new MessageMarks(true, false, false, null)));
    assertThat(store.marks("bob", "sg_other", List.of(2L, 3L))).isEmpty();
    assertThat(store.marks("bob", chat, List.of())).isEmpty();
  }

  @Test
  void ofTwoRevocationsTheFirstCounts() {
    write(change().setRevocation(Revocation.newBuilder().setSeq(1).setUserId("alice")).build());
    write(change().setRevocation(Revocation.newBuilder().setSeq(1).setUserId("owner")).build());
    Revocation kept =
        store.marks("x", chat, List.of(1L)).getOrDefault(1L, MessageMarks.NONE).revocation();
    assertThat(kept).isNotNull().returns("alice", Revocation::getUserId);
  }

  @Test
  void anErasedMessageLeavesItsTombstoneAlsoWhenItIsWrittenAgain() {
    write(rows(2), erase(1L));
    write(rows(2));
    Map<Long, byte[]> bodies = history.find(chat, List.of(1L, 2L));
    assertThat(new String(bodies.get(1L), StandardCharsets.UTF_8)).isEqualTo("tomb 1");
    assertThat(bodies.get(2L)).isEqualTo(new byte[] {1});
    assertThat(history.findSent(chat, "alice", "c1")).isPresent();
    assertThat(HistoryFixture.seqs(mysql, chat)).containsExactly(1L, 2L);
  }

  @Test
  void theNearestOlderMessageIsOneThatWasNotErased() {
    write(rows(9), erase(4L, 5L, 6L, 1L));
    assertThat(store.newestBelow("", chat, 7)).hasValue(3);
    assertThat(store.newestBelow("", chat, 6)).hasValue(3);
    assertThat(store.newestBelow("", chat, 3)).hasValue(2);
    assertThat(store.newestBelow("", chat, 2)).isEmpty();
    assertThat(store.newestBelow("", chat, 100)).hasValue(9);
    write(
        change()
            .setDeletion(Deletion.newBuilder().setUserId("bob").addAllSeqs(List.of(9L, 8L, 3L)))
            .build());
    assertThat(store.newestBelow("bob", chat, 100)).hasValue(7);
    assertThat(store.newestBelow("bob", chat, 7)).hasValue(2);
    assertThat(store.newestBelow("alice", chat, 100)).hasValue(9);
    assertThat(store.newestBelow("", chat, 100)).hasValue(9);
  }

  @Test
  void aClearRaisesTheLowerBoundOfItsUserOrOfAll() {
    join("bob", 1);
    write(clear("bob", 7));
    assertThat(place("bob", chat).window()).isEqualTo(new UserWindow(0, 8, 0, 0, 0));
    assertThat(place("alice", chat)).isEqualTo(Place.NONE);
    assertThat(mirrored("bob", "min_seq")).isEqualTo(8);
    write(clear("", 4));
    assertThat(place("alice", chat).window().lower()).isEqualTo(5);
    write(clear("", 9), clear("bob", 3), clear("", 2));
    assertThat(place("bob", chat).window()).isEqualTo(new UserWindow(10, 8, 0, 0, 0));
    assertThat(mirrored("bob", "min_seq")).isEqualTo(8);
  }

  @Test
  void whoLeftReadsUpToTheLeaveInBothConversations() {
    join("bob", 3);
    write(leave(5, 20, "bob", "carl"));
    assertThat(upper("bob", chat)).isEqualTo(20);
    assertThat(upper("bob", twin)).isEqualTo(120);
    assertThat(mirrored("bob", "max_seq")).isEqualTo(20);
    assertThat(place("carl", chat).hasRow()).isFalse();
    assertThat(place("bob", chat).hasRow()).isTrue();
  }

  @Test
  void whoComesInWithoutHistoryReadsFromThereOn() {
    join("bob", 3);
    join("carl", 3);
    Mutation joined =
        change()
            .setJoining(Joining.newBuilder().addUserIds("carl").addUserIds("bob").setFromSeq(5))
            .build();
    write(joined);
    write(clear("carl", 8), joined);
    assertThat(lower("bob")).isEqualTo(5);
    assertThat(mirrored("bob", "min_seq")).isEqualTo(5);
    assertThat(lower("carl")).as("a bound only rises").isEqualTo(9);
    assertThat(mirrored("carl", "min_seq")).isEqualTo(9);
    assertThat(lower("dave")).isZero();
  }

  private long lower(String user) {
    return store
        .places(user, List.of(chat))
        .getOrDefault(chat, MarkStore.Place.NONE)
        .window()
        .userMin();
  }

  /** The row may say so before or after the leave's record comes by. */
  @Test
  void whoCameBackIsNotBoundByALeaveThatComesLate() {
    join("early", 3);
    write(leave(5, 20, "early"));
    join("early", 6);
    assertThat(upper("early", chat)).as("came back after it").isZero();
    join("late", 6);
    write(leave(5, 20, "late"));
    assertThat(upper("late", chat)).as("came back before it").isZero();
    assertThat(upper("late", twin)).isZero();
    assertThat(mirrored("late", "max_seq")).isZero();
    write(leave(8, 30, "late"), leave(5, 20, "late"));
    assertThat(upper("late", chat)).as("the later leave counts").isEqualTo(30);
    assertThat(mirrored("late", "max_seq")).isEqualTo(30);
  }

  /** A writer that begins again at an older place writes a tail of the log once more. */
  @Test
  void invariant19TheLastMinutesWrittenAgainChangeNothing() {
    join("bob", 2);
    List<Mutation> log =
        List.of(
            clear("bob", 1),
            change().setRevocation(Revocation.newBuilder().setSeq(1).setUserId("a")).build(),
            change().setRead(ReadMark.newBuilder().setUserId("bob").addMessageSeqs(2)).build(),
            erase(3L),
            leave(4, 5, "bob"),
            change().setRevocation(Revocation.newBuilder().setSeq(1).setUserId("b")).build(),
            clear("", 2),
            leave(6, 7, "bob"));
    write(rows(7), log.toArray(Mutation[]::new));
    List<Object> before = all();
    for (int from = 0; from < log.size(); from++) {
      write(rows(7), log.subList(from, log.size()).toArray(Mutation[]::new));
      assertThat(all()).as("from " + from).isEqualTo(before);
    }
  }

  private List<Object> all() {
    List<Object> all = new ArrayList<>();
    all.add(store.places("bob", List.of(chat, twin)));
    all.add(store.marks("bob", chat, List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L)));
    history.find(chat, List.of(1L, 3L)).values().stream()
        .map(body -> new String(body, StandardCharsets.UTF_8))
        .sorted()
        .forEach(all::add);
    all.add(mirrored("bob", "min_seq"));
    all.add(mirrored("bob", "max_seq"));
    return all;
  }

  @Test
  void manyConversationsAndManyMessagesAreAskedForInParts() {
    List<String> ids = LongStream.range(0, 450).mapToObj(i -> chat + i).toList();
    Mutation[] clears =
        ids.stream()
            .map(id ->
                Mutation.newBuilder()
                    .setConversationId(id)
                    .setClearing(Clearing.newBuilder().setUserId("bob").setThroughSeq(1))
                    .build())
            .toArray(Mutation[]::new);
    List<Long> seqs = LongStream.rangeClosed(1, 1_200).boxed().toList();
    write(clears);
    write(change().setRead(ReadMark.newBuilder().setUserId("bob").addAllMessageSeqs(seqs)).build());
    assertThat(store.places("bob", ids)).hasSize(450);
    assertThat(store.marks("bob", chat, seqs)).hasSize(1_200);
  }
}
