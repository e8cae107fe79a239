package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.ImException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads ranges of one lane, outside any group. Single-threaded; its creator closes it. */
public final class LaneLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STALL_LIMIT = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private final Duration stallLimit;

  /** Opens a lane of a topic. */
  public LaneLog(KafkaConfig config, String topic, int lane) {
    this(config, topic, lane, STALL_LIMIT);
  }

  LaneLog(KafkaConfig config, String topic, int lane, Duration stallLimit) {
    this.stallLimit = stallLimit;
    Properties properties = new Properties();
    properties.put("bootstrap.servers", config.address());
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    properties.put("max.poll.records", "2000");
    properties.put("default.api.timeout.ms", "10000");
    properties.put("enable.metrics.push", "false");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    partition = new TopicPartition(topic, lane);
    consumer.assign(List.of(partition));
  }

  /** Offset of the oldest record that is kept. */
  public long begin() {
    return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /** Offset that the next record will get. */
  public long end() {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /** Offset of the first record appended at or after a moment; the end where there is none. */
  public long offsetAt(long epochMillis) {
    OffsetAndTimestamp found =
        consumer.offsetsForTimes(Map.of(partition, epochMillis)).get(partition);
    return found == null ? end() : found.offset();
  }

  /**
   * Hands over each record from one offset up to, not including, another.
   *
   * @throws ImException 500 when Kafka gives no more records before that, or does not keep the
   *     first any more
   */
  public void read(long from, long to, Consumer<LaneRecord> sink) {
    consumer.seek(partition, from);
    long at = from;
    long lastNews = System.nanoTime();
    while (at < to) {
      for (ConsumerRecord<byte[], byte[]> record : poll(at)) {
        if (record.offset() >= to) {
          return;
        }
        sink.accept(LaneConsumer.laneRecord(record));
      }
      long now = System.nanoTime();
      long next = consumer.position(partition);
      if (next > at) {
        at = next;
        lastNews = now;
      } else if (now - lastNews > stallLimit.toNanos()) {
        throw ImException.internal(partition + " ends at " + at + " instead of " + to, null);
      }
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> poll(long at) {
    try {
      return consumer.poll(POLL).records(partition);
    } catch (OffsetOutOfRangeException e) {
      throw ImException.internal(partition + " does not hold offset " + at, e);
    }
  }

  /** All records from one offset up to, not including, another. */
  public List<LaneRecord> read(long from, long to) {
    List<LaneRecord> records = new ArrayList<>();
    read(from, to, records::add);
    return records;
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
