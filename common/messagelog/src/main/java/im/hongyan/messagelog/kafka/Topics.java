package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics and how they are made (docs/sequencing.md, Topics). */
public final class Topics {
  /** Accepted messages, by lane. */
  public static final String INBOUND = "im-inbound";

  /** Numbered messages and claims, by lane: the truth. */
  public static final String SEQUENCED = "im-sequenced";

  /** What users who were not reached are notified of, by lane of the message. */
  public static final String OFFLINE_PUSH = "im-offline-push";

  /** Records that no stage can process, unnumbered. */
  public static final String DEAD_LETTERS = "im-dead-letters";

  static final List<String> ALL = List.of(INBOUND, SEQUENCED, OFFLINE_PUSH, DEAD_LETTERS);

  /** After so many records a broker flushes a partition before it acknowledges. */
  private static final String FLUSH = "flush.messages";

  private static final String RETENTION = "retention.ms";

  /** What follows the settings of kafka, so that an installation that differs is another. */
  private static final Set<String> FOLLOWED = Set.of(FLUSH, RETENTION);

  /** The broker deletes nothing: its clock knows nothing of who has taken what. */
  private static final String FOREVER = "-1";

  private static final int TIMEOUT_SECONDS = 15;
  private static final long LOOK_AGAIN_MILLIS = 20;

  private Topics() {}

  /**
   * Creates what is missing, and sets what differs from the settings.
   *
   * @return the topics that were made or changed, sorted
   * @throws ImException 500 with one clear line when Kafka does not answer, or when a topic has
   *     another number of lanes
   */
  public static Set<String> create(KafkaConfig config) {
    return withAdmin(
        config,
        admin -> {
          Set<String> changed = new TreeSet<>(createMissing(admin, config));
          check(admin, config);
          Map<ConfigResource, Collection<AlterConfigOp>> changes =
              differences(admin, config, key -> true);
          if (!changes.isEmpty()) {
            admin.incrementalAlterConfigs(changes).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
          }
          changes.keySet().forEach(topic -> changed.add(topic.name()));
          return changed;
        });
  }

  /**
   * Demands that the topics are there, as the settings say.
   *
   * @throws ImException 500 with one clear line when Kafka does not answer, or when a topic is
   *     missing or is another
   */
  public static void require(KafkaConfig config) {
    withAdmin(
        config,
        admin -> {
          Set<String> missing = new TreeSet<>(ALL);
          missing.removeAll(admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
          if (!missing.isEmpty()) {
            throw new StoreUnavailableException(
                "Kafka at "
                    + config.address()
                    + " lacks topics: "
                    + String.join(", ", missing)
                    + "; run ./hongyan migrate");
          }
          check(admin, config);
          Set<String> others = new TreeSet<>();
          differences(admin, config, FOLLOWED::contains)
              .keySet()
              .forEach(topic -> others.add(topic.name()));
          if (!others.isEmpty()) {
            throw new StoreUnavailableException(
                "topics at Kafka differ from kafka.durability or kafka.retention: "
                    + String.join(", ", others)
                    + "; run ./hongyan migrate");
          }
          return others;
        });
  }

  @FunctionalInterface
  private interface Work<T> {
    T with(Admin admin) throws ExecutionException, InterruptedException, TimeoutException;
  }

  /** A client for administration that gives up in time; its creator closes it. */
  static Admin admin(KafkaConfig config, int timeoutSeconds) {
    Properties properties = config.clientProperties();
    properties.put("default.api.timeout.ms", timeoutSeconds * 1000);
    properties.put("request.timeout.ms", 5000);
    return Admin.create(properties);
  }

  private static <T> T withAdmin(KafkaConfig config, Work<T> work) {
    try (Admin admin = admin(config, TIMEOUT_SECONDS)) {
      return work.with(admin);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreUnavailableException(
          "Kafka at " + config.address() + " does not answer (" + reason(e) + "); " + remedy(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  private static Set<String> createMissing(Admin admin, KafkaConfig config)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<NewTopic> topics = new ArrayList<>();
    for (String name : ALL) {
      int partitions = name.equals(DEAD_LETTERS) ? 1 : config.lanes();
      topics.add(
          new NewTopic(name, partitions, (short) config.replicas())
              .configs(settings(name, config)));
    }
    Set<String> made = new TreeSet<>();
    for (var created : admin.createTopics(topics).values().entrySet()) {
      try {
        created.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        made.add(created.getKey());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    return made;
  }

  /** What is set on a topic. */
  static Map<String, String> settings(String topic, KafkaConfig config) {
    Map<String, String> settings = new HashMap<>();
    settings.put("min.insync.replicas", config.replicas() > 2 ? "2" : "1");
    settings.put("unclean.leader.election.enable", "false");
    settings.put("message.timestamp.type", "LogAppendTime");
    settings.put("max.message.bytes", "2097152");
    settings.put(RETENTION, retention(topic, config));
    if (config.durability() == KafkaConfig.Durability.POWER) {
      settings.put(FLUSH, "1");
    }
    return settings;
  }

  /** What followers read is deleted by us alone, behind the slowest of them. */
  private static String retention(String topic, KafkaConfig config) {
    return topic.equals(DEAD_LETTERS) ? Long.toString(config.retention().toMillis()) : FOREVER;
  }

  /** What must be set on topics that were made before the settings were changed. */
  private static Map<ConfigResource, Collection<AlterConfigOp>> differences(
      Admin admin, KafkaConfig config, Predicate<String> compared)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<ConfigResource> topics =
        ALL.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    admin
        .describeConfigs(topics)
        .all()
        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .forEach((topic, found) -> {
          List<AlterConfigOp> own = new ArrayList<>();
          Map<String, String> wanted = settings(topic.name(), config);
          wanted.forEach((key, value) -> {
            if (compared.test(key) && !value.equals(found.get(key).value())) {
              own.add(set(key, value));
            }
          });
          if (!wanted.containsKey(FLUSH) && found.get(FLUSH).value().equals("1")) {
            own.add(delete(FLUSH));
          }
          if (!own.isEmpty()) {
            changes.put(topic, own);
          }
        });
    return changes;
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private static AlterConfigOp delete(String name) {
    return new AlterConfigOp(new ConfigEntry(name, ""), AlterConfigOp.OpType.DELETE);
  }

  private static String remedy(Exception failure) {
    return failure.getCause() instanceof AuthenticationException
        ? "set kafka.username, kafka.password and kafka.saslMechanism"
        : "start it, or set kafka.address";
  }

  private static String reason(Exception failure) {
    Throwable cause = failure.getCause();
    return String.valueOf((cause == null ? failure : cause).getMessage());
  }

  private static void check(Admin admin, KafkaConfig config)
      throws ExecutionException, InterruptedException, TimeoutException {
    for (var topic : describe(admin).values()) {
      if (topic.partitions().size() != config.lanes()) {
        throw new StoreUnavailableException(
            "topic "
                + topic.name()
                + " has "
                + topic.partitions().size()
                + " partitions but kafka.lanes is "
                + config.lanes()
                + "; the number of lanes never changes after set-up");
      }
    }
  }

  /** Waits until the broker that is asked knows the topics that were just made. */
  private static Map<String, TopicDescription> describe(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (true) {
      try {
        return admin
            .describeTopics(Set.of(INBOUND, SEQUENCED, OFFLINE_PUSH))
            .allTopicNames()
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw e;
        }
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }
}
