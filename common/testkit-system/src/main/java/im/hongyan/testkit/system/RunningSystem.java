package im.hongyan.testkit.system;

import im.hongyan.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code ./hongyan run} as a process of its own over one data folder, which tests may kill and
 * start again at the same ports. Used by one thread; its creator closes it.
 */
public final class RunningSystem implements AutoCloseable {
  /** The secret of every running system, so that none has the default one. */
  public static final String SECRET = "secret of the tests";

  /** More than a start takes on a busy machine. */
  public static final Duration START_LIMIT = Duration.ofMinutes(2);

  /** What a system prints once it serves. */
  public static final Pattern SERVES = Pattern.compile("Hongyan serves after (\\d+) ms");

  private final Path data;
  private final List<String> options;
  private final Map<String, String> environment = new HashMap<>();
  private final SystemAddress address;
  private TestProgram program;

  private RunningSystem(Path data, Map<String, String> variables, List<String> options) {
    this.data = data;
    Path config = config(data);
    environment.putAll(variables);
    environment.put("HONGYAN_SHARE_SECRET", SECRET);
    int apiPort = FreePort.choose();
    int wsPort = FreePort.choose();
    address =
        new SystemAddress(
            URI.create("http://127.0.0.1:" + apiPort),
            URI.create("ws://127.0.0.1:" + wsPort),
            SECRET);
    List<String> all =
        new ArrayList<>(
            List.of(
                "--data=" + data,
                "--api-port=" + apiPort,
                "--ws-port=" + wsPort,
                "--config=" + config));
    all.addAll(options);
    this.options = List.copyOf(all);
    program = launch();
  }

  /** Starts a system; returns once it serves. */
  public static RunningSystem start(Path data, String... options) {
    return start(data, Map.of(), options);
  }

  /** Starts a system with settings as variables of its environment; returns once it serves. */
  public static RunningSystem start(Path data, Map<String, String> environment, String... options) {
    RunningSystem system = new RunningSystem(data, environment, List.of(options));
    system.awaitServing();
    return system;
  }

  /** The file of a system's settings, beside its data; empty unless a test wrote it. */
  public static Path config(Path data) {
    Path file = data.resolveSibling(data.getFileName() + ".yml");
    try {
      return Files.exists(file) ? file : Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TestProgram launch() {
    return TestProgram.start(
        new TestProgram.JavaStart(
            "im.hongyan.standalone.RunMain",
            options,
            Jvm.light("512m"),
            environment,
            data.resolveSibling(data.getFileName() + ".log")));
  }

  private void awaitServing() {
    program.awaitLine(SERVES, START_LIMIT);
  }

  /** Where it listens. */
  public SystemAddress address() {
    return address;
  }

  /** Its data folder. */
  public Path data() {
    return data;
  }

  /** The JVM. */
  public TestProgram program() {
    return program;
  }

  /** Ends the JVM as {@code kill -9} does; its children live on. */
  public void killJvm() {
    program.kill();
  }

  /** Ends the JVM and all its children as {@code kill -9} does. */
  public void killAll() {
    List<ProcessHandle> children = children();
    program.kill();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(child -> child.onExit().join());
  }

  /** The children that run now. */
  public List<ProcessHandle> children() {
    return ChildRecords.processes(data);
  }

  /** The child that runs a store. */
  public ProcessHandle child(String store) {
    return ChildRecords.process(data, store);
  }

  /** Starts it again after it was ended; returns once it serves. */
  public void startAgain() {
    program = launch();
    awaitServing();
  }

  @Override
  public void close() {
    if (program.isAlive()) {
      program.stop();
    }
  }
}
