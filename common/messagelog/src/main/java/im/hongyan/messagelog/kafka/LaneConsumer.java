package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.lane.LaneRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a consumer group that works on the lanes it is given. One platform thread owns the
 * Kafka consumer and calls the handler; where a lane starts is the handler's word, never the
 * group's. Its creator closes it.
 */
public final class LaneConsumer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaneConsumer.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration POLL_WHILE_WAITING = Duration.ofMillis(2);
  private static final long RETRY_MILLIS = 500;

  private static final long COMMIT_EVERY_NANOS = 1_000_000_000L;

  /** Answer of a handler whose lane cannot start yet. */
  public static final long NOT_YET = -1;

  /** What is done with the lanes; all calls come from the consumer's thread. */
  public interface Handler {
    /**
     * The lane is ours now; the offset to start at, or {@link LaneConsumer#NOT_YET} to be asked
     * again. A failure is tried again too.
     */
    long start(int lane);

    /** The lane is no longer ours, if it ever started. */
    void stop(int lane);

    /** Takes records in order; after a failure the lane starts again at {@link #start}. */
    void handle(int lane, List<LaneRecord> records);

    /** The end of a turn, after all records that a poll returned; the lanes to start again. */
    default Set<Integer> finish() {
      return Set.of();
    }

    /** What to commit, asked once a second; checkpoints, never the truth. */
    default Map<Integer, Checkpoints.Checkpoint> checkpoints() {
      return Map.of();
    }

    /** Whether something waits that the next poll must not hold up. */
    default boolean hasPendingWork() {
      return false;
    }

    /** Whether more records of the lane are wanted now. */
    default boolean acceptsMore(int lane) {
      return true;
    }
  }

  /**
   * How a group reads.
   *
   * @param batchFetch whether records may wait to make larger batches (nobody waits for the result)
   */
  public record Reading(
      String topic, String group, String member, boolean batchFetch, int maxRecords) {}

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Handler handler;
  private final String topic;
  private final String name;
  private final Thread thread;
  private final Set<Integer> waitingToStart = new HashSet<>();
  private final Set<Integer> owned = new HashSet<>();
  private long lastCommitNanos = System.nanoTime();
  private boolean assigned;
  private volatile boolean closing;
  private volatile boolean running;

  /** Joins the group. */
  public LaneConsumer(KafkaConfig config, Reading reading, Handler handler) {
    this.handler = handler;
    topic = reading.topic();
    name = reading.group();
    consumer =
        new KafkaConsumer<>(
            properties(config, reading), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    thread = Thread.ofPlatform().name(name).unstarted(this::run);
    thread.start();
  }

  static Properties properties(KafkaConfig config, Reading reading) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", config.address());
    properties.put("group.id", reading.group());
    properties.put("group.instance.id", reading.member());
    properties.put("group.protocol", "classic");
    properties.put(
        "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    properties.put("session.timeout.ms", "6000");
    properties.put("heartbeat.interval.ms", "2000");
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    properties.put("fetch.min.bytes", reading.batchFetch() ? "65536" : "1");
    properties.put("fetch.max.wait.ms", reading.batchFetch() ? "50" : "500");
    properties.put("max.poll.records", Integer.toString(reading.maxRecords()));
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  private void run() {
    try {
      consumer.subscribe(List.of(topic), new Rebalance());
      while (!closing) {
        turn();
      }
    } catch (WakeupException e) {
      // closing
    } finally {
      // Leaving the group gives the lanes back, which stops them.
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(2)));
    }
  }

  private void turn() {
    try {
      startWaiting();
      running = assigned && waitingToStart.isEmpty();
      flow();
      ConsumerRecords<byte[], byte[]> records =
          consumer.poll(
              waitingToStart.isEmpty() && !handler.hasPendingWork() ? POLL : POLL_WHILE_WAITING);
      for (TopicPartition partition : records.partitions()) {
        deliver(partition, records.records(partition));
      }
      for (int lane : handler.finish()) {
        if (owned.contains(lane)) {
          waitingToStart.add(lane);
        }
      }
      commitChecked();
    } catch (WakeupException e) {
      throw e;
    } catch (InvalidOffsetException e) {
      LOG.warn("{}: a lane cannot be read, starting it again: {}", name, e.toString());
      e.partitions().forEach(partition -> waitingToStart.add(partition.partition()));
      pause();
    } catch (RuntimeException e) {
      LOG.warn("{}: reading failed, trying again: {}", name, e.toString());
      pause();
    }
  }

  private void deliver(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    int lane = partition.partition();
    try {
      handler.handle(lane, records.stream().map(LaneConsumer::laneRecord).toList());
    } catch (RuntimeException e) {
      LOG.warn("{}: lane {} failed, starting it again: {}", name, lane, e.toString());
      waitingToStart.add(lane);
      pause();
    }
  }

  private void startWaiting() {
    for (int lane : List.copyOf(waitingToStart)) {
      try {
        long from = handler.start(lane);
        if (from != NOT_YET) {
          consumer.seek(new TopicPartition(topic, lane), from);
          waitingToStart.remove(lane);
        }
      } catch (WakeupException e) {
        throw e;
      } catch (RuntimeException e) {
        LOG.warn("{}: lane {} cannot start yet: {}", name, lane, e.toString());
        pause();
      }
    }
  }

  /** Pauses lanes that wait to start or have enough; resumes the others. */
  private void flow() {
    for (int lane : owned) {
      List<TopicPartition> partition = List.of(new TopicPartition(topic, lane));
      if (waitingToStart.contains(lane) || !handler.acceptsMore(lane)) {
        consumer.pause(partition);
      } else {
        consumer.resume(partition);
      }
    }
  }

  private void commitChecked() {
    long now = System.nanoTime();
    if (now - lastCommitNanos < COMMIT_EVERY_NANOS) {
      return;
    }
    lastCommitNanos = now;
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    handler
        .checkpoints()
        .forEach((lane, commit) -> {
          if (owned.contains(lane)) {
            commits.put(
                new TopicPartition(topic, lane),
                new OffsetAndMetadata(commit.offset(), commit.metadata()));
          }
        });
    if (!commits.isEmpty()) {
      consumer.commitAsync(commits, null);
    }
  }

  private void pause() {
    if (closing) {
      return;
    }
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static LaneRecord laneRecord(ConsumerRecord<byte[], byte[]> record) {
    return new LaneRecord(record.offset(), record.timestamp(), record.value());
  }

  /** Whether the group has given out its lanes and all that are ours have started. */
  public boolean isRunning() {
    return running;
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Rebalance implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assigned = true;
      for (TopicPartition partition : partitions) {
        owned.add(partition.partition());
        waitingToStart.add(partition.partition());
        // A position must exist at once; the true one follows before the first record is read.
        consumer.seek(partition, 0);
        consumer.pause(List.of(partition));
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      for (TopicPartition partition : partitions) {
        owned.remove(partition.partition());
        waitingToStart.remove(partition.partition());
        handler.stop(partition.partition());
      }
    }
  }
}
