package im.hongyan.server;

import im.hongyan.drivers.etcd.Etcd;
import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.SectionJson;
import im.hongyan.kit.config.Settings;
import im.hongyan.wire.json.GoJsonException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings of all processes in etcd (rest-message.md 11): {@code config/SECTION} holds a section's
 * keys that differ from the files, {@code config/enable-config-center} whether they count, {@code
 * config/restart} when all were last asked to start again. They go before the file and behind
 * environment and command line. What is live is taken as soon as etcd reports it; while etcd is
 * away, or holds something that cannot be used, the last good values stay. Safe for use by several
 * threads; its creator closes it before the connection.
 */
public final class EtcdConfigCentre implements ConfigCentre, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdConfigCentre.class);
  private static final String BELOW = "config/";
  private static final String FLAG = BELOW + "enable-config-center";
  private static final String RESTART = BELOW + "restart";
  private static final String ON = "enable";
  private static final String OFF = "disable";

  /** What a process must know before it can ask etcd. */
  private static final Set<String> BEFORE_ETCD = Set.of("discovery", "etcd", "node");

  private final Etcd etcd;
  private final Settings own;
  private final Settings settings;
  private final InstantSource clock;
  private final Runnable restart;
  private final AutoCloseable watch;
  private Map<String, String> stored;
  private Map<String, String> overlay;
  private long lastRestart;
  private List<String> waiting = List.of();

  /**
   * What a process begins with.
   *
   * @param stored in etcd, by key
   * @param settings the process's own ones under it, read
   */
  record Start(Map<String, String> stored, Settings settings, AllSettings all) {}

  /**
   * Reads what etcd holds for a process that starts.
   *
   * @param own its settings without etcd, read
   * @throws ConfigException when it cannot be used
   * @throws im.hongyan.wire.error.ImException 500 when etcd does not answer
   */
  static Start start(Etcd etcd, Settings own, AllSettings all) {
    Map<String, String> stored = etcd.get(BELOW);
    Map<String, String> overlay = overlay(own, stored);
    if (overlay.isEmpty()) {
      return new Start(stored, own, all);
    }
    try {
      Settings settings = own.under(overlay);
      return new Start(stored, settings, AllSettings.read(settings));
    } catch (ConfigException e) {
      throw new ConfigException("the settings in etcd cannot be used: " + e.getMessage());
    }
  }

  /**
   * Begins to follow.
   *
   * @param own the process's settings without etcd, read
   * @param restart lets this process end so that it is started again; called at most once
   */
  EtcdConfigCentre(Etcd etcd, Settings own, Start start, InstantSource clock, Runnable restart) {
    this.etcd = etcd;
    this.own = own;
    this.clock = clock;
    this.restart = restart;
    settings = start.settings();
    stored = start.stored();
    overlay = overlay(own, stored);
    lastRestart = restartOf(stored);
    watch = etcd.watch(BELOW, this::take);
  }

  /** The keys that count, with their texts. */
  private static Map<String, String> overlay(Settings known, Map<String, String> stored) {
    String flag = stored.getOrDefault(FLAG, OFF);
    return switch (flag) {
      case ON -> sections(known, stored);
      case OFF -> Map.of();
      default ->
          throw new ConfigException(
              "etcd's " + FLAG + " must be " + ON + " or " + OFF + ", not '" + flag + "'");
    };
  }

  private static Map<String, String> sections(Settings known, Map<String, String> stored) {
    List<String> names = SectionJson.names(known);
    Map<String, String> values = new TreeMap<>();
    stored.forEach((key, json) -> {
      String name = key.substring(BELOW.length());
      if (key.equals(FLAG) || key.equals(RESTART)) {
        return;
      }
      if (!names.contains(name)) {
        throw new ConfigException("etcd's " + key + " is no section of the settings");
      }
      requireAfterEtcd(name);
      try {
        values.putAll(SectionJson.read(known, name, json));
      } catch (GoJsonException e) {
        throw new ConfigException("etcd's " + key + " is no JSON object");
      }
    });
    return values;
  }

  private static void requireAfterEtcd(String name) {
    if (BEFORE_ETCD.contains(name)) {
      throw new ConfigException(
          "section " + name + " is read before etcd is asked; set it in each process's own file");
    }
  }

  private static long restartOf(Map<String, String> stored) {
    String text = stored.getOrDefault(RESTART, "0");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  private void take(Map<String, String> now) {
    if (changesRestart(now)) {
      restart.run();
    }
  }

  /** Takes what is stored; whether this process is to start again. */
  private synchronized boolean changesRestart(Map<String, String> now) {
    stored = now;
    try {
      Map<String, String> next = overlay(own, now);
      if (!next.equals(overlay)) {
        follow(next);
      }
    } catch (ConfigException e) {
      LOG.error("the settings in etcd cannot be used, the last good ones stay: {}", e.getMessage());
    }
    long asked = restartOf(now);
    boolean again = asked > lastRestart;
    lastRestart = Math.max(lastRestart, asked);
    return again;
  }

  private void follow(Map<String, String> next) {
    Settings changed = own.under(next);
    AllSettings.read(changed);
    Settings.Change change = settings.follow(changed);
    overlay = next;
    waiting = change.waiting();
    if (!change.live().isEmpty()) {
      LOG.info("new values from etcd are in use: {}", String.join(", ", change.live()));
    }
    if (!waiting.isEmpty()) {
      LOG.warn(
          "new values from etcd are taken at the next start of this process: {}",
          String.join(", ", waiting));
    }
    List<String> fixed = next.keySet().stream().filter(settings::isFixed).toList();
    if (!fixed.isEmpty()) {
      LOG.warn(
          "the environment or the command line of this process goes before etcd: {}",
          String.join(", ", fixed));
    }
  }

  @Override
  public List<String> names() {
    return SectionJson.names(settings);
  }

  @Override
  public synchronized List<String> waiting() {
    return waiting;
  }

  @Override
  public String section(String name) {
    return SectionJson.ofRunning(settings, name);
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public void set(String name, String json) throws GoJsonException {
    requireAfterEtcd(name);
    Map<String, String> wanted = SectionJson.read(settings, name, json);
    Map<String, String> others = etcd.get(BELOW);
    Map<String, String> before = storedSection(others, name);
    Map<String, String> differing = new TreeMap<>();
    wanted.forEach((key, value) -> {
      if (SectionJson.isSecret(settings, key) && value.equals(SectionJson.MASK)) {
        String kept = before.get(key);
        if (kept != null) {
          differing.put(key, kept);
        }
      } else if (!value.strip().equals(own.effective(key))) {
        differing.put(key, value.strip());
      }
    });
    others.remove(BELOW + name);
    Map<String, String> all = new TreeMap<>(sections(own, others));
    all.putAll(differing);
    AllSettings.read(own.under(all));
    if (differing.isEmpty()) {
      commit(Map.of(), List.of(BELOW + name));
    } else {
      commit(Map.of(BELOW + name, SectionJson.write(settings, differing)), List.of());
    }
  }

  /** What cannot be read of it is replaced. */
  private Map<String, String> storedSection(Map<String, String> all, String name) {
    try {
      return SectionJson.read(own, name, all.getOrDefault(BELOW + name, "{}"));
    } catch (GoJsonException | ConfigException e) {
      return Map.of();
    }
  }

  private void commit(Map<String, String> puts, List<String> deletions) {
    etcd.commit(puts, deletions);
    // The answer means that this process has it too.
    take(etcd.get(BELOW));
  }

  @Override
  public void reset() {
    commit(Map.of(), sectionKeys());
  }

  private List<String> sectionKeys() {
    return names().stream().map(name -> BELOW + name).toList();
  }

  @Override
  public synchronized boolean isEnabled() {
    return ON.equals(stored.get(FLAG));
  }

  @Override
  public void enable(boolean on) {
    boolean begins = on && !isEnabled();
    commit(Map.of(FLAG, on ? ON : OFF), begins ? sectionKeys() : List.of());
  }

  @Override
  public boolean canRestart() {
    return true;
  }

  @Override
  public void restart() {
    long last = restartOf(etcd.get(RESTART));
    long now = Math.max(clock.instant().getEpochSecond(), last + 1);
    etcd.commit(Map.of(RESTART, Long.toString(now)), List.of());
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (Exception e) {
      LOG.warn("stopping to watch etcd failed", e);
    }
  }
}
