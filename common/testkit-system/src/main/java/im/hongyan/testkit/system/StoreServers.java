package im.hongyan.testkit.system;

import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.FreePort;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.RequiresToolCondition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Real stores, each a process of its own on a free loopback port: MariaDB and Redis as children
 * that are started again when they end, Kafka, a server of MongoDB's protocol and etcd as programs
 * that the test kills and starts. Used by one thread; its creator closes it.
 */
public final class StoreServers implements AutoCloseable {
  /** The stores that a test starts again itself. */
  public enum Store {
    KAFKA,
    MONGO,
    ETCD
  }

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Path folder;
  private final Jvm jvm;
  private final Lifecycle lifecycle = new Lifecycle();
  private final Map<String, String> settings = new HashMap<>();
  private final Map<Store, TestProgram> programs = new HashMap<>();
  private final int etcdPort = FreePort.choose();
  private final int etcdPeerPort = FreePort.choose();

  /** Starts all of them. */
  StoreServers(Path folder, Jvm jvm) {
    this.folder = folder;
    this.jvm = jvm;
    try {
      Files.createDirectories(folder);
      for (Store store : Store.values()) {
        programs.put(store, launch(store));
      }
      DataFolder data = lifecycle.add("data folder", DataFolder.open(folder.resolve("children")));
      settings.putAll(
          EmbeddedStores.start(
              EnumSet.of(EmbeddedStores.Kind.MYSQL, EmbeddedStores.Kind.REDIS), data, lifecycle));
      for (Store store : Store.values()) {
        awaitServing(store);
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
    settings.putAll(embedded(EmbeddedStores.Kind.KAFKA));
    settings.putAll(embedded(EmbeddedStores.Kind.MONGO));
    settings.put("etcd.address", "127.0.0.1:" + etcdPort);
  }

  private TestProgram launch(Store store) {
    return switch (store) {
      case KAFKA -> launchEmbedded("kafka");
      case MONGO -> launchEmbedded("mongo");
      case ETCD -> launchEtcd();
    };
  }

  private TestProgram launchEmbedded(String kind) {
    return TestProgram.start(
        new TestProgram.JavaStart(
            "im.hongyan.embedded.EmbeddedServerMain",
            List.of(kind, folder.resolve(kind).toString()),
            jvm,
            Map.of(),
            log(kind)));
  }

  private TestProgram launchEtcd() {
    String program = RequiresToolCondition.find("etcd").orElseThrow().toString();
    String clients = "http://127.0.0.1:" + etcdPort;
    String peers = "http://127.0.0.1:" + etcdPeerPort;
    return TestProgram.start(
        List.of(
            program,
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + clients,
            "--advertise-client-urls=" + clients,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=default=" + peers),
        log("etcd"));
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private void awaitServing(Store store) {
    switch (store) {
      case KAFKA -> program(store).awaitLine(Pattern.compile("kafka serves"), START_LIMIT);
      case MONGO -> program(store).awaitLine(Pattern.compile("mongo serves"), START_LIMIT);
      case ETCD -> Eventually.until("etcd answers", START_LIMIT, () -> accepts(etcdPort));
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private TestProgram program(Store store) {
    return java.util.Objects.requireNonNull(programs.get(store));
  }

  private Map<String, String> embedded(EmbeddedStores.Kind kind) {
    try {
      return EmbeddedStores.settings(kind, folder.resolve(kind.name().toLowerCase(Locale.ROOT)))
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings that lead to the stores, by key. */
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  /** Process ids of those that run, by name. */
  Map<String, Long> pids() {
    Map<String, Long> pids = new TreeMap<>();
    programs.forEach(
        (store, program) -> pids.put(store.name().toLowerCase(Locale.ROOT), program.pid()));
    for (String child : List.of("redis", "mariadb")) {
      pids.put(child, ChildRecords.process(folder.resolve("children"), child).pid());
    }
    return pids;
  }

  /** Ends a store as {@code kill -9} does. */
  public void kill(Store store) {
    program(store).kill();
  }

  /** Starts a killed store over its data; returns once it serves. */
  public void startAgain(Store store) {
    programs.put(store, launch(store));
    awaitServing(store);
  }

  /**
   * Ends Redis or MariaDB as {@code kill -9} does, and returns once it is gone; it is started again
   * by itself.
   */
  public void killChild(String store) {
    ProcessHandle child = ChildRecords.process(folder.resolve("children"), store);
    child.destroyForcibly();
    child.onExit().join();
  }

  /** Copies what Redis has written up to now into a folder. */
  public void copyRedis(Path to) {
    try {
      for (Path file : redisLogs(redisHome())) {
        Path copy = to.resolve(redisHome().relativize(file).toString());
        Files.createDirectories(copy.toAbsolutePath().getParent());
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Kills Redis, which then starts over such a copy. The files are exchanged under the running
   * server, which goes on writing into those that it has open.
   */
  public void restoreRedis(Path from) {
    try {
      for (Path file : redisLogs(from)) {
        Path place = redisHome().resolve(from.relativize(file).toString());
        Path beside = place.resolveSibling(place.getFileName() + ".old");
        Files.copy(file, beside);
        Files.move(
            beside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    killChild("redis");
  }

  private Path redisHome() {
    return folder.resolve("children").resolve("redis");
  }

  /** The append-only log: one file up to Redis 6, a folder of several since. */
  private static List<Path> redisLogs(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> logs =
          files
              .filter(Files::isRegularFile)
              .filter(file -> home.relativize(file).toString().startsWith("appendonly"))
              .toList();
      if (logs.isEmpty()) {
        throw new IOException("there is no log of Redis in " + home);
      }
      return logs;
    }
  }

  @Override
  public void close() {
    programs.values().forEach(TestProgram::close);
    lifecycle.close();
  }
}
