package im.hongyan.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that runs as a child process: recorded in the data folder, so that the next start ends
 * exactly the one that a killed JVM left behind, and started again whenever it ends. Safe for use
 * by several threads; one platform thread of its own watches. Its creator closes it.
 */
final class Child implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Child.class);
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final long CHECK_MILLIS = 25;
  private static final long RESTART_PAUSE_MILLIS = 500;

  private final String name;
  private final List<String> command;
  private final Path folder;
  private final Path record;
  private final Path log;
  private volatile Process process;
  private volatile boolean closing;
  private final Thread watcher;

  /**
   * Starts a child and waits until it answers.
   *
   * @param name of the store, for records and logs
   * @param command program and arguments
   * @param folder working directory
   * @param answers whether the store answers
   */
  Child(DataFolder data, String name, List<String> command, Path folder, BooleanSupplier answers) {
    this.name = name;
    this.command = inOwnSession(command);
    this.folder = folder;
    record = data.folder("children").resolve(name);
    log = data.folder("logs").resolve(name + ".log");
    process = launch();
    awaitAnswer(answers);
    watcher = Thread.ofPlatform().name("watch-" + name).daemon().start(this::watch);
  }

  /**
   * So that a signal from the terminal reaches this JVM alone, which then stops things in order.
   */
  private static List<String> inOwnSession(List<String> command) {
    List<String> all = new ArrayList<>();
    Programs.find("setsid").ifPresent(setsid -> all.add(setsid.toString()));
    all.addAll(command);
    return List.copyOf(all);
  }

  /** Ends what an earlier JVM left behind, if it still runs. */
  static void endLeftover(DataFolder data, String name) {
    Path record = data.folder("children").resolve(name);
    try {
      if (!Files.exists(record)) {
        return;
      }
      String[] parts = Files.readString(record).strip().split(" ", -1);
      if (parts.length == 2) {
        ProcessHandle.of(Long.parseLong(parts[0]))
            .filter(handle -> startOf(handle).equals(parts[1]))
            .ifPresent(handle -> {
              LOG.info("ending {} (pid {}) that an earlier run left behind", name, handle.pid());
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
      Process started =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      Files.writeString(record, started.pid() + " " + startOf(started.toHandle()) + "\n");
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(name + " cannot be started: " + e.getMessage(), e));
    }
  }

  private static String startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).map(String::valueOf).orElse("");
  }

  private void awaitAnswer(BooleanSupplier answers) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        end(process.toHandle());
        throw new IllegalStateException(name + " did not start; its log is " + log + lastLine());
      }
      try {
        Thread.sleep(CHECK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        end(process.toHandle());
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "" : "; it ends with: " + lines.getLast();
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

  /** Process id of the child now. */
  long pid() {
    return process.pid();
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
    try {
      Files.deleteIfExists(record);
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted: {}", record, e.toString());
    }
  }
}
