package im.hongyan.standalone;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.server.ListenAddress;
import im.hongyan.server.OpenFiles;
import im.hongyan.server.ProcessConfig;
import im.hongyan.server.Role;
import im.hongyan.server.ServerProcess;
import im.hongyan.server.ServiceProcess;
import im.hongyan.server.StoresConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The whole system in this JVM, over embedded stores where the settings name none. One per JVM. Its
 * creator closes it, which ends the embedded stores too.
 */
public final class Standalone implements AutoCloseable {
  private static final String NODE = "standalone";
  private static final int LEAST_OPEN_FILES = 1_024;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  private final ServerProcess process;

  private Standalone(ServerProcess process) {
    this.process = process;
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
    prepare(asked);
    StoresConfig.from(asked);
    // Read so that one file serves this command and ./hongyan start.
    ProcessConfig own = ProcessConfig.from(asked);
    EnumSet<EmbeddedStores.Kind> embedded = EnumSet.noneOf(EmbeddedStores.Kind.class);
    for (EmbeddedStores.Kind kind : EmbeddedStores.Kind.values()) {
      if (!asked.present(kind.key())) {
        embedded.add(kind);
      }
    }
    im.hongyan.kit.logging.Logging.start(asked);
    asked.refuseUnknown();
    OpenFiles.require(LEAST_OPEN_FILES);
    ListenAddress.requireFree(addresses(asked, own));
    requireAnswers(StoresConfig.from(asked), EnumSet.complementOf(embedded));
    Lifecycle lifecycle = new Lifecycle();
    boolean serves = false;
    try {
      Map<String, String> overrides = new HashMap<>(options.overrides());
      Optional<DataFolder> data = Optional.empty();
      if (!embedded.isEmpty()) {
        data = Optional.of(folder(options, lifecycle));
        overrides.putAll(EmbeddedStores.start(embedded, data.get(), lifecycle));
      }
      Settings settings = Settings.load(options.file(), options.environment(), overrides);
      ServerProcess process =
          new ServerProcess(settings, NODE, new InProcessLocator(NODE), lifecycle);
      process.start(prepare(settings));
      if (own.opsPort() > 0) {
        ServiceProcess.managementEndpoints(own, process, lifecycle);
      }
      data.ifPresent(folder -> ManagementAddress.keep(folder, own, process.address("api")));
      process.awaitReady(READY_LIMIT);
      serves = true;
      return new Standalone(process);
    } finally {
      if (!serves) {
        lifecycle.close();
      }
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

  private static List<Role.Starter> prepare(Settings settings) {
    return Arrays.stream(Role.values()).map(role -> role.prepare(settings)).toList();
  }

  /** Where the WebSocket gateway listens. */
  public ListenAddress webSocket() {
    return process.address("ws");
  }

  /** Where the HTTP gateway listens. */
  public ListenAddress api() {
    return process.address("api");
  }

  @Override
  public void close() {
    process.close();
  }
}
