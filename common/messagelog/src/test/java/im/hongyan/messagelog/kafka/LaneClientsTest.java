package im.hongyan.messagelog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.kafka.KafkaConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Proves how the clients of the lanes are set up: no timers, nothing lost, nothing skipped. */
class LaneClientsTest {
  private static final KafkaConfig CONFIG =
      new KafkaConfig(
          "nowhere:1", 4, 3, Duration.ofDays(7), KafkaConfig.Durability.PROCESS, Optional.empty());

  /** Where no broker is. */
  private static final KafkaConfig NOBODY =
      new KafkaConfig(
          "127.0.0.1:1",
          4,
          3,
          Duration.ofDays(7),
          KafkaConfig.Durability.PROCESS,
          Optional.empty());

  @Test
  void invariant27NoHopThatAReceiverWaitsForLingers() {
    Properties producer = LaneProducer.properties(CONFIG, "test");
    assertThat(producer).containsEntry("linger.ms", "0");
    Properties consumer =
        LaneConsumer.properties(
            CONFIG, new LaneConsumer.Reading(Topics.INBOUND, "group", "member", false, 500));
    assertThat(consumer).containsEntry("fetch.min.bytes", "1");
  }

  @Test
  void writersThatNobodyWaitsForGatherRows() {
    Properties consumer =
        LaneConsumer.properties(
            CONFIG, new LaneConsumer.Reading(Topics.SEQUENCED, "group", "member", true, 1_000));
    assertThat(consumer)
        .containsEntry("fetch.min.bytes", "65536")
        .containsEntry("fetch.max.wait.ms", "50");
  }

  /** Who appends is often the thread of all lanes: it must not wait for a broker. */
  @Test
  void anAppendFailsRatherThanWaits() {
    assertThat(LaneProducer.properties(CONFIG, "test")).containsEntry("max.block.ms", "0");
    try (LaneProducer producer = new LaneProducer(NOBODY, "nobody")) {
      assertThat(producer.append(Topics.OFFLINE_PUSH, 0, new byte[1])).isCompletedExceptionally();
    }
  }

  @Test
  void anAcknowledgementIsOfAllReplicasAndNoOffsetIsGuessed() {
    assertThat(LaneProducer.properties(CONFIG, "test"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", "true");
    assertThat(
            LaneConsumer.properties(
                CONFIG, new LaneConsumer.Reading(Topics.INBOUND, "group", "member", false, 500)))
        .containsEntry("auto.offset.reset", "none")
        .containsEntry("enable.auto.commit", "false");
  }
}
