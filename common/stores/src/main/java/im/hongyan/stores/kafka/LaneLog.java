package im.hongyan.stores.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads stretches of one lane, outside any group. Single-threaded; its creator closes it. */
public final class LaneLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;

  /** Opens a lane of a topic. */
  public LaneLog(KafkaConfig config, String topic, int lane) {
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

  /** Hands over each record from one offset up to, not including, another. */
  public void read(long from, long to, Consumer<LaneRecord> sink) {
    consumer.seek(partition, from);
    while (consumer.position(partition) < to) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
        if (record.offset() >= to) {
          return;
        }
        sink.accept(LaneConsumer.laneRecord(record));
      }
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
