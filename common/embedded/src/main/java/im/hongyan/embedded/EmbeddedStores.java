package im.hongyan.embedded;

import im.hongyan.kit.lifecycle.Lifecycle;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
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
    MYSQL("mysql.address"),
    MONGO("mongo.uri"),
    REDIS("redis.uri"),
    KAFKA("kafka.address");

    private final String key;

    Kind(String key) {
      this.key = key;
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
      case MYSQL -> {
        EmbeddedMariaDb mariaDb = lifecycle.add("mariadb", new EmbeddedMariaDb(data));
        yield Map.of(
            "mysql.address",
            mariaDb.address(),
            "mysql.database",
            EmbeddedMariaDb.DATABASE,
            "mysql.user",
            EmbeddedMariaDb.USER,
            "mysql.password",
            mariaDb.password().reveal());
      }
      case REDIS -> {
        EmbeddedRedis redis = lifecycle.add("redis", new EmbeddedRedis(data));
        yield Map.of("redis.uri", redis.uri().reveal());
      }
      case MONGO -> {
        EmbeddedMongo mongo = lifecycle.add("mongo", new EmbeddedMongo(data));
        yield Map.of("mongo.uri", mongo.uri());
      }
      case KAFKA -> {
        EmbeddedKafka kafka = lifecycle.add("kafka", new EmbeddedKafka(data));
        yield Map.of("kafka.address", kafka.address(), "kafka.lanes", "4", "kafka.replicas", "1");
      }
    };
  }
}
