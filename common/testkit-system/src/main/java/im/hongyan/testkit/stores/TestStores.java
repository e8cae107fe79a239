package im.hongyan.testkit.stores;

import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.testkit.RequiresToolCondition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.opentest4j.TestAbortedException;

/**
 * The servers of a test JVM: each is started when the first test asks for it, logged in one line,
 * and stopped at the end. Tests that ask for one that the machine lacks are skipped. Used by the
 * thread of the tests.
 */
public final class TestStores implements AutoCloseable {
  private final Map<String, String> environment;
  private final Set<NamedServer> chosen;
  private final DataFolder data = DataFolder.ephemeral();
  private final Lifecycle lifecycle = new Lifecycle();
  private final Map<Kind, Settings> started = new EnumMap<>(Kind.class);
  private final Map<Kind, String> missing = new EnumMap<>(Kind.class);

  TestStores(Map<String, String> environment) {
    this.environment = environment;
    chosen = NamedServer.chosen(environment);
  }

  /** Settings of the relational store. */
  public Settings mysql() {
    return settings(Kind.MYSQL);
  }

  /** The inbox's server. */
  public Secret mongoUri() {
    return settings(Kind.MONGO).secret("mongo.uri", "");
  }

  /** Redis. */
  public Secret redisUri() {
    return settings(Kind.REDIS).secret("redis.uri", "");
  }

  /** Settings of Kafka. */
  public Settings kafka() {
    return settings(Kind.KAFKA);
  }

  private Settings settings(Kind kind) {
    String reason = missing.get(kind);
    if (reason != null) {
      throw new TestAbortedException(reason);
    }
    Settings running = started.get(kind);
    if (running == null) {
      running = Settings.load(Path.of("none"), Map.of(), start(kind));
      started.put(kind, running);
      System.out.println("STORE " + kind + ": " + Product.of(kind, running));
    }
    return running;
  }

  private Map<String, String> start(Kind kind) {
    if (chosen.contains(NamedServer.DOCKER)) {
      Optional<String> missingPart = StoreContainers.missing(kind);
      if (missingPart.isPresent()) {
        throw skipped(kind, "docker", missingPart.get());
      }
      return StoreContainers.start(kind, lifecycle);
    }
    if (kind == Kind.MYSQL && chosen.contains(NamedServer.MYSQL)) {
      return start(kind, FoundServer.MYSQL, "mysql");
    }
    if (kind == Kind.MONGO && chosen.contains(NamedServer.FERRETDB)) {
      return start(kind, FoundServer.FERRETDB, "ferretdb");
    }
    return EmbeddedStores.start(EnumSet.of(kind), data, lifecycle);
  }

  private Map<String, String> start(Kind kind, FoundServer server, String tool) {
    Path program = server.find(environment).orElseThrow(() -> skipped(kind, tool, tool));
    return server.start(program, data, lifecycle);
  }

  /** Gives up on a store, unless {@code HONGYAN_REQUIRE} lists the tool. */
  private TestAbortedException skipped(Kind kind, String tool, String what) {
    RequiresToolCondition.decide(tool, environment, name -> false);
    String reason =
        "the stores' tests on %s: %s is not there (HONGYAN_REQUIRE=%s would make this a failure)"
            .formatted(kind, what, tool);
    missing.put(kind, reason);
    System.out.println("SKIPPED " + reason);
    return new TestAbortedException(reason);
  }

  @Override
  public void close() throws IOException {
    lifecycle.close();
    data.close();
  }
}
