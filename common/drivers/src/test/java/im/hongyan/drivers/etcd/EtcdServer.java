package im.hongyan.drivers.etcd;

import im.hongyan.embedded.FreePort;
import im.hongyan.testkit.RequiresToolCondition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A real etcd on free loopback ports, from PATH or {@code HONGYAN_ETCD}; a test that needs it is
 * skipped with one line where there is none, and fails where {@code HONGYAN_REQUIRE} lists it.
 */
final class EtcdServer implements AutoCloseable {
  private final Path program;
  private final Path folder;
  private final int clientPort;
  private final int peerPort;
  private Process process;

  private EtcdServer(Path program, Path folder) throws IOException {
    this.program = program;
    this.folder = folder;
    clientPort = FreePort.choose();
    peerPort = FreePort.choose();
    process = launch("data");
  }

  static EtcdServer start(Path folder) throws IOException {
    String given = System.getenv().getOrDefault("HONGYAN_ETCD", "");
    Optional<Path> program =
        given.isEmpty() ? RequiresToolCondition.find("etcd") : Optional.of(Path.of(given));
    if (program.isEmpty()) {
      String line = "etcd is not installed (install etcd-server, or set HONGYAN_ETCD)";
      String required = System.getenv().getOrDefault("HONGYAN_REQUIRE", "");
      if (Arrays.stream(required.split(",", -1)).anyMatch(name -> name.strip().equals("etcd"))) {
        throw new IllegalStateException(line + ", and HONGYAN_REQUIRE lists it");
      }
      System.out.println("SKIPPED: " + line);
      Assumptions.abort(line);
    }
    return new EtcdServer(program.orElseThrow(), folder);
  }

  private Process launch(String data) throws IOException {
    String client = "http://127.0.0.1:" + clientPort;
    String peer = "http://127.0.0.1:" + peerPort;
    return new ProcessBuilder(
            List.of(
                program.toString(),
                "--name=test",
                "--data-dir=" + folder.resolve(data),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=test=" + peer))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  EtcdConfig config(java.time.Duration lease) {
    return new EtcdConfig(
        List.of("127.0.0.1:" + clientPort),
        "",
        new im.hongyan.kit.config.Secret(""),
        "/test/",
        lease);
  }

  /** As {@code kill -9}. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** On the same ports, with the data it had or with none. */
  void startAgain(boolean withData) {
    try {
      process = launch(withData ? "data" : "fresh");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
