package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Takes old records out of lanes. Safe for use by several threads; its creator closes it. */
public final class LogDeletion implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 10;

  private final Admin admin;

  public LogDeletion(KafkaConfig config) {
    Properties properties = config.clientProperties();
    properties.put("enable.metrics.push", "false");
    admin = Admin.create(properties);
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
    return await(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition)).offset();
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
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .lowWatermarks()
                .get(partition)));
  }

  private static <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreUnavailableException("Kafka does not say or delete what a lane holds", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
