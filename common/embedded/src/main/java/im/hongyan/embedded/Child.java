package im.hongyan.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that runs as a child process: recorded in the data folder, so that the next start ends
 * exactly the one that a killed JVM left behind, and started again whenever it ends. Safe for use
 * by several threads; one platform thread of its own watches. Its creator closes it.
 */
public final class Child implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Child.class);
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration RECORD_TOLERANCE = Duration.ofSeconds(10);
  private static final Pattern PID = Pattern.compile("\\d{1,18}");
  private static final long CHECK_MILLIS = 25;
  private static final int MAX_SAID_BYTES = 1 << 16;
  private static final long RESTART_PAUSE_MILLIS = 500;

  private final String name;
  private final List<String> command;
  private final Path folder;
  private final Path record;
  private final Path log;
  private final Repair repair;
  private volatile long logFrom;
  private volatile Process process;
  private volatile boolean closing;
  private final Thread watcher;

  /** What can be done about data that keep a store from starting. */
  @FunctionalInterface
  public interface Repair {
    /** A store whose data nobody may set aside. */
    Repair NONE = said -> false;

    /**
     * Called after the child ended by itself.
     *
     * @param said what it printed since it was started
     * @return whether starting it again may succeed now
     */
    boolean repaired(String said);
  }

  /** Starts a child whose data nobody may set aside. */
  public Child(
      DataFolder data, String name, List<String> command, Path folder, BooleanSupplier answers) {
    this(data, name, command, folder, answers, Repair.NONE);
  }

  /**
   * Starts a child and waits until it answers.
   *
   * @param name of the store, for records and logs
   * @param command program and arguments
   * @param folder working directory
   * @param answers whether the store answers
   * @param repair used whenever it ends by itself
   */
  public Child(
      DataFolder data,
      String name,
      List<String> command,
      Path folder,
      BooleanSupplier answers,
      Repair repair) {
    this.name = name;
    this.command = List.copyOf(command);
    this.folder = folder;
    record = data.folder("children").resolve(name);
    log = data.folder("logs").resolve(name + ".log");
    this.repair = repair;
    process = launch();
    awaitAnswer(answers);
    watcher = Thread.ofPlatform().name("watch-" + name).daemon().start(this::watch);
  }

  /**
   * The command behind a shell that records its own process id before it becomes the store, so that
   * no kill leaves a store without a record; in a session of its own, so that a signal of the
   * terminal reaches this JVM alone, which then stops things in order.
   */
  private List<String> recordedCommand() {
    List<String> all = new ArrayList<>();
    Programs.find("setsid").ifPresent(setsid -> all.add(setsid.toString()));
    all.addAll(
        List.of("/bin/sh", "-c", "umask 077 && echo $$ >\"$0\" && exec \"$@\"", record.toString()));
    all.addAll(command);
    return all;
  }

  /** Ends what an earlier JVM left behind, if it still runs. */
  public static void endLeftover(DataFolder data, String name) {
    Path record = data.folder("children").resolve(name);
    try {
      if (!Files.exists(record)) {
        return;
      }
      String pid = Files.readString(record, StandardCharsets.ISO_8859_1).strip();
      Instant recorded = Files.getLastModifiedTime(record).toInstant();
      if (PID.matcher(pid).matches()) {
        ProcessHandle.of(Long.parseLong(pid))
            .filter(handle -> startedJustBefore(handle, recorded))
            .ifPresent(handle -> {
              LOG.info("ending {} (pid {}) that an earlier run left behind", name, pid);
              end(handle);
            });
      }
      Files.delete(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() {
    try {
      if (!Files.exists(log)) {
        OwnerOnly.create(log);
      }
      logFrom = Files.size(log);
      ProcessBuilder builder =
          new ProcessBuilder(recordedCommand())
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      keepWithin(folder, builder);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(name + " cannot be started: " + e.getMessage(), e));
    }
  }

  /** Temporary files where others can neither fill the disk nor look; MariaDB's own umask, too. */
  static void keepWithin(Path folder, ProcessBuilder builder) {
    builder.environment().put("TMPDIR", folder.toString());
    builder.environment().put("UMASK", "0600");
    builder.environment().put("UMASK_DIR", "0700");
  }

  /** Whether this is the process of the record, not a later one that got the same id. */
  private static boolean startedJustBefore(ProcessHandle handle, Instant recorded) {
    return handle
        .info()
        .startInstant()
        .filter(start -> start.isBefore(recorded.plus(RECORD_TOLERANCE)))
        .filter(start -> start.isAfter(recorded.minus(RECORD_TOLERANCE)))
        .isPresent();
  }

  private void awaitAnswer(BooleanSupplier answers) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers.getAsBoolean()) {
      if (!process.isAlive() && repair.repaired(said())) {
        process = launch();
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        end(process.toHandle());
        throw new IllegalStateException(name + " did not start; its log is " + log + lastLine());
      }
      try {
        Thread.sleep(CHECK_MILLIS);
      } catch (InterruptedException e) {
        end(process.toHandle());
        deleteRecord();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private String lastLine() {
    return said()
        .lines()
        .reduce((first, second) -> second)
        .map("; it ends with: "::concat)
        .orElse("");
  }

  /** What it printed since it was started, the last of it. */
  private String said() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(logFrom, file.length() - MAX_SAID_BYTES));
      byte[] said = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(said);
      return new String(said, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private void watch() {
    try {
      while (true) {
        int status = process.waitFor();
        synchronized (this) {
          if (closing) {
            return;
          }
          LOG.warn("{} ended with status {}; starting it again", name, status);
          repair.repaired(said());
          relaunch();
        }
        Thread.sleep(RESTART_PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void relaunch() {
    try {
      process = launch();
    } catch (UncheckedIOException e) {
      LOG.error("{}", e.getMessage());
    }
  }

  private static void end(ProcessHandle handle) {
    handle.destroy();
    Optional<ProcessHandle> left = awaitExit(handle);
    left.ifPresent(ProcessHandle::destroyForcibly);
    left.ifPresent(Child::awaitExit);
  }

  private static Optional<ProcessHandle> awaitExit(ProcessHandle handle) {
    try {
      handle.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(handle);
    } catch (ExecutionException | TimeoutException e) {
      return Optional.of(handle);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    watcher.interrupt();
    end(process.toHandle());
    deleteRecord();
  }

  private void deleteRecord() {
    try {
      Files.deleteIfExists(record);
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted: {}", record, e.toString());
    }
  }
}
