package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.logging.RareLog;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
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

  /** A lane that waits for an operator, or for long, is looked at again after this. */
  private static final long FAULT_RETRY_NANOS = 2_000_000_000L;

  private static final Duration ASK = Duration.ofSeconds(5);

  private static final long COMMIT_EVERY_NANOS = 1_000_000_000L;

  /** What is done with the lanes; all calls come from the consumer's thread. */
  public interface Handler {
    /**
     * The lane is ours now; where to start, or {@link LaneStart#NOT_YET} to be asked again, or
     * {@link LaneStart#LATER} to be asked after a pause. A failure is tried again too.
     *
     * @param begin offset of the oldest record that the log keeps
     * @throws LaneFaultException when an operator must act
     */
    LaneStart start(int lane, long begin);

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

  /** When each of these lanes is started, in nanoseconds. */
  private final Map<Integer, Long> waitingToStart = new HashMap<>();

  private final Map<Integer, String> faults = new ConcurrentSkipListMap<>();
  private final RareLog faultLines = new RareLog();
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
    Properties properties = config.clientProperties();
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
          consumer.poll(startsSoon() || handler.hasPendingWork() ? POLL_WHILE_WAITING : POLL);
      for (TopicPartition partition : records.partitions()) {
        deliver(partition, records.records(partition));
      }
      for (int lane : handler.finish()) {
        if (owned.contains(lane)) {
          startAgain(lane);
        }
      }
      commitChecked();
    } catch (WakeupException e) {
      throw e;
    } catch (InvalidOffsetException e) {
      LOG.warn("{}: a lane cannot be read, starting it again: {}", name, e.toString());
      e.partitions().forEach(partition -> startAgain(partition.partition()));
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
      startAgain(lane);
      pause();
    }
  }

  private boolean startsSoon() {
    long now = System.nanoTime();
    return waitingToStart.values().stream().anyMatch(at -> at - now <= 0);
  }

  private void startAgain(int lane) {
    waitingToStart.put(lane, System.nanoTime());
  }

  private void startWaiting() {
    for (var waiting : List.copyOf(waitingToStart.entrySet())) {
      int lane = waiting.getKey();
      if (waiting.getValue() - System.nanoTime() > 0) {
        continue;
      }
      try {
        start(lane);
      } catch (WakeupException e) {
        throw e;
      } catch (LaneFaultException fault) {
        atFault(lane, fault);
      } catch (RuntimeException e) {
        LOG.warn("{}: lane {} cannot start yet: {}", name, lane, e.toString());
        pause();
      }
    }
  }

  private void start(int lane) {
    TopicPartition partition = new TopicPartition(topic, lane);
    long begin = offset(consumer.beginningOffsets(List.of(partition), ASK), partition);
    LaneStart start = handler.start(lane, begin);
    if (start.equals(LaneStart.NOT_YET)) {
      return;
    }
    if (start.equals(LaneStart.LATER)) {
      waitingToStart.put(lane, System.nanoTime() + FAULT_RETRY_NANOS);
      return;
    }
    long end = offset(consumer.endOffsets(List.of(partition), ASK), partition);
    consumer.seek(partition, start.within(topic, lane, begin, end));
    start.passedOver(topic, lane, begin).ifPresent(what -> LOG.error("{}: {}", name, what));
    waitingToStart.remove(lane);
    if (faults.remove(lane) != null) {
      LOG.info("{}: lane {} goes on", name, lane);
    }
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new StoreUnavailableException(partition + " has no leader now");
    }
    return offset;
  }

  private void atFault(int lane, LaneFaultException fault) {
    waitingToStart.put(lane, System.nanoTime() + FAULT_RETRY_NANOS);
    String before = faults.put(lane, fault.detail());
    if (before == null || faultLines.due(System.nanoTime())) {
      LOG.error("{}: {}", name, fault.detail());
    }
  }

  /** Pauses lanes that wait to start or have enough; resumes the others. */
  private void flow() {
    for (int lane : owned) {
      List<TopicPartition> partition = List.of(new TopicPartition(topic, lane));
      if (waitingToStart.containsKey(lane) || !handler.acceptsMore(lane)) {
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
    return running && thread.isAlive();
  }

  /** Why lanes cannot go on until an operator acts; empty where all can. */
  public String faults() {
    return String.join("; ", faults.values());
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
        startAgain(partition.partition());
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
        faults.remove(partition.partition());
        handler.stop(partition.partition());
      }
    }
  }
}
