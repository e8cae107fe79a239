package im.hongyan.transfer.storage;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.DeadLetters;
import im.hongyan.messagelog.kafka.LaneLog;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecord;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.transfer.sequencer.LaneLogPort;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The lanes' logs in Kafka; each opened part has a client of its own. Safe for several threads. */
public final class KafkaLaneLog implements LaneLogPort {
  private final KafkaConfig config;
  private final String owner;

  /** Creates access under the name of a process. */
  public KafkaLaneLog(KafkaConfig config, String owner) {
    this.config = config;
    this.owner = owner;
  }

  @Override
  public Appends appends(int lane) {
    return new KafkaAppends(lane, new LaneProducer(config, "sequencer-" + lane + "-" + owner));
  }

  @Override
  public LogRange sequenced(int lane) {
    return new KafkaLogRange(new LaneLog(config, Topics.SEQUENCED, lane));
  }

  @Override
  public LogRange inbound(int lane) {
    return new KafkaLogRange(new LaneLog(config, Topics.INBOUND, lane));
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
    public void deadLetter(LaneRecord record, String reason) {
      producer.append(Topics.DEAD_LETTERS, 0, DeadLetters.encode(lane, record, reason)).join();
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  private record KafkaLogRange(LaneLog log) implements LogRange {
    @Override
    public long begin() {
      return log.begin();
    }

    @Override
    public long end() {
      return log.end();
    }

    @Override
    public void read(long from, long to, Consumer<LaneRecord> sink) {
      log.read(from, to, sink);
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
