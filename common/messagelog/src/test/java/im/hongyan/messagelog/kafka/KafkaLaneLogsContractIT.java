package im.hongyan.messagelog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the order of one ownership's appends in a real log, also when one fails. */
@ExtendWith(TestStoresExtension.class)
class KafkaLaneLogsContractIT {
  private static final int LANE = 1;
  private static final int MORE_THAN_KAFKA_TAKES = 2_100_000;
  private static LaneLogs log;

  @BeforeAll
  static void open(TestStores stores) {
    KafkaConfig kafka = KafkaConfig.from(stores.kafka());
    Topics.create(kafka);
    log = new KafkaLaneLogs(kafka, "node");
  }

  @Test
  void afterAFailedAppendNoLaterOneReachesTheLog() {
    long end;
    try (LaneLogs.Appends appends = log.appends(LANE)) {
      end = appends.append(new byte[] {1}).join() + 1;
      CompletableFuture<Long> refused = appends.append(new byte[MORE_THAN_KAFKA_TAKES]);
      CompletableFuture<Long> behind = appends.append(new byte[] {2});
      assertThatExceptionOfType(CompletionException.class).isThrownBy(refused::join);
      assertThatExceptionOfType(CompletionException.class).isThrownBy(behind::join);
    }
    try (LaneLog sequenced = log.sequenced(LANE)) {
      assertThat(sequenced.end()).isEqualTo(end);
    }
    try (LaneLogs.Appends next = log.appends(LANE)) {
      assertThat(next.append(new byte[] {3}).join()).isEqualTo(end);
    }
  }
}
