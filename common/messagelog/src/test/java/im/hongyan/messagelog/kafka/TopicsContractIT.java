package im.hongyan.messagelog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that the topics are made once, as docs/sequencing.md wants them, and that lanes stay as
 * many.
 */
@ExtendWith(TestStoresExtension.class)
class TopicsContractIT {
  private static KafkaConfig config;

  @BeforeAll
  static void start(TestStores servers) {
    config = KafkaConfig.from(servers.kafka());
  }

  private static Admin admin() {
    return Admin.create(config.clientProperties());
  }

  @Test
  void creatingAgainChangesNothing() throws ExecutionException, InterruptedException {
    Topics.create(config);
    Topics.create(config);
    try (Admin admin = admin()) {
      var topics =
          admin
              .describeTopics(
                  Set.of(
                      Topics.INBOUND, Topics.SEQUENCED, Topics.OFFLINE_PUSH, Topics.DEAD_LETTERS))
              .allTopicNames()
              .get();
      Map<String, Integer> lanes = new HashMap<>();
      topics.forEach((name, topic) -> lanes.put(name, topic.partitions().size()));
      assertThat(lanes)
          .isEqualTo(
              Map.of(
                  Topics.INBOUND, config.lanes(),
                  Topics.SEQUENCED, config.lanes(),
                  Topics.OFFLINE_PUSH, config.lanes(),
                  Topics.DEAD_LETTERS, 1));
    }
  }

  @Test
  void theLogsAreSetUpToBeTheTruth() throws ExecutionException, InterruptedException {
    Topics.create(config);
    ConfigResource sequenced = new ConfigResource(ConfigResource.Type.TOPIC, Topics.SEQUENCED);
    try (Admin admin = admin()) {
      Map<String, String> settings = new HashMap<>();
      for (var topic : admin.describeConfigs(Set.of(sequenced)).all().get().values()) {
        topic.entries().forEach(entry -> settings.put(entry.name(), entry.value()));
      }
      assertThat(settings)
          .containsEntry("unclean.leader.election.enable", "false")
          .containsEntry("message.timestamp.type", "LogAppendTime")
          .containsEntry("retention.ms", "-1");
    }
  }

  /** What followers read is deleted by us alone; what an older version had set is set right. */
  @Test
  void aBrokersClockDeletesNothingThatFollowersRead()
      throws ExecutionException, InterruptedException {
    Topics.create(config);
    ConfigResource inbound = new ConfigResource(ConfigResource.Type.TOPIC, Topics.INBOUND);
    ConfigEntry week = new ConfigEntry("retention.ms", "604800000");
    try (Admin admin = admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(inbound, List.of(new AlterConfigOp(week, AlterConfigOp.OpType.SET))))
          .all()
          .get();
      Topics.create(config);
      Eventually.eventually(() ->
          assertThat(
                  admin.describeConfigs(Set.of(inbound)).all().get().values().stream()
                      .map(settings -> settings.get("retention.ms").value()))
              .containsExactly("-1"));
    }
  }

  @Test
  void durabilityIsFollowedThereAndBack() throws ExecutionException, InterruptedException {
    Topics.create(config);
    assertThat(flushes()).doesNotContainValue("1");
    Topics.create(
        new KafkaConfig(
            config.address(),
            config.lanes(),
            config.replicas(),
            config.retention(),
            KafkaConfig.Durability.POWER,
            config.login()));
    Eventually.eventually(() ->
        assertThat(flushes())
            .isEqualTo(
                Map.of(Topics.INBOUND, "1", Topics.SEQUENCED, "1", Topics.DEAD_LETTERS, "1")));
    Topics.create(config);
    Eventually.eventually(() -> assertThat(flushes()).doesNotContainValue("1"));
  }

  private static Map<String, String> flushes() {
    Set<ConfigResource> topics = new HashSet<>();
    for (String name : Set.of(Topics.INBOUND, Topics.SEQUENCED, Topics.DEAD_LETTERS)) {
      topics.add(new ConfigResource(ConfigResource.Type.TOPIC, name));
    }
    Map<String, String> flushes = new HashMap<>();
    try (Admin admin = admin()) {
      admin
          .describeConfigs(topics)
          .all()
          .get()
          .forEach((topic, settings) ->
              flushes.put(topic.name(), settings.get("flush.messages").value()));
      return flushes;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anotherNumberOfLanesIsRefused() {
    Topics.create(config);
    KafkaConfig more =
        new KafkaConfig(
            config.address(),
            config.lanes() + 1,
            config.replicas(),
            config.retention(),
            config.durability(),
            config.login());
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> Topics.create(more))
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("has " + config.lanes() + " partitions but kafka.lanes is")
        .withMessageNotContaining("does not answer");
  }
}
