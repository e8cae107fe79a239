package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker in this JVM, with its controller. Where Kafka would end its process, on a full
 * disk for example, this one stops serving, says why, and begins anew until that succeeds. One per
 * JVM, since those procedures are global. Its creator closes it.
 */
final class EmbeddedKafka implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  static final String NAME = "kafka";
  private static final String CLIENTS = "CLIENTS";
  private static final String CONTROLLER = "CONTROLLER";
  private static final long RETRY_MILLIS = 2_000;

  private final DataFolder data;
  private final Time time;
  private final Map<String, String> more;
  private final int port;
  private final int controllerPort;
  private final Secret password;
  private final Thread keeper;
  private KafkaRaftServer server;
  private boolean failed;
  private boolean closed;

  EmbeddedKafka(DataFolder data) {
    this(data, Time.SYSTEM, Map.of());
  }

  /**
   * One with a clock of its own.
   *
   * @param more settings of the broker, beside those that every one has
   */
  EmbeddedKafka(DataFolder data, Time time, Map<String, String> more) {
    this.data = data;
    this.time = time;
    this.more = Map.copyOf(more);
    port = data.port(NAME);
    controllerPort = data.port("kafka-controller");
    password = data.secret(NAME);
    Exit.setExitProcedure(this::onExit);
    Exit.setHaltProcedure(this::onExit);
    server = start();
    keeper = Thread.ofPlatform().name("keep-kafka").daemon().start(this::keep);
  }

  private KafkaRaftServer start() {
    Path logs = data.folder(NAME).resolve("log");
    try {
      if (!Files.exists(logs.resolve("meta.properties"))) {
        format(logs);
      }
    } catch (Exception e) {
      throw new IllegalStateException("Kafka's folder " + logs + " cannot be set up", e);
    }
    KafkaRaftServer fresh = new KafkaRaftServer(new KafkaConfig(settings(logs)), time);
    boolean started = false;
    try {
      fresh.startup();
      started = true;
      return fresh;
    } finally {
      if (!started) {
        // Also where a signal interrupted it: what it had begun writes into the folder.
        boolean interrupted = Thread.interrupted();
        stop(fresh);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static void format(Path logs) throws Exception {
    Files.createDirectories(logs);
    new Formatter()
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .setControllerListenerName(CONTROLLER)
        .setDirectories(List.of(logs.toString()))
        .setMetadataLogDirectory(logs.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setIgnoreFormatted(true)
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .run();
  }

  private Properties settings(Path logs) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", CONTROLLER);
    settings.put(
        "listeners",
        "%s://127.0.0.1:%d,%s://127.0.0.1:%d".formatted(CLIENTS, port, CONTROLLER, controllerPort));
    settings.put("advertised.listeners", CLIENTS + "://127.0.0.1:" + port);
    authentication(settings);
    settings.put("log.dirs", logs.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.segment.bytes", "16777216");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("log.cleaner.dedupe.buffer.size", "1500000");
    settings.put("log.segment.bytes", "134217728");
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "1");
    settings.put("num.replica.fetchers", "1");
    settings.put("background.threads", "2");
    settings.put("queued.max.requests", "200");
    settings.put("controlled.shutdown.enable", "false");
    settings.putAll(more);
    return settings;
  }

  /** Both listeners ask for the password, of clients and of the broker itself. */
  private void authentication(Properties settings) {
    String mechanism = ScramPassword.MECHANISM.mechanismName();
    settings.put(
        "listener.security.protocol.map",
        "%s:SASL_PLAINTEXT,%s:SASL_PLAINTEXT".formatted(CLIENTS, CONTROLLER));
    settings.put("inter.broker.listener.name", CLIENTS);
    settings.put("sasl.enabled.mechanisms", mechanism);
    settings.put("sasl.mechanism.inter.broker.protocol", mechanism);
    settings.put("sasl.mechanism.controller.protocol", mechanism);
    for (String listener : List.of(CLIENTS, CONTROLLER)) {
      String prefix =
          "listener.name.%s.%s.".formatted(listener, mechanism).toLowerCase(Locale.ROOT);
      settings.put(
          prefix + "sasl.jaas.config",
          "%s required username=\"%s\" password=\"%s\";"
              .formatted(ScramLoginModule.class.getName(), ScramPassword.USER, password.reveal()));
      settings.put(prefix + "sasl.server.callback.handler.class", ScramPassword.class.getName());
    }
  }

  /** Called by a thread of Kafka that found it cannot go on; must not return. */
  private void onExit(int status, String message) {
    LOG.error(
        "Kafka stops serving: {}; it is started again as soon as that works",
        message == null ? "status " + status : message);
    synchronized (this) {
      failed = true;
      notifyAll();
    }
    throw new IllegalStateException("Kafka has stopped");
  }

  private void keep() {
    try {
      while (true) {
        synchronized (this) {
          while (!failed) {
            wait();
          }
          if (closed) {
            return;
          }
          failed = false;
        }
        Thread.sleep(RETRY_MILLIS);
        restart();
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void restart() {
    stop(server);
    try {
      KafkaRaftServer fresh = start();
      synchronized (this) {
        server = fresh;
      }
      LOG.info("Kafka serves again");
    } catch (RuntimeException e) {
      LOG.warn("Kafka cannot be started again yet: {}", e.toString());
      synchronized (this) {
        failed = true;
      }
    }
  }

  private static void stop(KafkaRaftServer server) {
    try {
      server.shutdown();
      server.awaitShutdown();
    } catch (RuntimeException e) {
      LOG.warn("Kafka did not stop cleanly: {}", e.toString());
    }
  }

  /** The settings that lead to it. */
  Map<String, String> settings() {
    return settings(port, password);
  }

  static Map<String, String> settings(int port, Secret password) {
    return Map.of(
        "kafka.address",
        "127.0.0.1:" + port,
        "kafka.username",
        ScramPassword.USER,
        "kafka.password",
        password.reveal(),
        "kafka.saslMechanism",
        ScramPassword.MECHANISM.mechanismName(),
        "kafka.lanes",
        "4",
        "kafka.replicas",
        "1");
  }

  @Override
  public void close() {
    KafkaRaftServer last;
    synchronized (this) {
      closed = true;
      last = server;
    }
    keeper.interrupt();
    stop(last);
  }
}
