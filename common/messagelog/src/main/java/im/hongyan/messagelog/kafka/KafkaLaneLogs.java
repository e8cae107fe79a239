package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneRecord;
import java.util.concurrent.CompletableFuture;

/** The lanes' logs in Kafka; each opened part has a client of its own. Safe for several threads. */
public final class KafkaLaneLogs implements LaneLogs {
  private final KafkaConfig config;
  private final String owner;

  /** Uses the process's name as that of the lanes' owner. */
  public KafkaLaneLogs(KafkaConfig config, String owner) {
    this.config = config;
    this.owner = owner;
  }

  @Override
  public Appends appends(int lane) {
    LaneProducer producer = new LaneProducer(config, "sequencer-" + lane + "-" + owner);
    try {
      producer.awaitTopic(Topics.SEQUENCED);
      producer.awaitTopic(Topics.DEAD_LETTERS);
    } catch (RuntimeException e) {
      producer.close();
      throw e;
    }
    return new KafkaAppends(lane, producer);
  }

  @Override
  public LaneLog sequenced(int lane) {
    return new KafkaLaneLog(config, Topics.SEQUENCED, lane);
  }

  @Override
  public LaneLog inbound(int lane) {
    return new KafkaLaneLog(config, Topics.INBOUND, lane);
  }

  /**
   * A failed append ends the producer before it sends anything else: a later record of the batch
   * would leave a gap in the seqs, and count as proof that all inbound records before it are
   * handled. What is in flight already is accepted by the broker only behind the failed one.
   */
  private record KafkaAppends(int lane, LaneProducer producer) implements Appends {
    @Override
    public CompletableFuture<Long> append(byte[] value) {
      return producer
          .append(Topics.SEQUENCED, lane, value)
          .whenComplete((offset, failure) -> {
            if (failure != null) {
              producer.close();
            }
          });
    }

    @Override
    public CompletableFuture<?> deadLetter(LaneRecord record, String reason) {
      return producer.append(Topics.DEAD_LETTERS, 0, DeadLetters.encode(lane, record, reason));
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
