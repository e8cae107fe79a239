package im.hongyan.benchservers;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.LaneRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The two hops through Kafka of a message's way, and nothing else: produce to im-inbound, fetch,
 * produce to im-sequenced, fetch. The relay between them has one batch in flight, as the sequencer
 * has. {@link #produce} may be called by any thread; the lifecycle given stops the rest.
 */
final class BrokerPath {
  private static final int MAX_BATCH_RECORDS = 500;

  private final int lanes;
  private final LaneProducer producer;

  /** What arrives at the end, called by the last consumer's thread. */
  interface Sink {
    void received(LaneRecord record);
  }

  /** Makes the topics and starts both consumers. */
  BrokerPath(KafkaConfig config, Sink sink, Lifecycle lifecycle) {
    lanes = config.lanes();
    Topics.create(config);
    producer = lifecycle.add("producer", new LaneProducer(config, "spike-in"));
    producer.awaitTopic(Topics.INBOUND);
    LaneProducer relay = lifecycle.add("relay producer", new LaneProducer(config, "spike-relay"));
    relay.awaitTopic(Topics.SEQUENCED);
    lifecycle.add(
        "relay",
        new LaneConsumer(config, reading(Topics.INBOUND, "spike-relay"), new Relay(relay)));
    lifecycle.add(
        "sink", new LaneConsumer(config, reading(Topics.SEQUENCED, "spike-sink"), new End(sink)));
  }

  private static LaneConsumer.Reading reading(String topic, String group) {
    return new LaneConsumer.Reading(topic, group, group, false, MAX_BATCH_RECORDS);
  }

  /** Appends to the first topic; the future is done once the broker has acknowledged it. */
  CompletableFuture<Long> produce(long number, byte[] value) {
    return producer.append(Topics.INBOUND, (int) (number % lanes), value);
  }

  /** Produces what a poll returned, waits for it, and only then polls again. */
  private static final class Relay implements LaneConsumer.Handler {
    private final LaneProducer producer;
    private final List<CompletableFuture<Long>> inFlight = new ArrayList<>();

    Relay(LaneProducer producer) {
      this.producer = producer;
    }

    @Override
    public LaneStart start(int lane, long begin) {
      return LaneStart.at(begin);
    }

    @Override
    public void stop(int lane) {}

    @Override
    public void handle(int lane, List<LaneRecord> records) {
      for (LaneRecord record : records) {
        inFlight.add(producer.append(Topics.SEQUENCED, lane, record.value()));
      }
    }

    @Override
    public Set<Integer> finish() {
      inFlight.forEach(CompletableFuture::join);
      inFlight.clear();
      return Set.of();
    }
  }

  private record End(Sink sink) implements LaneConsumer.Handler {
    @Override
    public LaneStart start(int lane, long begin) {
      return LaneStart.at(begin);
    }

    @Override
    public void stop(int lane) {}

    @Override
    public void handle(int lane, List<LaneRecord> records) {
      records.forEach(sink::received);
    }
  }
}
