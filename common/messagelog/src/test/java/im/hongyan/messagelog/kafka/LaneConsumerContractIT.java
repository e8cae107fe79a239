package im.hongyan.messagelog.kafka;

import static im.hongyan.testkit.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.Checkpoints.Checkpoint;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that a lane starts where its handler says and nowhere else, that one that fails or cannot
 * start delays no other, and that commits are checkpoints which others can read.
 */
@ExtendWith(TestStoresExtension.class)
class LaneConsumerContractIT {
  private static final String TOPIC = Topics.INBOUND;
  private static KafkaConfig config;
  private static LaneProducer producer;

  private final String group = "group-" + UUID.randomUUID();
  private final RecordingHandler handler = new RecordingHandler();

  @BeforeAll
  static void open(TestStores servers) {
    config = KafkaConfig.from(servers.kafka());
    Topics.create(config);
    producer = new LaneProducer(config, "lane-consumer-test");
    producer.awaitTopic(TOPIC);
  }

  @AfterAll
  static void close() {
    if (producer != null) {
      producer.close();
    }
  }

  @BeforeEach
  void startAtTheEnds() {
    for (int lane = 0; lane < config.lanes(); lane++) {
      handler.startAt.put(lane, append(lane, "before"));
    }
  }

  private static long append(int lane, String text) {
    return producer.append(TOPIC, lane, text.getBytes(UTF_8)).join();
  }

  private LaneConsumer consume(RecordingHandler handler, boolean patient) {
    return new LaneConsumer(
        config, new LaneConsumer.Reading(TOPIC, group, "member", patient, 500), handler);
  }

  @Test
  void aLaneStartsWhereItsHandlerSays() {
    long second = append(1, "second");
    append(1, "third");
    handler.startAt.put(1, second);
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(() -> assertThat(handler.handled(1)).containsExactly("second", "third"));
      eventually(() -> assertThat(handler.handled(0)).containsExactly("before"));
      assertThat(handler.starts).containsExactlyInAnyOrder(0, 1, 2, 3);
    }
  }

  @Test
  void aPatientReaderGetsTheSameRecordsInOrder() {
    IntStream.range(0, 50).forEach(i -> append(2, "r" + i));
    try (LaneConsumer _ = consume(handler, true)) {
      eventually(() -> assertThat(handler.handled(2)).hasSize(51));
      assertThat(handler.handled(2))
          .startsWith("before", "r0", "r1")
          .isEqualTo(IntStream.range(-1, 50).mapToObj(i -> i < 0 ? "before" : "r" + i).toList());
    }
  }

  @Test
  void aLaneThatCannotStartYetIsAskedAgainAndDelaysNoOther() {
    Long from = handler.startAt.remove(0);
    try (LaneConsumer _ = consume(handler, false)) {
      append(3, "other");
      eventually(() -> assertThat(handler.handled(3)).containsExactly("before", "other"));
      eventually(() -> assertThat(handler.startsOf(0)).isGreaterThan(2));
      assertThat(handler.handled(0)).isEmpty();
      handler.startAt.put(0, from);
      eventually(() -> assertThat(handler.handled(0)).containsExactly("before"));
    }
  }

  @Test
  void aLaneThatFailedStartsAgainWhereItsHandlerSaysThen() {
    handler.poison.add("bad");
    append(1, "bad");
    append(1, "after");
    append(2, "other");
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(
          () -> assertThat(handler.handled(1)).containsExactly("before", "before", "bad", "after"));
      eventually(() -> assertThat(handler.handled(2)).containsExactly("before", "other"));
      assertThat(handler.startsOf(1)).isEqualTo(2);
      assertThat(handler.startsOf(2)).isEqualTo(1);
    }
  }

  @Test
  void aHandlerCanAskToStartALaneAgain() {
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(() -> assertThat(handler.handled(0)).containsExactly("before"));
      handler.again.add(0);
      eventually(() -> assertThat(handler.handled(0)).containsExactly("before", "before"));
      assertThat(handler.startsOf(0)).isEqualTo(2);
    }
  }

  @Test
  void aLaneThatIsNotWantedWaits() {
    handler.unwanted.add(0);
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(() -> assertThat(handler.handled(1)).containsExactly("before"));
      assertThat(handler.handled(0)).isEmpty();
      handler.unwanted.remove(0);
      eventually(() -> assertThat(handler.handled(0)).containsExactly("before"));
    }
  }

  @Test
  void anOffsetThatIsNotInTheLogIsAskedForAgainAndDelaysNoOther() {
    long right = handler.startAt.put(0, Long.MAX_VALUE / 2);
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(() -> assertThat(handler.startsOf(0)).isGreaterThan(1));
      append(1, "other");
      eventually(() -> assertThat(handler.handled(1)).containsExactly("before", "other"));
      handler.startAt.put(0, right);
      eventually(() -> assertThat(handler.handled(0)).containsExactly("before"));
    }
  }

  private static void delete(int lane, long before) {
    try (KafkaAdmin admin = new KafkaAdmin(config)) {
      new LogDeletion(admin).deleteBefore(TOPIC, lane, before);
    }
  }

  /** docs/sequencing.md, Retention: the log begins behind where a follower would read. */
  @Test
  void retentionThatPassedWhatIsHandledStartsALaneAtTheLogsBegin() {
    long claim = append(0, "claim");
    append(0, "handled");
    long next = append(0, "next");
    delete(0, next);
    handler.startAt.put(0, claim);
    handler.handledUpTo.put(0, next - 1);
    try (LaneConsumer consumer = consume(handler, false)) {
      eventually(() -> assertThat(handler.handled(0)).containsExactly("next"));
      eventually(() -> assertThat(consumer.isRunning()).isTrue());
      assertThat(consumer.faults()).isEmpty();
    }
  }

  /** docs/sequencing.md, Retention: what nobody has stops the lane, and it alone. */
  @Test
  void recordsThatAreGoneStopTheirLaneAndDelayNoOther() {
    long lost = append(0, "lost");
    long next = append(0, "next");
    delete(0, next);
    handler.startAt.put(0, lost);
    try (LaneConsumer consumer = consume(handler, false)) {
      eventually(() ->
          assertThat(consumer.faults())
              .contains("lane 0: records " + lost + " to " + lost + " are gone from " + TOPIC));
      append(1, "other");
      eventually(() -> assertThat(handler.handled(1)).containsExactly("before", "other"));
      assertThat(consumer.isRunning()).isFalse();
      assertThat(consumer.faults()).startsWith("lane 0: ").doesNotContain("; lane ");
      assertThat(handler.handled(0)).isEmpty();
      handler.startAt.put(0, next);
      eventually(() -> assertThat(handler.handled(0)).containsExactly("next"));
      eventually(() -> assertThat(consumer.isRunning()).isTrue());
      assertThat(consumer.faults()).isEmpty();
    }
  }

  /** docs/sequencing.md, Retention: push and inbox go on, since readers find the rest. */
  @Test
  void recordsThatAreGoneArePassedOverByWhoDoesNotNeedThem() {
    long lost = append(0, "lost");
    delete(0, append(0, "next"));
    handler.startAt.put(0, lost);
    handler.passesOver = true;
    try (LaneConsumer consumer = consume(handler, false)) {
      eventually(() -> assertThat(handler.handled(0)).containsExactly("next"));
      assertThat(consumer.faults()).isEmpty();
    }
  }

  /** docs/sequencing.md, Retention: a position beyond the log's end. */
  @Test
  void logThatEndsBeforeWhatIsHandledStopsTheLane() {
    long last = append(0, "last");
    handler.startAt.put(0, last);
    handler.handledUpTo.put(0, last + 7);
    try (LaneConsumer consumer = consume(handler, false)) {
      eventually(() -> assertThat(consumer.faults()).contains("ends before record " + (last + 1)));
      assertThat(consumer.isRunning()).isFalse();
    }
  }

  @Test
  void checkpointsAreCommittedForOthersToRead() {
    try (KafkaAdmin admin = new KafkaAdmin(config);
        LaneConsumer _ = consume(handler, false)) {
      Checkpoints checkpoints = new Checkpoints(admin, group, TOPIC);
      assertThat(checkpoints.read(1)).isEqualTo(new Checkpoint(0, ""));
      handler.commits.put(1, new Checkpoint(7, "sequenced 5"));
      eventually(() -> assertThat(checkpoints.read(1)).isEqualTo(new Checkpoint(7, "sequenced 5")));
      assertThat(checkpoints.read(2)).isEqualTo(new Checkpoint(0, ""));
      // A checkpoint is no truth: it may go back, and no lane starts at it.
      handler.commits.put(1, new Checkpoint(6, ""));
      eventually(() -> assertThat(checkpoints.read(1)).isEqualTo(new Checkpoint(6, "")));
    }
  }

  @Test
  void closingStopsEachLaneOnceAndTheSameMemberTakesThemBack() {
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(() -> assertThat(handler.handled.keySet()).containsExactlyInAnyOrder(0, 1, 2, 3));
      assertThat(handler.stops).isEmpty();
    }
    assertThat(handler.stops).containsExactlyInAnyOrder(0, 1, 2, 3);
    RecordingHandler next = new RecordingHandler();
    next.startAt.putAll(handler.startAt);
    append(0, "after");
    try (LaneConsumer _ = consume(next, false)) {
      eventually(() -> assertThat(next.handled(0)).containsExactly("before", "after"));
    }
    assertThat(handler.handled(0)).containsExactly("before");
  }

  @Test
  void aMemberThatFindsNoStartYetCanBeClosed() {
    handler.startAt.clear();
    try (LaneConsumer _ = consume(handler, false)) {
      eventually(() -> assertThat(handler.starts).contains(0, 1, 2, 3));
    }
    assertThat(handler.stops).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(handler.handled).isEmpty();
  }
}
