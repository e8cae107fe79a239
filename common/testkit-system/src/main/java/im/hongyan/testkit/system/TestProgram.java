package im.hongyan.testkit.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program as a process of its own, its output in a file. Used by one thread; its creator closes
 * it.
 */
public final class TestProgram implements AutoCloseable {
  private static final long LOOK_AGAIN_NANOS = 20_000_000;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final Path output;
  private final long outputFrom;

  private TestProgram(String name, Process process, Path output, long outputFrom) {
    this.name = name;
    this.process = process;
    this.output = output;
    this.outputFrom = outputFrom;
  }

  /**
   * A main class of the test's own class path.
   *
   * @param jvm how its JVM runs
   * @param environment added to the test's own
   * @param output file that standard output and error are appended to
   */
  public record JavaStart(
      String mainClass,
      List<String> arguments,
      Jvm jvm,
      Map<String, String> environment,
      Path output) {
    /** Copies the collections. */
    public JavaStart {
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }

    private List<String> command() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvm.options());
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(mainClass);
      command.addAll(arguments);
      return command;
    }
  }

  /** Starts a main class. */
  public static TestProgram start(JavaStart start) {
    String name = start.mainClass().substring(start.mainClass().lastIndexOf('.') + 1);
    return launch(name, start.command(), start.environment(), start.output());
  }

  /** Starts a program of the machine. */
  public static TestProgram start(List<String> command, Path output) {
    return launch(command.getFirst(), command, Map.of(), output);
  }

  private static TestProgram launch(
      String name, List<String> command, Map<String, String> environment, Path output) {
    try {
      long from = Files.exists(output) ? Files.size(output) : 0;
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
      builder.environment().putAll(environment);
      return new TestProgram(name, builder.start(), output, from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for a line of this program's output.
   *
   * @throws AssertionError with the output when the program ends before, or the time is over
   */
  public Matcher awaitLine(Pattern pattern, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      String text = output();
      Matcher matcher = pattern.matcher(text);
      if (matcher.find()) {
        return matcher;
      }
      if (!alive || System.nanoTime() - deadline > 0) {
        throw new AssertionError(name + " did not print " + pattern + " but:\n" + text);
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** What it printed so far. */
  public String output() {
    try {
      byte[] all = Files.readAllBytes(output);
      int from = (int) Math.min(outputFrom, all.length);
      return new String(all, from, all.length - from, java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it as {@code kill -9} does, and waits for that. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Ends it as {@code kill} does and returns its exit status. */
  public int stop() {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  /** Waits for its end and returns its exit status. */
  public int awaitExit() {
    awaitEnd();
    return process.exitValue();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(name + " did not end in " + STOP_LIMIT + ":\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
    }
  }
}
