package im.hongyan.messagelog.kafka;

import im.hongyan.wire.error.ImException;
import org.apache.kafka.common.TopicPartition;

/** Reads what a consumer group committed. Safe for use by several threads. */
public final class Checkpoints {
  private final KafkaAdmin admin;
  private final String group;
  private final String topic;

  /** A commit; offset 0 and no metadata before the first. */
  public record Checkpoint(long offset, String metadata) {}

  /** Gives access to a group's commits on a topic. */
  public Checkpoints(KafkaAdmin admin, String group, String topic) {
    this.admin = admin;
    this.group = group;
    this.topic = topic;
  }

  /**
   * What was committed for a lane.
   *
   * @throws ImException 500 when Kafka does not answer
   */
  public Checkpoint read(int lane) {
    var offsets =
        KafkaAdmin.await(
            admin.client().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
            "Kafka does not report its group offsets");
    var found = offsets.get(new TopicPartition(topic, lane));
    return found == null ? new Checkpoint(0, "") : new Checkpoint(found.offset(), found.metadata());
  }
}
