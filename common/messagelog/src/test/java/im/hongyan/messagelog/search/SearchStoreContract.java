package im.hongyan.messagelog.search;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.mysql.SearchLanes;
import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.messagelog.search.MessageSearch.FactSearch;
import im.hongyan.messagelog.search.MessageSearch.Found;
import im.hongyan.messagelog.search.MessageSearch.FoundPage;
import im.hongyan.messagelog.search.MessageSearch.SeqWindow;
import im.hongyan.messagelog.search.MessageSearch.WordSearch;
import im.hongyan.messagelog.search.SearchBatch.Erased;
import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every engine of the search proves: its index finds what a scan over all messages would, in
 * this order, whatever it does to stay fast, and what it holds and the position move together.
 */
@ExtendWith(TestStoresExtension.class)
public abstract class SearchStoreContract {
  protected static final int LANES = 2;

  protected static final List<String> CONVERSATIONS =
      List.of("si_a_b", "si_a_c", "si_b_c", "si_b_d", "sg_g1", "sg_g2", "sg_g3", "sg_g4", "sg_g7");
  private static final String FORMAT = "1/1";
  private static final String[] WORDS = {"red", "green", "blue", "grey", "pink", "雪山", "雪人"};

  protected static MySql mysql;

  protected SearchStore store;
  protected MessageSearch search;
  protected final List<Message> sent = new ArrayList<>();
  private final Set<Erased> erased = new HashSet<>();
  private final Map<String, Long> seqs = new HashMap<>();
  private final long[] offsets = {-1, -1};
  protected long clock = 1_000_000;

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  @BeforeEach
  void empty() {
    mysql
        .jdbi()
        .useHandle(handle -> {
          for (String table :
              List.of("search_block", "search_segment", "search_lane", "conversation_min")) {
            handle.execute("DELETE FROM " + table);
          }
          handle.execute("DELETE FROM sequence_position WHERE follower = 'search'");
        });
    clear();
    store = newStore();
    search = newSearch();
    for (int lane = 0; lane < LANES; lane++) {
      assertThat(store.rebuild(lane)).isEqualTo(new Rebuild("", "", 0, false));
      build(lane, FORMAT, HistoryStore.START);
    }
  }

  /** Forgets what the engine itself has. */
  protected abstract void clear();

  /** The engine as another process would open it. */
  protected abstract SearchStore newStore();

  /** Finds what was written before it was asked. */
  protected abstract MessageSearch newSearch();

  /** Holds what the engine keeps against what it should, once nothing is left to tidy. */
  protected void checkTidied() {}

  /** Builds a lane from a history that holds these messages. */
  private void build(int lane, String format, FollowerPosition at, Message... history) {
    store.restart(lane, format, at);
    store.fill(
        lane,
        new Rebuild(format, "", 0, true),
        new SearchBatch(List.of(history), List.of(), clock));
  }

  protected static int lane(String conversation) {
    return Lane.of(new ConversationId(conversation), LANES);
  }

  protected Message message(String conversation, String sendId, String text) {
    clock += 1;
    String receiver = conversation.startsWith("sg_") ? conversation.substring(3) : "peer";
    return new Message(
        conversation,
        seqs.merge(conversation, 1L, Long::sum),
        sendId,
        receiver,
        clock / 3,
        text.isEmpty() ? 102 : 101,
        text);
  }

  protected boolean append(int lane, List<Message> messages, List<Erased> gone) {
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(offsets[lane] + 10).build();
    boolean done =
        store.append(lane, offsets[lane], next, new SearchBatch(messages, gone, clock / 3));
    if (done) {
      offsets[lane] += 10;
      sent.addAll(messages);
      erased.addAll(gone);
    }
    return done;
  }

  protected static WordSearch words(
      List<String> terms, @Nullable List<String> where, Cursor after, int most) {
    return new WordSearch(terms, where, Map.of(), "", Set.of(), 0, Long.MAX_VALUE, after, most);
  }

  protected List<String> all(WordSearch first) {
    List<String> found = new ArrayList<>();
    Cursor at = first.after();
    while (at != null) {
      FoundPage page =
          search.words(
              new WordSearch(
                  first.terms(),
                  first.conversationIds(),
                  first.windows(),
                  first.sendId(),
                  first.contentTypes(),
                  first.fromMillis(),
                  first.toMillis(),
                  at,
                  first.most()));
      assertThat(page.found()).hasSizeLessThanOrEqualTo(first.most());
      page.found().forEach(place -> found.add(name(place.conversationId(), place.seq())));
      at = page.next();
    }
    return found;
  }

  private static String name(String conversation, long seq) {
    return conversation + "#" + seq;
  }

  private static List<String> names(List<Found> found) {
    return found.stream().map(place -> name(place.conversationId(), place.seq())).toList();
  }

  @Test
  void batchAndPositionMoveTogetherOrNotAtAll() {
    int lane = lane("si_a_b");
    assertThat(store.position(lane)).isEqualTo(HistoryStore.START);
    assertThat(append(lane, List.of(message("si_a_b", "a", "red snow")), List.of())).isTrue();
    FollowerPosition other = FollowerPosition.newBuilder().setOffset(77).build();
    SearchBatch late =
        new SearchBatch(List.of(message("si_a_b", "a", "red again")), List.of(), clock);
    assertThat(store.append(lane, 3, other, late)).isFalse();
    assertThat(store.position(lane).getOffset()).isEqualTo(9);
    assertThat(all(words(List.of("red"), null, Cursor.START, 10))).containsExactly("si_a_b#1");
    assertThat(all(words(List.of("again"), null, Cursor.START, 10))).isEmpty();
  }

  /** Random writers, merges at random, and each kind of question held against a scan. */
  @RepeatedTest(4)
  void findsWhatAScanFinds(@Seeded long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 120; step++) {
      int lane = random.nextInt(LANES);
      List<String> here =
          CONVERSATIONS.stream().filter(conversation -> lane(conversation) == lane).toList();
      List<Message> messages =
          IntStream.range(0, here.isEmpty() ? 0 : random.nextInt(6))
              .mapToObj(
                  _ -> message(here.get(random.nextInt(here.size())), sender(random), text(random)))
              .toList();
      List<Erased> gone = new ArrayList<>();
      if (random.nextInt(6) == 0) {
        sent.stream()
            .filter(message -> lane(message.conversationId()) == lane && random.nextInt(30) == 0)
            .forEach(message -> gone.add(new Erased(message.conversationId(), message.seq())));
      }
      assertThat(append(lane, messages, gone)).isTrue();
      for (int i = random.nextInt(4); i > 0; i--) {
        store.tidy(lane);
      }
      if (random.nextInt(30) == 0) {
        // Another process takes the lanes over.
        store = newStore();
        for (int begun = 0; begun < LANES; begun++) {
          store.begin(begun);
        }
      }
      if (step % 20 == 19) {
        compareWords(random);
        compareFacts(random);
      }
    }
    for (int lane = 0; lane < LANES; lane++) {
      while (store.tidy(lane)) {
        // until nothing is left
      }
    }
    compareWords(random);
    compareFacts(random);
    checkTidied();
  }

  private static String sender(Random random) {
    return "u" + random.nextInt(4);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return text.toString();
  }

  private void compareWords(Random random) {
    for (int i = 0; i < 10; i++) {
      List<String> terms =
          random.ints(1 + random.nextInt(2), 0, WORDS.length).mapToObj(at -> WORDS[at]).toList();
      List<String> where =
          random.nextBoolean()
              ? null
              : CONVERSATIONS.stream().filter(_ -> random.nextBoolean()).toList();
      String sendId = random.nextBoolean() ? "" : sender(random);
      long from = random.nextBoolean() ? 0 : (1_000_000 + random.nextInt(300)) / 3;
      long to = random.nextBoolean() ? Long.MAX_VALUE : from + random.nextInt(100);
      Map<String, SeqWindow> windows =
          random.nextBoolean()
              ? Map.of()
              : Map.of("sg_g1", new SeqWindow(3, 9), "si_a_b", new SeqWindow(1, 0));
      WordSearch asked =
          new WordSearch(
              terms,
              where,
              windows,
              sendId,
              random.nextInt(4) == 0 ? Set.of(101, 105) : Set.of(),
              from,
              to,
              Cursor.START,
              1 + random.nextInt(20));
      List<Message> fitting =
          sent.stream()
              .filter(message -> Arrays.asList(message.text().split(" ")).containsAll(terms))
              .filter(message -> where == null || where.contains(message.conversationId()))
              .filter(message -> sendId.isEmpty() || sendId.equals(message.sendId()))
              .filter(message -> {
                SeqWindow window = windows.get(message.conversationId());
                return window == null
                    || (message.seq() >= window.first() && message.seq() <= window.last());
              })
              .filter(message -> message.sentMillis() >= from && message.sentMillis() <= to)
              .toList();
      List<String> found = all(asked);
      assertThat(found).as("%s", asked).doesNotHaveDuplicates();
      // What was erased may be found until it is merged: readers look at the message itself.
      assertThat(fitting.stream().map(one -> name(one.conversationId(), one.seq())).toList())
          .as("%s", asked)
          .containsAll(found);
      assertThat(found)
          .as("%s", asked)
          .containsAll(
              fitting.stream()
                  .filter(one -> !erased.contains(new Erased(one.conversationId(), one.seq())))
                  .map(one -> name(one.conversationId(), one.seq()))
                  .toList());
      Map<String, Long> times = new HashMap<>();
      sent.forEach(one -> times.put(name(one.conversationId(), one.seq()), one.sentMillis()));
      assertThat(found.stream().map(times::get).toList())
          .isSortedAccordingTo(Comparator.reverseOrder());
    }
  }

  private void compareFacts(Random random) {
    Map<String, Long> begun = new HashMap<>();
    sent.stream()
        .filter(one -> one.seq() % 100 == 1)
        .forEach(one -> begun.put(one.conversationId() + "/" + one.seq() / 100, one.sentMillis()));
    for (int i = 0; i < 10; i++) {
      String sendId = random.nextBoolean() ? "" : sender(random);
      String receiver = random.nextBoolean() ? "" : random.nextBoolean() ? "peer" : "g1";
      int type = random.nextBoolean() ? 0 : random.nextBoolean() ? 101 : 102;
      Boolean group = random.nextBoolean() ? null : random.nextBoolean();
      long from = random.nextBoolean() ? 0 : (1_000_000 + random.nextInt(300)) / 3;
      long to = random.nextBoolean() ? Long.MAX_VALUE : from + random.nextInt(100);
      List<String> wanted =
          sent.stream()
              .filter(one -> !erased.contains(new Erased(one.conversationId(), one.seq())))
              .filter(one -> sendId.isEmpty() || sendId.equals(one.sendId()))
              .filter(one -> receiver.isEmpty() || receiver.equals(one.receiver()))
              .filter(one -> type == 0 || type == one.contentType())
              .filter(one -> group == null || group == one.conversationId().startsWith("sg_"))
              .filter(one -> one.sentMillis() >= from && one.sentMillis() <= to)
              .sorted(
                  Comparator.comparingLong((Message one) -> begun.getOrDefault(block(one), -1L))
                      .thenComparingLong(one -> number(one.conversationId()))
                      .thenComparingLong(Message::seq))
              .map(one -> name(one.conversationId(), one.seq()))
              .toList();
      int skip = random.nextInt(5);
      int most = random.nextInt(30);
      var listed =
          search.facts(new FactSearch(sendId, receiver, type, group, from, to, skip, most));
      assertThat(listed.exact()).isTrue();
      assertThat(listed.total()).isEqualTo(wanted.size());
      assertThat(names(listed.found())).isEqualTo(wanted.stream().skip(skip).limit(most).toList());
    }
  }

  private static String block(Message one) {
    return one.conversationId() + "/" + (one.seq() - 1) / 100;
  }

  private static long number(String conversation) {
    return new SearchLanes(mysql)
        .knownNumbers(List.of(conversation))
        .getOrDefault(conversation, -1L);
  }

  /** The words of what was deleted for everybody leave the index, with the next merge at last. */
  @Test
  void erasedWordsLeaveTheIndex() {
    int lane = lane("sg_g1");
    append(
        lane, List.of(message("sg_g1", "a", "secret"), message("sg_g1", "a", "kept")), List.of());
    append(lane, List.of(), List.of(new Erased("sg_g1", 1)));
    for (int i = 0; i < 8; i++) {
      append(lane, List.of(message("sg_g1", "a", "more")), List.of());
    }
    while (store.tidy(lane)) {
      // until it is merged
    }
    assertThat(all(words(List.of("secret"), null, Cursor.START, 10))).isEmpty();
    assertThat(all(words(List.of("kept"), null, Cursor.START, 10))).containsExactly("sg_g1#2");
    assertThat(all(words(List.of("more"), null, Cursor.START, 3))).hasSize(8);
  }

  /** A term that most messages have is read whole, page by page, and others beside it. */
  @Test
  void aTermMayBeInManyMessages() {
    int lane = lane("sg_g1");
    for (int batch = 0; batch < 5; batch++) {
      List<Message> messages = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        messages.add(message("sg_g1", "a", i % 500 == 3 ? "common rare" : "common"));
      }
      append(lane, messages, List.of());
    }
    assertThat(all(words(List.of("common"), null, Cursor.START, 1_000))).hasSize(5_000);
    assertThat(all(words(List.of("rare"), null, Cursor.START, 4))).hasSize(10);
    assertThat(all(words(List.of("rare", "common"), null, Cursor.START, 4))).hasSize(10);
    assertThat(Terms.word("common")).isNotEqualTo(Terms.word("rare"));
  }

  @Test
  void aLaneIsBuiltAnewInSteps() {
    int lane = lane("si_a_b");
    append(lane, List.of(message("si_a_b", "a", "old")), List.of());
    FollowerPosition at = FollowerPosition.newBuilder().setOffset(500).addClaims(3).build();
    store.restart(lane, "1/2", at);
    assertThat(store.position(lane)).isEqualTo(at);
    Rebuild reached = new Rebuild("1/2", "si_a_b", 1, false);
    store.fill(
        lane, reached, new SearchBatch(List.of(message("si_a_b", "a", "new")), List.of(), clock));
    // Another process goes on.
    store = newStore();
    assertThat(store.rebuild(lane)).isEqualTo(reached);
    Rebuild done = new Rebuild("1/2", "si_a_b", 9, true);
    store.fill(
        lane, done, new SearchBatch(List.of(message("si_a_b", "a", "newer")), List.of(), clock));
    assertThat(store.rebuild(lane)).isEqualTo(done);
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).isEmpty();
    assertThat(all(words(List.of("new"), null, Cursor.START, 10))).containsExactly("si_a_b#2");
    offsets[lane] = 500;
    append(lane, List.of(message("si_a_b", "a", "newest")), List.of());
    assertThat(all(words(List.of("newest"), null, Cursor.START, 10))).containsExactly("si_a_b#4");
    assertThat(all(words(List.of("newer"), null, Cursor.START, 10))).containsExactly("si_a_b#3");
  }

  /** The same batch again, as after a death before the position was stored, adds nothing. */
  @Test
  void aReplayDoublesNothing() {
    int lane = lane("sg_g1");
    List<Message> messages = List.of(message("sg_g1", "a", "snow"), message("sg_g1", "a", "snow"));
    append(lane, messages, List.of(new Erased("sg_g1", 1)));
    build(lane, "1/2", HistoryStore.START, messages.getLast());
    store = newStore();
    offsets[lane] = -1;
    append(lane, messages, List.of(new Erased("sg_g1", 1)));
    while (store.tidy(lane)) {
      // merge
    }
    assertThat(all(words(List.of("snow"), null, Cursor.START, 1)).stream().distinct())
        .contains("sg_g1#2");
    assertThat(names(search.facts(everything(0, 10)).found())).containsExactly("sg_g1#2");
  }

  private static FactSearch everything(long skip, int most) {
    return new FactSearch("", "", 0, null, 0, Long.MAX_VALUE, skip, most);
  }

  @Test
  void whatNobodyMayReadIsForgotten() {
    int lane = lane("si_a_b");
    append(lane, List.of(message("si_a_b", "a", "old")), List.of());
    append(lane, List.of(message("si_a_b", "a", "new")), List.of());
    long after = clock / 3 + 1;
    forget(lane, after);
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).containsExactly("si_a_b#1");
    first("si_a_b", 2);
    forget(lane, sent.getFirst().sentMillis());
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).as("it is young").hasSize(1);
    forget(lane, after);
    assertThat(all(words(List.of("old"), null, Cursor.START, 10))).isEmpty();
    assertThat(all(words(List.of("new"), null, Cursor.START, 10))).containsExactly("si_a_b#2");
  }

  private void forget(int lane, long sentBeforeMillis) {
    while (store.forget(lane, sentBeforeMillis)) {
      // one after the other
    }
    while (store.tidy(lane)) {
      // remove
    }
  }

  protected static void first(String conversation, long seq) {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO conversation_min (conversation_id, min_seq) VALUES (?, ?)"
                    + " ON DUPLICATE KEY UPDATE min_seq = VALUES(min_seq)",
                MySql.id(conversation),
                seq));
  }
}
