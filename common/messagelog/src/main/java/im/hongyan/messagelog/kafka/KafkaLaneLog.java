package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** {@link LaneLog} as its store holds it. Safe for use by several threads. */
public final class KafkaLaneLog implements LaneLog {
  private static final Duration POLL = Duration.ofMillis(200);

  private static final Duration STALL_LIMIT = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;

  private final TopicPartition partition;

  private final Duration stallLimit;

  /** Opens a lane of a topic. */
  public KafkaLaneLog(KafkaConfig config, String topic, int lane) {
    this(config, topic, lane, STALL_LIMIT);
  }

  KafkaLaneLog(KafkaConfig config, String topic, int lane, Duration stallLimit) {
    this.stallLimit = stallLimit;
    Properties properties = config.clientProperties();
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

  @Override
  public long begin() {
    return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  @Override
  public long end() {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  @Override
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
        throw new StoreUnavailableException(partition + " ends at " + at + " instead of " + to);
      }
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> poll(long at) {
    try {
      return consumer.poll(POLL).records(partition);
    } catch (OffsetOutOfRangeException e) {
      throw new StoreUnavailableException(partition + " does not hold offset " + at, e);
    }
  }

  @Override
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
