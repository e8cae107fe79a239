package im.hongyan.testkit.stores;

import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.Programs;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Servers that are not bundled: used where the machine has them. */
public enum FoundServer {
  /** MySQL: {@code HONGYAN_MYSQL_HOME}, else {@code mysqld} on PATH unless that is MariaDB's. */
  MYSQL("HONGYAN_MYSQL_HOME", "mysqld") {
    @Override
    boolean isIt(Path program) {
      return !version(program).contains("MariaDB");
    }

    @Override
    public Map<String, String> start(Path program, DataFolder data, Lifecycle lifecycle) {
      EmbeddedMySql mysql = lifecycle.add("mysql", new EmbeddedMySql(data, program));
      return Map.of(
          "mysql.address",
          mysql.address(),
          "mysql.database",
          EmbeddedMySql.DATABASE,
          "mysql.user",
          EmbeddedMySql.USER,
          "mysql.password",
          mysql.password().reveal());
    }
  },

  /** FerretDB 1 on SQLite: {@code HONGYAN_FERRETDB}, else {@code ferretdb} on PATH. */
  FERRETDB("HONGYAN_FERRETDB", "ferretdb") {
    @Override
    boolean isIt(Path program) {
      return true;
    }

    @Override
    public Map<String, String> start(Path program, DataFolder data, Lifecycle lifecycle) {
      EmbeddedFerretDb ferretDb = lifecycle.add("ferretdb", new EmbeddedFerretDb(data, program));
      return Map.of("mongo.uri", ferretDb.uri());
    }
  };

  private final String variable;
  private final String program;

  FoundServer(String variable, String program) {
    this.variable = variable;
    this.program = program;
  }

  /**
   * The program, if this machine has it.
   *
   * @param environment may name the program or a folder that has it, as such or below bin or sbin
   * @throws ConfigException when it names a place without the program
   */
  public Optional<Path> find(Map<String, String> environment) {
    String place = environment.getOrDefault(variable, "");
    if (place.isEmpty()) {
      return Programs.find(program).filter(this::isIt);
    }
    for (String name : List.of("", program, "bin/" + program, "sbin/" + program)) {
      Path candidate = Path.of(place).resolve(name);
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
    }
    throw new ConfigException(variable + " is " + place + ", but no " + program + " is there");
  }

  /** Whether a program of that name is this server's. */
  abstract boolean isIt(Path program);

  /**
   * Starts the server as a child and returns the settings that lead to it; the lifecycle stops it.
   *
   * @throws RuntimeException when it does not start, with one clear line
   */
  public abstract Map<String, String> start(Path program, DataFolder data, Lifecycle lifecycle);

  private static String version(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
