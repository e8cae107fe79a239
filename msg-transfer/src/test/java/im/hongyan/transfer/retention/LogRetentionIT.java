package im.hongyan.transfer.retention;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LogDeletion;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.testkit.TestClock;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves what is deleted from a lane, and that a clock alone deletes nothing. */
@ExtendWith(TestStoresExtension.class)
class LogRetentionIT {
  private static final int LANE = 2;
  private static final Duration RETENTION = Duration.ofDays(7);
  private static KafkaAdmin admin;
  private static LogDeletion log;
  private static LaneProducer producer;

  private final TestClock clock = new TestClock(Instant.now());
  private final Map<String, Long> needed = new HashMap<>();
  private final List<Integer> cut = new ArrayList<>();
  private long historyAt = Long.MAX_VALUE - 1;
  private final LogRetention retention = retention();

  @BeforeAll
  static void open(TestStores stores) {
    KafkaConfig config = KafkaConfig.from(stores.kafka());
    Topics.create(config);
    admin = new KafkaAdmin(config);
    log = new LogDeletion(admin);
    producer = new LaneProducer(config, "retention-test");
    producer.awaitTopic(Topics.SEQUENCED);
  }

  @AfterAll
  static void close() {
    if (producer != null) {
      producer.close();
      admin.close();
    }
  }

  private LogRetention retention() {
    return new LogRetention(
        log,
        new LogRetention.Followers() {
          @Override
          public long firstNeeded(String topic, int lane) {
            return needed.getOrDefault(topic, Long.MAX_VALUE);
          }

          @Override
          public long historyAt(int lane) {
            return historyAt;
          }
        },
        new LogRetention.Lanes(() -> Set.of(LANE), cut::add),
        RETENTION,
        clock,
        new SimpleMeterRegistry());
  }

  private static long append() {
    return producer.append(Topics.SEQUENCED, LANE, new byte[] {1}).join();
  }

  private static long begin() {
    return log.begin(Topics.SEQUENCED, LANE);
  }

  /** So many as decide once. */
  private void rounds() {
    for (int round = 0; round < 10; round++) {
      retention.run();
    }
  }

  @Test
  void onlyWhatIsOldAndWhatNobodyNeedsIsDeleted() {
    long first = append();
    append();
    long third = append();
    needed.put(Topics.SEQUENCED, third);
    rounds();
    assertThat(begin()).as("it is not old").isLessThanOrEqualTo(first);
    clock.advance(RETENTION.plusDays(1));
    retention.run();
    rounds();
    assertThat(begin()).isEqualTo(third);
  }

  /** A clock that is 20 days ahead: all is old, and nothing goes that somebody needs. */
  @Test
  void aClockThatJumpsAheadDeletesNothingThatIsNeeded() {
    long needs = append();
    append();
    needed.put(Topics.SEQUENCED, needs);
    clock.advance(Duration.ofDays(20));
    rounds();
    rounds();
    assertThat(begin()).isEqualTo(needs);
    append();
    clock.advance(Duration.ofDays(-20));
    rounds();
    assertThat(begin()).isEqualTo(needs);
  }

  /** A store that loses its last writes needs again what it needed before. */
  @Test
  void whatWasNeededAMomentAgoIsKept() {
    long before = append();
    long now = append();
    clock.advance(Duration.ofDays(20));
    needed.put(Topics.SEQUENCED, now);
    for (int round = 0; round < 5; round++) {
      retention.run();
    }
    needed.put(Topics.SEQUENCED, before);
    retention.run();
    needed.put(Topics.SEQUENCED, now);
    rounds();
    assertThat(begin()).isLessThanOrEqualTo(before);
    rounds();
    assertThat(begin()).isEqualTo(now);
  }

  @Test
  void aLogThatSomebodyCutBehindHistoryIsReported() {
    append();
    long next = append();
    log.deleteBefore(Topics.SEQUENCED, LANE, next);
    historyAt = next - 1;
    retention.run();
    assertThat(cut).isEmpty();
    historyAt = next - 2;
    retention.run();
    assertThat(cut).containsExactly(LANE);
  }
}
