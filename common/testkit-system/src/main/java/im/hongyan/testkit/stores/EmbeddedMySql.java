package im.hongyan.testkit.stores;

import im.hongyan.embedded.Child;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.Greeting;
import im.hongyan.kit.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** MySQL as a child. Its creator closes it. */
final class EmbeddedMySql implements AutoCloseable {
  static final String DATABASE = "hongyan";
  static final String USER = "hongyan";
  private static final String NAME = "mysql";

  private final Child child;
  private final int port;
  private final Secret password;

  EmbeddedMySql(DataFolder data, Path program) {
    Child.endLeftover(data, NAME);
    port = data.port(NAME);
    password = data.secret(NAME);
    Path home = data.folder(NAME);
    Path files = home.resolve("data");
    try {
      if (!Files.exists(home.resolve("installed"))) {
        DataFolder.delete(files);
        install(data, program, files);
        Files.createFile(home.resolve("installed"));
      }
      Path init = home.resolve("init.sql");
      DataFolder.writePrivately(init, accounts(password));
      List<String> command = command(program, files);
      command.addAll(serving());
      command.add("--init-file=" + init);
      child = new Child(data, NAME, command, home, () -> Greeting.comesFrom(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Path program, Path files) {
    return new ArrayList<>(
        List.of(
            program.toString(),
            "--no-defaults",
            "--datadir=" + files,
            "--user=" + System.getProperty("user.name")));
  }

  private static void install(DataFolder data, Path program, Path files) throws IOException {
    List<String> command = command(program, files);
    command.add("--initialize-insecure");
    // A set-up that is cut short is done again from the beginning.
    command.add("--innodb-flush-log-at-trx-commit=0");
    command.add("--innodb-doublewrite=OFF");
    Path log = data.folder("logs").resolve("mysql-install.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException("MySQL cannot be set up; its log is " + log);
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private List<String> serving() {
    return List.of(
        "--bind-address=127.0.0.1",
        "--port=" + port,
        "--socket=hongyan.sock",
        "--pid-file=hongyan.pid",
        "--mysqlx=OFF",
        "--skip-name-resolve",
        "--secure-file-priv=NULL",
        "--skip-log-bin",
        "--performance-schema=OFF",
        "--max-connections=100",
        "--max-allowed-packet=64M",
        "--character-set-server=utf8mb4",
        "--transaction-isolation=READ-COMMITTED",
        "--innodb-buffer-pool-size=128M",
        "--innodb-redo-log-capacity=96M",
        // Like all of standalone: safe against killed processes, not against power loss.
        "--innodb-flush-log-at-trx-commit=2");
  }

  /** Run at every start; on one line each, as the server wants it. */
  private static String accounts(Secret password) {
    return """
    CREATE DATABASE IF NOT EXISTS %1$s CHARACTER SET utf8mb4;
    CREATE USER IF NOT EXISTS '%2$s'@'127.0.0.1' IDENTIFIED BY '%3$s';
    GRANT ALL ON %1$s.* TO '%2$s'@'127.0.0.1';
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
