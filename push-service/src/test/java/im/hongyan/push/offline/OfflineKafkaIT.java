package im.hongyan.push.offline;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.ConsumerGroups;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.push.online.OfflineHandOff.DeliveryResult;
import im.hongyan.webhooks.PushHooks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * Proves over a real Kafka that a message which was handed over is taken by a provider at least
 * once, whoever is killed, and that what was finished is not taken again.
 */
class OfflineKafkaIT {
  /** One life of the process that takes the topic. */
  private static final class Taker implements AutoCloseable {
    private final KafkaAdmin admin;
    private final Checkpoints checkpoints;
    private final OfflineSender sender;
    private final LaneConsumer consumer;
    private final KafkaConfig kafka;

    Taker(KafkaConfig kafka, FakeProvider provider) {
      this.kafka = kafka;
      admin = new KafkaAdmin(kafka);
      checkpoints = new Checkpoints(admin, ConsumerGroups.OFFLINE, Topics.OFFLINE_PUSH);
      sender =
          new OfflineSender(
              lane -> checkpoints.read(lane).offset(),
              records ->
                  records.stream().map(record -> OptionsOfUsers.getDefaultInstance()).toList(),
              PushHooks.NONE,
              provider,
              new OfflineSender.Tries(3, Duration.ofMillis(1)),
              new SimpleMeterRegistry());
      consumer =
          new LaneConsumer(
              kafka,
              new LaneConsumer.Reading(
                  Topics.OFFLINE_PUSH, ConsumerGroups.OFFLINE, "node", false, 500),
              sender);
    }

    long committed() {
      long all = 0;
      for (int lane = 0; lane < kafka.lanes(); lane++) {
        all += checkpoints.read(lane).offset();
      }
      return all;
    }

    @Override
    public void close() {
      consumer.close();
      sender.close();
      admin.close();
    }
  }

  private static DeliveryResult result(int lane, String id) {
    MsgData message = MsgData.newBuilder().setSessionType(1).setClientMsgID(id).build();
    InboundRecord record =
        InboundRecord.newBuilder()
            .setSendId("sam")
            .addCopies(
                Copy.newBuilder()
                    .setConversationId("si_bob_sam")
                    .setMessage(message.toByteString()))
            .build();
    return new DeliveryResult(lane, record, List.of(List.of("bob", "sam")), Set.of());
  }

  @Test
  void whatIsHandedOverIsTakenAtLeastOnceAndWhatIsFinishedNotAgain() throws Exception {
    try (DataFolder data = DataFolder.ephemeral();
        Lifecycle lifecycle = new Lifecycle()) {
      Map<String, String> address = EmbeddedStores.start(EnumSet.of(Kind.KAFKA), data, lifecycle);
      KafkaConfig kafka = KafkaConfig.from(Settings.load(Path.of("none"), Map.of(), address));
      Topics.create(kafka);
      try (LaneProducer producer = new LaneProducer(kafka, "hand-off")) {
        producer.awaitTopic(Topics.OFFLINE_PUSH);
        KafkaHandOff handOff = new KafkaHandOff(producer);
        handOff.hand(result(0, "one")).get();
        handOff.hand(result(kafka.lanes() - 1, "other lane")).get();
        FakeProvider first = new FakeProvider();
        first.waits.put("stuck", new CountDownLatch(1));
        try (Taker process = new Taker(kafka, first)) {
          eventually(() -> assertThat(first.ids()).containsExactlyInAnyOrder("one", "other lane"));
          handOff.hand(result(0, "stuck")).get();
          handOff.hand(result(0, "behind")).get();
          eventually(() -> assertThat(first.ids()).contains("behind"));
          eventually(() -> assertThat(process.committed()).isEqualTo(2));
        }
        FakeProvider second = new FakeProvider();
        try (Taker process = new Taker(kafka, second)) {
          eventually(() -> assertThat(process.committed()).isEqualTo(4));
          assertThat(second.ids()).containsExactlyInAnyOrder("stuck", "behind");
        }
      }
    }
  }
}
