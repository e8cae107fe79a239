package im.hongyan.transfer.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.transfer.sequencer.LaneLogPort;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Proves the order of one ownership's appends in a real log, also when one fails. */
class KafkaLaneLogIT {
  private static final int LANE = 1;
  private static final int MORE_THAN_KAFKA_TAKES = 2_100_000;
  private static final Lifecycle LIFECYCLE = new Lifecycle();
  private static LaneLogPort log;

  @BeforeAll
  static void start() throws IOException {
    DataFolder data = LIFECYCLE.add("data", DataFolder.ephemeral());
    String address =
        Objects.requireNonNull(
            EmbeddedStores.start(EnumSet.of(Kind.KAFKA), data, LIFECYCLE).get("kafka.address"));
    KafkaConfig kafka = new KafkaConfig(address, 2, 1, Duration.ofDays(1));
    Topics.create(kafka);
    log = new KafkaLaneLog(kafka, "node");
  }

  @AfterAll
  static void stop() {
    LIFECYCLE.close();
  }

  @Test
  void afterAFailedAppendNoLaterOneReachesTheLog() {
    long end;
    try (LaneLogPort.Appends appends = log.appends(LANE)) {
      end = appends.append(new byte[] {1}).join() + 1;
      CompletableFuture<Long> refused = appends.append(new byte[MORE_THAN_KAFKA_TAKES]);
      CompletableFuture<Long> behind = appends.append(new byte[] {2});
      assertThatExceptionOfType(CompletionException.class).isThrownBy(refused::join);
      assertThatExceptionOfType(CompletionException.class).isThrownBy(behind::join);
    }
    try (LaneLogPort.LogRange sequenced = log.sequenced(LANE)) {
      assertThat(sequenced.end()).isEqualTo(end);
    }
    try (LaneLogPort.Appends next = log.appends(LANE)) {
      assertThat(next.append(new byte[] {3}).join()).isEqualTo(end);
    }
  }
}
