package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** Reads what a consumer group committed. Safe for use by several threads. */
public final class Checkpoints implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 10;

  private final Admin admin;
  private final String group;
  private final String topic;

  /** A commit; offset 0 and no metadata before the first. */
  public record Checkpoint(long offset, String metadata) {}

  /** Opens access to a group's commits on a topic. */
  public Checkpoints(KafkaConfig config, String group, String topic) {
    Properties properties = config.clientProperties();
    properties.put("enable.metrics.push", "false");
    admin = Admin.create(properties);
    this.group = group;
    this.topic = topic;
  }

  /**
   * What was committed for a lane.
   *
   * @throws ImException 500 when Kafka does not answer
   */
  public Checkpoint read(int lane) {
    try {
      var offsets =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      var found = offsets.get(new TopicPartition(topic, lane));
      return found == null
          ? new Checkpoint(0, "")
          : new Checkpoint(found.offset(), found.metadata());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreUnavailableException("Kafka does not report its group offsets", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
