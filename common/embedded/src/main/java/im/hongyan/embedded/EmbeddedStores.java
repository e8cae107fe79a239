package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import im.hongyan.kit.lifecycle.Lifecycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The stores of an installation that are not configured elsewhere. */
public final class EmbeddedStores {
  private EmbeddedStores() {}

  /** What can be embedded. */
  public enum Kind {
    MYSQL("mysql.address", EmbeddedMariaDb.NAME),
    MONGO("mongo.uri", EmbeddedMongo.NAME),
    REDIS("redis.uri", EmbeddedRedis.NAME),
    KAFKA("kafka.address", EmbeddedKafka.NAME);

    private final String key;
    private final String store;

    Kind(String key, String store) {
      this.key = key;
      this.store = store;
    }

    private Map<String, String> settings(int port, Secret secret) {
      return switch (this) {
        case MYSQL -> EmbeddedMariaDb.settings(port, secret);
        case MONGO -> EmbeddedMongo.settings(port, secret);
        case REDIS -> EmbeddedRedis.settings(port, secret);
        case KAFKA -> EmbeddedKafka.settings(port, secret);
      };
    }

    /** The setting that names a store of one's own instead. */
    public String key() {
      return key;
    }
  }

  /**
   * Starts stores side by side and returns the settings that lead to them. The lifecycle stops
   * them, also those that had started when another failed.
   *
   * @throws RuntimeException when one does not start, with one clear line
   */
  public static Map<String, String> start(Set<Kind> kinds, DataFolder data, Lifecycle lifecycle) {
    Map<Kind, CompletableFuture<Map<String, String>>> starting = new LinkedHashMap<>();
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      for (Kind kind : EnumSet.copyOf(kinds)) {
        Supplier<Map<String, String>> start = () -> start(kind, data, lifecycle);
        starting.put(kind, CompletableFuture.supplyAsync(start, threads));
      }
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (var future : starting.values()) {
      try {
        settings.putAll(future.join());
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
    return settings;
  }

  private static Map<String, String> start(Kind kind, DataFolder data, Lifecycle lifecycle) {
    return switch (kind) {
      case MYSQL -> lifecycle.add("mariadb", new EmbeddedMariaDb(data)).settings();
      case REDIS -> lifecycle.add("redis", new EmbeddedRedis(data)).settings();
      case MONGO -> lifecycle.add("mongo", new EmbeddedMongo(data)).settings();
      case KAFKA -> lifecycle.add("kafka", new EmbeddedKafka(data)).settings();
    };
  }

  /**
   * The settings that lead to a store of a data folder that another process has opened.
   *
   * @return empty where that folder has no such store
   * @throws IOException when its files cannot be read
   */
  public static Optional<Map<String, String>> settings(Kind kind, Path data) throws IOException {
    OptionalInt port = DataFolder.keptPort(data.resolve("ports").resolve(kind.store));
    Path secret = data.resolve("secrets").resolve(kind.store);
    return port.isPresent() && Files.exists(secret)
        ? Optional.of(kind.settings(port.getAsInt(), new Secret(Files.readString(secret).strip())))
        : Optional.empty();
  }
}
