package im.hongyan.messagelog.kafka;

import im.hongyan.wire.error.StoreUnavailableException;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Takes old records out of lanes. Safe for use by several threads. */
public final class LogDeletion {
  private final KafkaAdmin admin;

  public LogDeletion(KafkaAdmin admin) {
    this.admin = admin;
  }

  /**
   * Offset of the first record that was appended at a moment or later; the end where there is none.
   *
   * @throws StoreUnavailableException when Kafka does not answer
   */
  public long firstSince(String topic, int lane, long millis) {
    long found = list(topic, lane, OffsetSpec.forTimestamp(millis));
    return found < 0 ? list(topic, lane, OffsetSpec.latest()) : found;
  }

  /**
   * Offset of the oldest record.
   *
   * @throws StoreUnavailableException when Kafka does not answer
   */
  public long begin(String topic, int lane) {
    return list(topic, lane, OffsetSpec.earliest());
  }

  private long list(String topic, int lane, OffsetSpec spec) {
    TopicPartition partition = new TopicPartition(topic, lane);
    return await(admin.client().listOffsets(Map.of(partition, spec)).partitionResult(partition))
        .offset();
  }

  /**
   * Deletes all records before an offset.
   *
   * @throws StoreUnavailableException when Kafka does not do it
   */
  public void deleteBefore(String topic, int lane, long offset) {
    TopicPartition partition = new TopicPartition(topic, lane);
    await(
        Objects.requireNonNull(
            admin
                .client()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .lowWatermarks()
                .get(partition)));
  }

  private static <T> T await(KafkaFuture<T> answer) {
    return KafkaAdmin.await(answer, "Kafka does not say or delete what a lane holds");
  }
}
