package im.hongyan.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that Redis starts wherever its folder is, and whatever became of its log. */
class EmbeddedRedisIT {
  @TempDir private Path folder;

  @Test
  void aDamagedLogIsSetAsideAtTheStartAndWhileItRuns() throws IOException {
    Path root = folder.resolve("it's \"my\" data");
    try (DataFolder data = DataFolder.open(root);
        EmbeddedRedis redis = new EmbeddedRedis(data)) {
      assertThat(ask(redis, "SET greeting hello")).contains("+OK");
    }
    try (DataFolder data = DataFolder.open(root);
        EmbeddedRedis redis = new EmbeddedRedis(data)) {
      assertThat(ask(redis, "GET greeting")).as("kept").contains("hello");
    }
    damage(root);
    try (DataFolder data = DataFolder.open(root);
        EmbeddedRedis redis = new EmbeddedRedis(data)) {
      assertThat(ask(redis, "GET greeting")).as("begins empty").contains("$-1");
      assertThat(aside(root)).hasSize(1);

      assertThat(ask(redis, "SET greeting again")).contains("+OK");
      damage(root);
      long pid = Long.parseLong(Files.readString(root.resolve("children/redis")).strip());
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      Eventually.eventually(
          () -> assertThat(ask(redis, "GET greeting")).as("begins empty").contains("$-1"));
    }
  }

  private static String ask(EmbeddedRedis redis, String command) throws IOException {
    URI uri = URI.create(Objects.requireNonNull(redis.settings().get("redis.uri")));
    String password = uri.getUserInfo().substring(1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("AUTH " + password + "\r\n" + command + "\r\nQUIT\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes junk before all that the log holds. */
  private static void damage(Path root) throws IOException {
    for (Path log : files(root, "appendonly.*aof")) {
      byte[] kept = Files.readAllBytes(log);
      Files.writeString(log, "junk\r\n".repeat(20), StandardOpenOption.TRUNCATE_EXISTING);
      Files.write(log, kept, StandardOpenOption.APPEND);
    }
  }

  private static List<Path> aside(Path root) throws IOException {
    return files(root, "appendonly.*damaged");
  }

  private static List<Path> files(Path root, String name) throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve("redis"))) {
      return all.filter(file -> file.getFileName().toString().matches(name)).toList();
    }
  }
}
