package im.hongyan.relation.outbox;

import static im.hongyan.testkit.Eventually.eventually;
import static im.hongyan.testkit.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.notification.Notification;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves on MariaDB that the workers of several processes bring every notification to rpc-msg, once
 * and in the order of its conversation, also while sends fail and processes die.
 */
@ExtendWith(TestStoresExtension.class)
class OutboxWorkersIT {
  private static final int EACH = 30;
  @AutoClose private static RelationDatabase database;

  private final AtomicLong millis = new AtomicLong(1);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final Map<String, List<String>> arrived = new ConcurrentHashMap<>();
  private final Map<String, String> ids = new ConcurrentHashMap<>();

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private OutboxWorker worker(MessageSender sender) {
    return OutboxWorker.start(
        new MySqlOutboxStore(database.mysql()),
        sender,
        clock,
        Duration.ofHours(24),
        new SimpleMeterRegistry());
  }

  private static void write(String conversation, String... texts) {
    List<Notification> notes = new ArrayList<>();
    for (String text : texts) {
      notes.add(Notes.note(conversation, conversation + " " + text, 1));
    }
    Transactions.run(
        database.mysql().jdbi(),
        handle -> {
          OutboxRows.append(handle, notes);
          return true;
        });
  }

  /** Other tests' notifications are of no interest. */
  private void arrive(MsgData message) {
    String[] parts = Notes.text(message).split(" ", -1);
    if (parts.length == 2) {
      arrived.computeIfAbsent(parts[0], ignored -> new CopyOnWriteArrayList<>()).add(parts[1]);
    }
  }

  /** As rpc-msg does, which recognises a repeated message by its id. */
  private void arriveOnce(MsgData message) {
    if (ids.putIfAbsent(message.getClientMsgID(), "seen") == null) {
      arrive(message);
    }
  }

  private void writeToAll(List<String> conversations, OutboxWorker... workers) {
    for (int i = 0; i < EACH; i++) {
      for (String conversation : conversations) {
        write(conversation, Integer.toString(i));
      }
      workers[i % workers.length].wake();
    }
  }

  private void assertAllInOrder(List<String> conversations) {
    List<String> all = IntStream.range(0, EACH).mapToObj(Integer::toString).toList();
    for (String conversation : conversations) {
      assertThat(arrived.getOrDefault(conversation, List.of())).isEqualTo(all);
    }
  }

  @Test
  void theWorkersOfThreeProcessesSendEachOnceAndInOrder() {
    List<String> conversations = conversations();
    MessageSender sender = (operation, message) -> arrive(message);
    try (OutboxWorker a = worker(sender);
        OutboxWorker b = worker(sender);
        OutboxWorker c = worker(sender)) {
      writeToAll(conversations, a, b, c);
      eventually(() -> assertAllInOrder(conversations));
    }
    assertAllInOrder(conversations);
  }

  @Test
  void failuresChangeNeitherTheOrderNorLoseAnything() {
    List<String> conversations = conversations();
    Random random = new Random(TestSeeds.given().orElse(7));
    MessageSender sender =
        (operation, message) -> {
          synchronized (random) {
            if (random.nextInt(10) == 0) {
              throw ImException.internal("sometimes", null);
            }
          }
          arriveOnce(message);
        };
    try (OutboxWorker a = worker(sender);
        OutboxWorker b = worker(sender)) {
      writeToAll(conversations, a, b);
      eventually(() -> {
        // What failed becomes due; a lease may end now and then, which repeats a message.
        millis.addAndGet(250);
        assertAllInOrder(conversations);
      });
    }
  }

  private static List<String> conversations() {
    return IntStream.range(0, 12).mapToObj(i -> Notes.conversation()).toList();
  }

  @Test
  void aProcessThatDiesWhileItSendsIsFollowedByOneThatRepeatsUnderTheSameId() {
    String conversation = Notes.conversation();
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    MessageSender deaf =
        (operation, message) -> {
          if (Notes.text(message).startsWith(conversation)) {
            ids.put("first", message.getClientMsgID());
            sending.countDown();
            await(never);
          }
        };
    OutboxWorker dead = worker(deaf);
    write(conversation, "1", "2");
    dead.wake();
    until("the first send", () -> sending.getCount() == 0);
    millis.addAndGet(Duration.ofHours(1).toMillis());
    try (OutboxWorker next =
        worker((operation, message) -> {
          if (Notes.text(message).startsWith(conversation)) {
            ids.putIfAbsent("second", message.getClientMsgID());
          }
          arrive(message);
        })) {
      next.wake();
      eventually(() -> assertThat(arrived.get(conversation)).containsExactly("1", "2"));
      assertThat(ids.get("second")).isEqualTo(ids.get("first"));
    } finally {
      never.countDown();
      dead.close();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
