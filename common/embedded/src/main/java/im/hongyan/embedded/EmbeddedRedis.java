package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Redis as a child: one found on PATH, else the bundled one. Its creator closes it. */
final class EmbeddedRedis implements AutoCloseable {
  static final String NAME = "redis";
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

  /** One file up to Redis 6, a folder of several since. */
  private static final List<String> LOGS = List.of("appendonly.aof", "appendonlydir");

  /** What it prints before it ends over a log that it cannot load. */
  private static final Pattern DAMAGED =
      Pattern.compile(
          "Bad file format reading|Unexpected end of file reading|reading the append only file: make"
              + "|Unknown command .* reading|AOF manifest|AOF loading aborted|RDB|Wrong signature");

  private final Child child;
  private final int port;
  private final Secret password;

  EmbeddedRedis(DataFolder data) {
    Child.endLeftover(data, NAME);
    port = data.port(NAME);
    password = data.secret(NAME);
    Path home = data.folder(NAME);
    Path configuration = home.resolve("redis.conf");
    try {
      DataFolder.writePrivately(
          configuration,
          """
          bind 127.0.0.1
          port %d
          requirepass %s
          appendonly yes
          appendfsync no
          auto-aof-rewrite-min-size 256mb
          save ""
          maxmemory-policy noeviction
          """
              .formatted(port, password.reveal()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    child =
        new Child(
            data,
            NAME,
            // Relative to its folder, as its data are: a path may hold what its parser would cut.
            List.of(program().toString(), configuration.getFileName().toString()),
            home,
            this::answers,
            said -> repaired(home, said));
  }

  private static Path program() {
    return Programs.find("redis-server")
        .orElseGet(() -> {
          String bundled =
              System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64")
                  ? "redis-server-6.2.7-linux-arm64"
                  : "redis-server-6.2.6-v5-linux-amd64";
          return Programs.unpack(bundled, bundled).resolve("program");
        });
  }

  /** Whether the data is loaded: asked with the password, as PONG only then follows. */
  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              ("AUTH " + password.reveal() + "\r\nPING\r\nQUIT\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.contains("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  /** Sets a damaged log aside: what Redis holds comes back from MySQL and Kafka. */
  private static boolean repaired(Path home, String said) {
    boolean aside = false;
    if (DAMAGED.matcher(said).find()) {
      for (String name : LOGS) {
        Path damaged = home.resolve(name);
        try {
          if (Files.exists(damaged)) {
            LOG.warn(
                "Redis cannot read its log; it is set aside as {}, and Redis starts empty",
                DataFolder.setAside(damaged));
            aside = true;
          }
        } catch (IOException e) {
          LOG.warn("{} cannot be set aside: {}", damaged, e.toString());
        }
      }
    }
    return aside;
  }

  /** The settings that lead to it. */
  Map<String, String> settings() {
    return settings(port, password);
  }

  static Map<String, String> settings(int port, Secret password) {
    return Map.of("redis.uri", "redis://:" + password.reveal() + "@127.0.0.1:" + port);
  }

  @Override
  public void close() {
    child.close();
  }
}
