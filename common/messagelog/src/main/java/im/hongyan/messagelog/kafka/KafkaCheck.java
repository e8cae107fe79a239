package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.check.Finding;
import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;

/** Whether Kafka can be used, and whether the topics are as they must be. Stateless; blocks. */
public final class KafkaCheck {
  private static final int TIMEOUT_SECONDS = 10;
  private static final String MIGRATE = "run ./hongyan migrate";

  /** Level of the feature metadata.version that Kafka 3.9 has. */
  private static final short LEAST_METADATA = 21;

  private final KafkaConfig config;
  private final Admin admin;
  private final String place;
  private final List<Finding> findings = new ArrayList<>();

  private KafkaCheck(KafkaConfig config, Admin admin) {
    this.config = config;
    this.admin = admin;
    place = "Kafka at " + config.address();
  }

  /** What there is to say; changes nothing. */
  public static List<Finding> check(KafkaConfig config) {
    String place = "Kafka at " + config.address();
    try (Admin admin = Topics.admin(config, TIMEOUT_SECONDS)) {
      return new KafkaCheck(config, admin).findings();
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return List.of(
          new Finding(
              place,
              "does not answer (" + cause.getMessage() + ")",
              "start it, or set kafka.address, kafka.username and kafka.password"));
    } catch (ImException e) {
      return List.of(new Finding(place, e.detail(), "see kafka.* of the settings"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(new Finding(place, "interrupted", "ask again"));
    }
  }

  private List<Finding> findings()
      throws ExecutionException, InterruptedException, TimeoutException {
    Collection<Node> brokers =
        admin.describeCluster().nodes().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    checkVersion();
    checkDisk(brokers);
    if (brokers.size() < config.replicas()) {
      problem(
          brokers.size() + " brokers are there, and kafka.replicas is " + config.replicas(),
          "start the others, or set kafka.replicas");
    }
    Set<String> missing = new TreeSet<>(Topics.ALL);
    missing.removeAll(admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    if (!missing.isEmpty()) {
      problem("topics are missing: " + String.join(", ", missing), MIGRATE);
    }
    Set<String> there = new TreeSet<>(Topics.ALL);
    there.removeAll(missing);
    describe(there).values().forEach(this::checkTopic);
    checkSettings(there);
    if (findings.isEmpty()) {
      findings.add(
          Finding.well(
              place, brokers.size() + " brokers, version, rights, topics and disks are well"));
    }
    return findings;
  }

  private void problem(String state, String remedy) {
    findings.add(new Finding(place, state, remedy));
  }

  private void checkVersion() throws ExecutionException, InterruptedException, TimeoutException {
    FinalizedVersionRange metadata =
        admin
            .describeFeatures()
            .featureMetadata()
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .finalizedFeatures()
            .get("metadata.version");
    if (metadata != null && metadata.maxVersionLevel() < LEAST_METADATA) {
      problem(
          "its metadata.version " + metadata.maxVersionLevel() + " is older than that of Kafka 3.9",
          "upgrade the brokers, then kafka-features.sh upgrade");
    }
  }

  private void checkDisk(Collection<Node> brokers)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<Integer, Map<String, LogDirDescription>> all =
        admin
            .describeLogDirs(brokers.stream().map(Node::id).toList())
            .allDescriptions()
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    new TreeMap<>(all)
        .forEach((broker, folders) ->
            folders.forEach((folder, description) -> {
              String at = place + ", broker " + broker + ", " + folder;
              if (description.error() != null) {
                findings.add(
                    new Finding(
                        at,
                        String.valueOf(description.error().getMessage()),
                        "mend or replace the disk"));
              } else if (description.totalBytes().isPresent()
                  && description.usableBytes().isPresent()) {
                Finding.requireFree(
                    findings,
                    at,
                    description.usableBytes().getAsLong(),
                    description.totalBytes().getAsLong());
              }
            }));
  }

  private Map<String, TopicDescription> describe(Set<String> topics)
      throws ExecutionException, InterruptedException, TimeoutException {
    return new TreeMap<>(
        admin
            .describeTopics(topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .allTopicNames()
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
  }

  private void checkTopic(TopicDescription topic) {
    String name = "topic " + topic.name();
    if (!topic.name().equals(Topics.DEAD_LETTERS) && topic.partitions().size() != config.lanes()) {
      problem(
          name
              + " has "
              + topic.partitions().size()
              + " partitions, and kafka.lanes is "
              + config.lanes(),
          "set kafka.lanes to the number of set-up, which never changes");
    }
    int leaderless = 0;
    int behind = 0;
    int few = 0;
    for (TopicPartitionInfo partition : topic.partitions()) {
      leaderless += partition.leader() == null ? 1 : 0;
      behind += partition.isr().size() < partition.replicas().size() ? 1 : 0;
      few += partition.replicas().size() < config.replicas() ? 1 : 0;
    }
    if (leaderless > 0) {
      problem(name + ": " + leaderless + " partitions have no leader", "start their brokers");
    } else if (behind > 0) {
      problem(
          name + ": " + behind + " partitions have replicas that are behind",
          "start or mend their brokers");
    }
    if (few > 0) {
      problem(
          name + ": " + few + " partitions have fewer replicas than kafka.replicas",
          "kafka-reassign-partitions.sh, or set kafka.replicas");
    }
    Set<AclOperation> allowed = topic.authorizedOperations();
    if (allowed != null && !allowed.containsAll(Set.of(AclOperation.READ, AclOperation.WRITE))) {
      problem(
          name + ": its user may not read and write it",
          "kafka-acls.sh --add --operation All for that user");
    }
  }

  private void checkSettings(Set<String> topics)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<ConfigResource, Config> found =
        admin.describeConfigs(resources).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    found.forEach((topic, settings) ->
        new TreeMap<>(Topics.settings(topic.name(), config))
            .forEach((key, wanted) -> {
              String value = settings.get(key).value();
              if (!wanted.equals(value)) {
                problem(
                    "topic "
                        + topic.name()
                        + ": "
                        + key
                        + " is "
                        + value
                        + " and must be "
                        + wanted,
                    MIGRATE);
              }
            }));
  }
}
