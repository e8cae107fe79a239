package im.hongyan.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves on a broker whose clock is 20 days ahead that a topic with the retention of the lanes
 * ({@code -1}, as TopicsContractIT shows) keeps all, while one of a week is emptied.
 */
class EmbeddedKafkaClockIT {
  private static final TopicPartition KEPT = new TopicPartition("kept", 0);
  private static final TopicPartition CONTROL = new TopicPartition("control", 0);

  @TempDir private Path folder;

  @Test
  void aClockAheadDeletesNothingOfATopicThatKeepsAll() throws Exception {
    ShiftedTime time = new ShiftedTime();
    Map<String, String> quick =
        Map.of(
            "log.initial.task.delay.ms", "100",
            "log.retention.check.interval.ms", "100",
            "log.segment.delete.delay.ms", "0");
    try (DataFolder data = DataFolder.open(folder.resolve("data"));
        EmbeddedKafka kafka = new EmbeddedKafka(data, time, quick);
        Admin admin = Admin.create(client(kafka))) {
      create(admin, KEPT.topic(), "-1");
      create(admin, CONTROL.topic(), Long.toString(Duration.ofDays(7).toMillis()));
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              client(kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
        for (TopicPartition topic : List.of(KEPT, CONTROL)) {
          producer
              .send(new ProducerRecord<>(topic.topic(), 0, null, new byte[] {1}))
              .get(30, TimeUnit.SECONDS);
        }
      }
      assertThat(begin(admin, CONTROL)).isZero();
      time.aheadMillis.set(Duration.ofDays(20).toMillis());
      Eventually.eventually(() -> assertThat(begin(admin, CONTROL)).isEqualTo(1));
      assertThat(begin(admin, KEPT)).isZero();
      time.aheadMillis.set(0);
      assertThat(begin(admin, KEPT)).isZero();
    }
  }

  private static Properties client(EmbeddedKafka kafka) {
    Map<String, String> settings = kafka.settings();
    Properties client = new Properties();
    client.put("bootstrap.servers", Objects.requireNonNull(settings.get("kafka.address")));
    client.put("security.protocol", "SASL_PLAINTEXT");
    client.put("sasl.mechanism", Objects.requireNonNull(settings.get("kafka.saslMechanism")));
    client.put(
        "sasl.jaas.config",
        "%s required username=\"%s\" password=\"%s\";"
            .formatted(
                ScramLoginModule.class.getName(),
                settings.get("kafka.username"),
                settings.get("kafka.password")));
    return client;
  }

  private static void create(Admin admin, String topic, String retention) throws Exception {
    NewTopic fresh =
        new NewTopic(topic, 1, (short) 1)
            .configs(Map.of("retention.ms", retention, "message.timestamp.type", "LogAppendTime"));
    admin.createTopics(List.of(fresh)).all().get(30, TimeUnit.SECONDS);
  }

  private static long begin(Admin admin, TopicPartition topic) throws Exception {
    return admin
        .listOffsets(Map.of(topic, OffsetSpec.earliest()))
        .partitionResult(topic)
        .get(30, TimeUnit.SECONDS)
        .offset();
  }
}
