package im.hongyan.kit.config;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of a process: config/hongyan.yml under environment variables ({@code share.secret}
 * is {@code HONGYAN_SHARE_SECRET}) under what the command line says. Every key that a module reads
 * is known; {@link #refuseUnknown} then refuses the others with the nearest known one. Used by one
 * thread at start.
 */
public final class Settings {
  private static final int FILE_ORDINAL = 110;
  private static final String PREFIX = "HONGYAN_";

  /** Variables that the launcher and the tests read, not the server. */
  private static final List<String> OTHER_VARIABLES =
      List.of(
          "HONGYAN_BENCH_JAVA_OPTIONS",
          "HONGYAN_BROWSER",
          "HONGYAN_ETCD",
          "HONGYAN_FERRETDB",
          "HONGYAN_FUZZ_SECONDS",
          "HONGYAN_FUZZ_TARGETS",
          "HONGYAN_JAVA_OPTIONS",
          "HONGYAN_GROUP_MEMBERS",
          "HONGYAN_KILL_RUNS",
          "HONGYAN_MYSQL_HOME",
          "HONGYAN_REQUIRE",
          "HONGYAN_SEED",
          "HONGYAN_TEST_STORES");

  private final SmallRyeConfig config;
  private final Map<String, String> environment;
  private final Map<String, String> overrides;
  private final NavigableMap<String, String> asked = new TreeMap<>();

  private Settings(
      SmallRyeConfig config, Map<String, String> environment, Map<String, String> overrides) {
    this.config = config;
    this.environment = Map.copyOf(environment);
    this.overrides = Map.copyOf(overrides);
  }

  /**
   * Reads the sources.
   *
   * @param file the YAML file; may be missing
   * @param environment variables of the process
   * @param overrides from the command line, by key
   * @throws ConfigException when the file cannot be read
   */
  public static Settings load(
      Path file, Map<String, String> environment, Map<String, String> overrides) {
    SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder();
    if (Files.exists(file)) {
      String text = ConfigFile.read(file);
      try {
        builder.withSources(new YamlConfigSource(file.toString(), text, FILE_ORDINAL));
      } catch (RuntimeException e) {
        throw new ConfigException(file + " cannot be read: " + e.getMessage());
      }
    }
    Map<String, String> own = new HashMap<>();
    environment.forEach((name, value) -> {
      if (name.startsWith(PREFIX) && !OTHER_VARIABLES.contains(name)) {
        own.put(name, value);
      }
    });
    return new Settings(builder.build(), own, overrides);
  }

  /** The keys that were asked for so far, sorted. */
  public List<String> keys() {
    return List.copyOf(asked.keySet());
  }

  /** Whether something is set. */
  public boolean present(String key) {
    return find(key).isPresent();
  }

  /** A text. */
  public String text(String key, String fallback) {
    return find(key).orElse(fallback);
  }

  /** A secret. */
  public Secret secret(String key, String fallback) {
    return new Secret(text(key, fallback));
  }

  /** A list of texts, separated by commas. */
  public List<String> list(String key, List<String> fallback) {
    Optional<String> text = find(key);
    if (text.isEmpty()) {
      text = find(key + "[0]").map(first -> indexed(key, first));
    }
    return text.map(t -> List.of(t.split("\\s*,\\s*"))).orElse(List.copyOf(fallback));
  }

  /** A number within bounds. */
  public int number(String key, int fallback, int least, int most) {
    String text = text(key, Integer.toString(fallback));
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new ConfigException(
        key + " must be a number from " + least + " to " + most + ", not '" + text + "'");
  }

  /** A switch: true or false. */
  public boolean flag(String key, boolean fallback) {
    String text = text(key, Boolean.toString(fallback)).strip();
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ConfigException(key + " must be true or false, not '" + text + "'");
    };
  }

  /** A time with its unit, such as 500ms, 20s, 5m, 24h, 14d. */
  public Duration duration(String key, Duration fallback) {
    Optional<String> text = find(key);
    if (text.isEmpty()) {
      return fallback;
    }
    String value = text.get().strip().toLowerCase(Locale.ROOT);
    try {
      if (value.endsWith("ms")) {
        return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
      }
      return Duration.parse(value.endsWith("d") ? "p" + value : "pt" + value);
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new ConfigException(
          key + " must be a time with its unit such as 20s, not '" + text.get() + "'");
    }
  }

  /**
   * Refuses what no module asked for.
   *
   * @throws ConfigException naming the first unknown key and the nearest known one
   */
  public void refuseUnknown() {
    Map<String, String> variables = new HashMap<>();
    asked.keySet().forEach(key -> variables.put(variable(key), key));
    for (String name : environment.keySet()) {
      if (!variables.containsKey(name)) {
        throw unknown(name, variables.keySet());
      }
    }
    for (var source : config.getConfigSources()) {
      if (source instanceof YamlConfigSource) {
        for (String key : source.getPropertyNames()) {
          String plain = key.replaceAll("\\[\\d+\\]$", "");
          if (!asked.containsKey(plain)) {
            throw unknown(plain, asked.keySet());
          }
        }
      }
    }
  }

  private static ConfigException unknown(String key, Iterable<String> known) {
    String nearest = "";
    int best = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = EditDistance.of(key, candidate);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return new ConfigException("unknown setting " + key + "; did you mean " + nearest + "?");
  }

  private Optional<String> find(String key) {
    asked.put(key.replaceAll("\\[\\d+\\]$", ""), "");
    return Optional.ofNullable(overrides.get(key))
        .or(() -> Optional.ofNullable(environment.get(variable(key))))
        .or(() -> config.getOptionalValue(key, String.class));
  }

  private String indexed(String key, String first) {
    StringBuilder all = new StringBuilder(first);
    for (int i = 1; ; i++) {
      Optional<String> next = find(key + "[" + i + "]");
      if (next.isEmpty()) {
        return all.toString();
      }
      all.append(',').append(next.get());
    }
  }

  /** The environment variable that sets a key. */
  public static String variable(String key) {
    return PREFIX
        + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("[^A-Za-z0-9]", "_")
            .toUpperCase(Locale.ROOT);
  }
}
