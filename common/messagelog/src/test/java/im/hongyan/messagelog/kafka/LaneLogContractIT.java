package im.hongyan.messagelog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that what a lane acknowledged is read back in order, and that no read waits for ever. */
@ExtendWith(TestStoresExtension.class)
class LaneLogContractIT {
  private static final int LANE = 2;
  private static KafkaConfig config;
  private static LaneProducer producer;
  private static LaneLog log;

  private long begin;

  @BeforeAll
  static void open(TestStores servers) {
    config = KafkaConfig.from(servers.kafka());
    Topics.create(config);
    producer = new LaneProducer(config, "lane-log-test");
    producer.awaitTopic(Topics.SEQUENCED);
    log = new KafkaLaneLog(config, Topics.SEQUENCED, LANE);
  }

  @AfterAll
  static void close() {
    if (log != null) {
      log.close();
      producer.close();
    }
  }

  @BeforeEach
  void standAtTheEnd() {
    begin = log.end();
  }

  private static CompletableFuture<Long> append(String text) {
    return producer.append(Topics.SEQUENCED, LANE, text.getBytes(UTF_8));
  }

  private static List<String> texts(List<LaneRecord> records) {
    return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
  }

  @Test
  void anAppendAnswersWithItsOffset() {
    assertThat(append("one").join()).isEqualTo(begin);
    assertThat(append("two").join()).isEqualTo(begin + 1);
    assertThat(log.end()).isEqualTo(begin + 2);
    assertThat(log.begin()).isLessThanOrEqualTo(begin);
  }

  @Test
  void appendsKeepTheOrderOfTheirCalls() {
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    List<String> sent = IntStream.range(0, 500).mapToObj(Integer::toString).toList();
    sent.forEach(text -> appends.add(append(text)));
    for (int i = 0; i < appends.size(); i++) {
      assertThat(appends.get(i).join()).isEqualTo(begin + i);
    }
    assertThat(texts(log.read(begin, begin + 500))).isEqualTo(sent);
  }

  @Test
  void lanesHaveOffsetsOfTheirOwn() {
    append("ours").join();
    try (LaneLog other = new KafkaLaneLog(config, Topics.SEQUENCED, LANE + 1)) {
      long before = other.end();
      append("ours again").join();
      assertThat(other.end()).isEqualTo(before);
    }
  }

  @Test
  void aStretchEndsBeforeItsEnd() {
    IntStream.range(0, 5).forEach(i -> append("r" + i).join());
    List<LaneRecord> read = log.read(begin + 1, begin + 3);
    assertThat(texts(read)).containsExactly("r1", "r2");
    assertThat(read.getFirst().offset()).isEqualTo(begin + 1);
    assertThat(log.read(begin + 2, begin + 2)).isEmpty();
    assertThat(texts(log.read(begin, begin + 1))).as("reading backwards").containsExactly("r0");
  }

  @Test
  void aRecordOverTheLimitFailsAndLeavesNoGap() {
    CompletableFuture<Long> large = producer.append(Topics.SEQUENCED, LANE, new byte[2_100_000]);
    assertThat(large)
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableThat()
        .withCauseInstanceOf(RecordTooLargeException.class);
    assertThat(append("small").join()).isEqualTo(begin);
  }

  /** How much of it was read by then is the machine's matter. */
  @Test
  void aReadBeyondTheEndIsReportedInsteadOfWaitingForEver() {
    append("last").join();
    try (LaneLog hasty = new KafkaLaneLog(config, Topics.SEQUENCED, LANE, Duration.ofMillis(50))) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> hasty.read(begin, begin + 2))
          .matches(failure -> failure.is(ImError.INTERNAL))
          .withMessageContaining("instead of " + (begin + 2));
    }
  }

  @Test
  void anOffsetThatTheLogDoesNotHoldIsReported() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> log.read(begin + 5, begin + 6))
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("does not hold offset " + (begin + 5));
  }
}
