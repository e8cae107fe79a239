package im.hongyan.standalone;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.LocalConfigCentre;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.server.AllSettings;
import im.hongyan.server.ListenAddress;
import im.hongyan.server.OpenFiles;
import im.hongyan.server.ProcessConfig;
import im.hongyan.server.Program;
import im.hongyan.server.Role;
import im.hongyan.server.ServerProcess;
import im.hongyan.server.ServiceProcess;
import im.hongyan.server.Stores;
import im.hongyan.server.StoresConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system in this JVM, over embedded stores where the settings name none. One per JVM. Its
 * creator closes it, which ends the embedded stores too.
 */
public final class Standalone implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
  private static final String NODE = "standalone";
  private static final int LEAST_OPEN_FILES = 1_024;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  private final Options options;
  private final Set<EmbeddedStores.Kind> embedded;
  private final Map<String, String> overrides;
  private final Optional<DataFolder> data;
  private final Lifecycle stores;
  private final AtomicBoolean restartWaits = new AtomicBoolean();
  private volatile ServerProcess process;
  private boolean closed;

  private Standalone(
      Options options,
      Set<EmbeddedStores.Kind> embedded,
      Map<String, String> overrides,
      Optional<DataFolder> data,
      Lifecycle stores) {
    this.options = options;
    this.embedded = embedded;
    this.overrides = Map.copyOf(overrides);
    this.data = data;
    this.stores = stores;
    process = serve();
  }

  /**
   * What to start with.
   *
   * @param file the YAML file; may be missing
   * @param environment variables of the process
   * @param overrides settings from the command line
   * @param data data folder; none for a throw-away one
   */
  public record Options(
      Path file,
      Map<String, String> environment,
      Map<String, String> overrides,
      Optional<Path> data) {
    /** Copies the maps. */
    public Options {
      environment = Map.copyOf(environment);
      overrides = Map.copyOf(overrides);
    }
  }

  /**
   * Starts everything and returns once it serves.
   *
   * @throws im.hongyan.kit.config.ConfigException when a setting cannot be used
   * @throws RuntimeException when a store does not start, with one clear line
   */
  public static Standalone start(Options options) {
    Settings asked = Settings.load(options.file(), options.environment(), options.overrides());
    AllSettings all = AllSettings.read(asked);
    EnumSet<EmbeddedStores.Kind> embedded = embedded(asked);
    Logging.start(asked);
    OpenFiles.require(LEAST_OPEN_FILES);
    ListenAddress.requireFree(addresses(asked, all.process()));
    requireAnswers(all.stores(), EnumSet.complementOf(embedded));
    Lifecycle stores = new Lifecycle();
    boolean serves = false;
    try {
      Map<String, String> overrides = new HashMap<>(options.overrides());
      Optional<DataFolder> data = Optional.empty();
      if (!embedded.isEmpty()) {
        data = Optional.of(folder(options, stores));
        overrides.putAll(EmbeddedStores.start(embedded, data.get(), stores));
      }
      Standalone standalone = new Standalone(options, embedded, overrides, data, stores);
      serves = true;
      return standalone;
    } finally {
      if (!serves) {
        stores.close();
      }
    }
  }

  private static EnumSet<EmbeddedStores.Kind> embedded(Settings settings) {
    EnumSet<EmbeddedStores.Kind> embedded = EnumSet.noneOf(EmbeddedStores.Kind.class);
    for (EmbeddedStores.Kind kind : EmbeddedStores.Kind.values()) {
      if (!settings.present(kind.key())) {
        embedded.add(kind);
      }
    }
    return embedded;
  }

  /** Starts every service over the stores, and returns once they serve. */
  private ServerProcess serve() {
    Settings settings = Settings.load(options.file(), options.environment(), overrides);
    AllSettings all = AllSettings.read(settings);
    ProcessConfig own = all.process();
    Lifecycle lifecycle = new Lifecycle();
    boolean serves = false;
    try {
      ServerProcess started =
          new ServerProcess(
              all.stores(),
              NODE,
              new InProcessLocator(NODE),
              lifecycle,
              new LocalConfigCentre(settings, this::restart),
              MetricsTargets.NONE,
              Stores.Preparation.MIGRATE);
      started.start(all.inOrder());
      if (own.opsPort() > 0) {
        ServiceProcess.managementEndpoints(own, started, lifecycle);
      }
      data.ifPresent(folder -> ManagementAddress.keep(folder, own, started.address("api")));
      started.awaitReady(READY_LIMIT);
      serves = true;
      return started;
    } finally {
      if (!serves) {
        lifecycle.close();
      }
    }
  }

  /**
   * Lets every service take leave of its clients and start again over the same stores, with the
   * settings as they are then; returns at once. Several that wait for one under way are one.
   */
  void restart() {
    if (restartWaits.compareAndSet(false, true)) {
      Thread.ofPlatform().name("restart").start(this::restartNow);
    }
  }

  private void restartNow() {
    try {
      serveAgain();
    } catch (RuntimeException e) {
      LOG.error("the services cannot be started again; the process ends", e);
      Program.fail();
    }
  }

  private synchronized void serveAgain() {
    restartWaits.set(false);
    if (!closed && mayStart()) {
      LOG.info("asked to start again");
      process.close();
      process = serve();
      LOG.info("Hongyan serves again: REST {}, WebSocket {}", api(), webSocket());
    }
  }

  /** What could not be started is not stopped: the settings are read first. */
  private boolean mayStart() {
    try {
      AllSettings.read(Settings.load(options.file(), options.environment(), overrides));
      Settings asked = Settings.load(options.file(), options.environment(), options.overrides());
      if (!embedded(asked).equals(embedded)) {
        throw new ConfigException("the file names other stores than before; stop and run again");
      }
      return true;
    } catch (ConfigException e) {
      LOG.error("not started again, and nothing is stopped: {}", e.getMessage());
      return false;
    }
  }

  /** Asks the stores that the settings name before the others are started. */
  private static void requireAnswers(StoresConfig config, Set<EmbeddedStores.Kind> named) {
    for (EmbeddedStores.Kind kind : named) {
      switch (kind) {
        case MYSQL -> MySql.open(config.mysql(), new SimpleMeterRegistry()).close();
        case MONGO -> Mongo.open(config.mongoUri(), config.mongoDatabase()).close();
        case REDIS -> Redis.open(config.redisUri()).close();
        case KAFKA -> Topics.create(config.kafka());
      }
    }
  }

  private static List<ListenAddress> addresses(Settings settings, ProcessConfig own) {
    List<ListenAddress> addresses = new ArrayList<>();
    for (Role role : Role.values()) {
      addresses.addAll(role.addresses(settings));
    }
    if (own.opsPort() > 0) {
      addresses.add(own.opsAddress());
    }
    return addresses;
  }

  private static DataFolder folder(Options options, Lifecycle lifecycle) {
    DataFolder folder = options.data().map(DataFolder::open).orElseGet(DataFolder::ephemeral);
    return lifecycle.add("data folder", folder);
  }

  /** Where the WebSocket gateway listens. */
  public ListenAddress webSocket() {
    return process.address("ws");
  }

  /** Where the HTTP gateway listens. */
  public ListenAddress api() {
    return process.address("api");
  }

  /** A restart that is under way comes to its end first. */
  @Override
  public synchronized void close() {
    closed = true;
    process.close();
    stores.close();
  }
}
