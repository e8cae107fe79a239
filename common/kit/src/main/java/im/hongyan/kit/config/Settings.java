package im.hongyan.kit.config;

import im.hongyan.kit.config.SettingKey.Kind;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a process: config/hongyan.yml under what etcd holds, under environment variables
 * ({@code share.secret} is {@code HONGYAN_SHARE_SECRET}), under what the command line says. Every
 * key that a module reads is known; {@link #refuseUnknown} then refuses the others with the nearest
 * known one. Read by one thread at start; safe for use by several threads from then on.
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
  private final Map<String, String> overlay;
  private final NavigableMap<String, SettingKey> asked = new ConcurrentSkipListMap<>();
  private final List<Follower<?>> followers = new CopyOnWriteArrayList<>();
  private boolean readsLive;
  private volatile Settings latest = this;

  private Settings(
      SmallRyeConfig config,
      Map<String, String> environment,
      Map<String, String> overrides,
      Map<String, String> overlay) {
    this.config = config;
    this.environment = Map.copyOf(environment);
    this.overrides = Map.copyOf(overrides);
    this.overlay = Map.copyOf(overlay);
  }

  /** A value that follows, and how it is read. */
  private record Follower<T>(Function<Settings, T> reader, Live<T> value) {
    /** Reads at once, and changes the value later. */
    Runnable prepare(Settings next) {
      T read = reader.apply(next);
      return () -> value.set(read);
    }
  }

  /**
   * What became of a change.
   *
   * @param live keys whose new value is in use
   * @param waiting keys whose new value is taken at the next start
   */
  public record Change(List<String> live, List<String> waiting) {
    /** Copies the lists. */
    public Change {
      live = List.copyOf(live);
      waiting = List.copyOf(waiting);
    }
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
    return new Settings(builder.build(), own, overrides, Map.of());
  }

  /**
   * The same sources under another overlay; nothing of it is read yet.
   *
   * @param values by key; they go before those of the file alone
   */
  public Settings under(Map<String, String> values) {
    return new Settings(config, environment, overrides, values);
  }

  /** The keys that were asked for so far, sorted. */
  public List<String> keys() {
    return List.copyOf(asked.keySet());
  }

  /** How a key is read; null for one that nobody asked for. */
  public @Nullable SettingKey key(String name) {
    return asked.get(name);
  }

  /** Whether something is set. */
  public boolean present(String key) {
    return find(key, Kind.PRESENCE, "").isPresent();
  }

  /** A text. */
  public String text(String key, String fallback) {
    return find(key, Kind.TEXT, fallback).orElse(fallback);
  }

  /** A secret. */
  public Secret secret(String key, String fallback) {
    return new Secret(find(key, Kind.SECRET, fallback).orElse(fallback));
  }

  /** A list of texts, separated by commas. */
  public List<String> list(String key, List<String> fallback) {
    return find(key, Kind.LIST, String.join(",", fallback))
        .map(Settings::elements)
        .orElse(List.copyOf(fallback));
  }

  /** The elements of a list's text. */
  static List<String> elements(String text) {
    return List.of(text.split("\\s*,\\s*"));
  }

  /** A number within bounds. */
  public int number(String key, int fallback, int least, int most) {
    String text =
        find(key, Kind.NUMBER, Integer.toString(fallback)).orElse(Integer.toString(fallback));
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
    String other = Boolean.toString(fallback);
    String text = find(key, Kind.FLAG, other).orElse(other).strip();
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ConfigException(key + " must be true or false, not '" + text + "'");
    };
  }

  /** A time with its unit, such as 500ms, 20s, 5m, 24h, 14d. */
  public Duration duration(String key, Duration fallback) {
    Optional<String> text = find(key, Kind.DURATION, DurationText.of(fallback));
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
    for (String key : overlay.keySet()) {
      if (!asked.containsKey(key)) {
        throw unknown(key, asked.keySet());
      }
    }
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

  /** A refusal that names the nearest known key. */
  static ConfigException unknown(String key, Iterable<String> known) {
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

  private Optional<String> find(String key, Kind kind, String fallback) {
    asked.merge(key, new SettingKey(kind, fallback, readsLive), SettingKey::and);
    return set(key);
  }

  private Optional<String> set(String key) {
    return Optional.ofNullable(overrides.get(key))
        .or(() -> Optional.ofNullable(environment.get(variable(key))))
        .or(() -> Optional.ofNullable(overlay.get(key)))
        .or(() -> config.getOptionalValue(key, String.class))
        .or(() -> indexed(key));
  }

  /** A list of the file. */
  private Optional<String> indexed(String key) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; ; i++) {
      Optional<String> next = config.getOptionalValue(key + "[" + i + "]", String.class);
      if (next.isEmpty()) {
        return i == 0 ? Optional.empty() : Optional.of(all.toString());
      }
      all.append(i == 0 ? "" : ",").append(next.get());
    }
  }

  /**
   * A value that follows changes of what it is read of, while the process runs. A key is live when
   * every reader of it is.
   *
   * @param reader reads and checks it; called at once, and again for each change
   */
  public <T> Live<T> live(Function<Settings, T> reader) {
    readsLive = true;
    try {
      Live<T> value = Live.of(reader.apply(this));
      followers.add(new Follower<>(reader, value));
      return value;
    } finally {
      readsLive = false;
    }
  }

  /**
   * Takes what is live from other settings of this process. Either all of it is taken, or nothing.
   *
   * @param next the same sources under another overlay
   * @throws ConfigException when a value cannot be used
   */
  public synchronized Change follow(Settings next) {
    List<Runnable> changes = new ArrayList<>();
    followers.forEach(follower -> changes.add(follower.prepare(next)));
    List<String> live = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    asked.forEach((key, read) -> {
      String wanted = next.effective(key, read);
      if (read.live() && !wanted.equals(latest.effective(key, read))) {
        live.add(key);
      } else if (!read.live() && !wanted.equals(effective(key, read))) {
        waiting.add(key);
      }
    });
    changes.forEach(Runnable::run);
    latest = next;
    return new Change(live, waiting);
  }

  /** The text of a key that the process runs with; what nobody asked for is empty. */
  public String running(String name) {
    SettingKey read = asked.get(name);
    if (read == null) {
      return "";
    }
    return read.live() ? latest.effective(name, read) : effective(name, read);
  }

  /** The text of a key that these sources give; what nobody asked for is empty. */
  public String effective(String name) {
    SettingKey read = asked.get(name);
    return read == null ? "" : effective(name, read);
  }

  private String effective(String name, SettingKey read) {
    return set(name).orElse(read.fallback()).strip();
  }

  /** Whether the environment or the command line sets a key, so that an overlay does not. */
  public boolean isFixed(String name) {
    return overrides.containsKey(name) || environment.containsKey(variable(name));
  }

  /** The environment variable that sets a key. */
  public static String variable(String key) {
    return PREFIX
        + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("[^A-Za-z0-9]", "_")
            .toUpperCase(Locale.ROOT);
  }
}
