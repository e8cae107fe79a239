package im.hongyan.testkit.opensearch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An OpenSearch server as a child process on a free port of the loopback interface, with its data
 * in a folder of its own that goes with it. Its creator closes it.
 */
public final class OpenSearchServer implements AutoCloseable {
  private static final String CLASS_PATH = "/hongyan/opensearch.classpath";

  private final Process process;
  private final Path home;
  private final URI address;

  private OpenSearchServer(Process process, Path home, URI address) {
    this.process = process;
    this.home = home;
    this.address = address;
  }

  /**
   * Starts one and waits until it listens.
   *
   * @throws IllegalStateException when it ends instead; with what it printed last
   */
  public static OpenSearchServer start() {
    try {
      Path home = Files.createTempDirectory("hongyan-opensearch");
      Process process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx512m",
                      "-XX:+UseSerialGC",
                      "-XX:TieredStopAtLevel=1",
                      "-XX:+ExitOnOutOfMemoryError",
                      "--enable-native-access=ALL-UNNAMED",
                      "--add-modules=jdk.incubator.vector",
                      "-Dlog4j2.disable.jmx=true",
                      "-cp",
                      classPath(),
                      OpenSearchMain.NAME,
                      home.toString()))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .start();
      return new OpenSearchServer(process, home, await(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() throws IOException {
    try (InputStream in = OpenSearchServer.class.getResourceAsStream(CLASS_PATH)) {
      if (in == null) {
        throw new IllegalStateException("the build did not write " + CLASS_PATH);
      }
      String libraries = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      String own =
          Path.of(
                  URI.create(
                      OpenSearchServer.class
                          .getProtectionDomain()
                          .getCodeSource()
                          .getLocation()
                          .toString()))
              .toString();
      return own + System.getProperty("path.separator") + libraries;
    }
  }

  /** Reads up to the line with the address; the rest is read and dropped. */
  private static URI await(Process process) throws IOException {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder printed = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(OpenSearchMain.LISTENS)) {
        Thread.ofPlatform().daemon().name("opensearch output").start(() -> drop(output));
        return URI.create(line.substring(OpenSearchMain.LISTENS.length()));
      }
      printed.append(line).append('\n');
    }
    throw new IllegalStateException("OpenSearch did not start:\n" + printed);
  }

  private static void drop(BufferedReader output) {
    try {
      while (output.readLine() != null) {
        // its log
      }
    } catch (IOException e) {
      // It is over.
    }
  }

  /** Where it listens. */
  public URI address() {
    return address;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
