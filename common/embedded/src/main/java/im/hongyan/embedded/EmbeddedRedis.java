package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Redis as a child: one found on PATH, else the bundled one. Its creator closes it. */
final class EmbeddedRedis implements AutoCloseable {
  private static final String NAME = "redis";

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
          dir %s
          appendonly yes
          appendfsync no
          auto-aof-rewrite-min-size 256mb
          save ""
          maxmemory-policy noeviction
          """
              .formatted(port, password.reveal(), home));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    child =
        new Child(
            data,
            NAME,
            List.of(program().toString(), configuration.toString()),
            home,
            this::answers);
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

  Secret uri() {
    return new Secret("redis://:" + password.reveal() + "@127.0.0.1:" + port);
  }

  @Override
  public void close() {
    child.close();
  }
}
