package im.hongyan.server;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Schema;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.ConfigFile;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.logging.Logging;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./hongyan migrate}: brings tables, indexes and topics to what this version needs; where
 * they are, it changes nothing. Several at once take turns, by a lock in MySQL. The inbox in
 * MongoDB is found by its ids alone and needs nothing. Exit status 0 when all is as needed, 1 when
 * it is not, 2 when the command line is wrong.
 */
@Command(
    name = "hongyan migrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Brings tables, indexes and topics to what this version needs.")
public final class MigrateMain implements Callable<Integer> {
  /** More than a migration of large tables takes. */
  private static final Duration LOCK_TIMEOUT = Duration.ofHours(2);

  @Option(names = "--config", paramLabel = "FILE", description = "settings (config/hongyan.yml)")
  private @Nullable Path config;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, String> environment;

  private MigrateMain(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs the command line. */
  public static void main(String[] arguments) {
    Logging.startCommand();
    System.exit(
        execute(
            arguments, new PrintWriter(System.out, true, StandardCharsets.UTF_8), System.getenv()));
  }

  /** Runs a command line; what it has to say goes to the writer. */
  static int execute(String[] arguments, PrintWriter out, Map<String, String> environment) {
    return Program.commandLine(new MigrateMain(environment))
        .setOut(out)
        .setErr(out)
        .execute(arguments);
  }

  @Override
  public Integer call() {
    try {
      Settings settings = Settings.load(ConfigFile.chosen(config), environment, Map.of());
      StoresConfig stores = AllSettings.read(settings).stores();
      try (MySql mysql = MySql.openAsIs(stores.mysql(), new SimpleMeterRegistry())) {
        return mysql.schema().alone(LOCK_TIMEOUT, () -> migrate(mysql, stores));
      }
    } catch (ImException e) {
      say("hongyan: " + e.detail());
    } catch (ConfigException e) {
      say("hongyan: " + e.getMessage());
    }
    return Program.CANNOT_START;
  }

  private int migrate(MySql mysql, StoresConfig stores) {
    Schema schema = mysql.schema();
    Schema.State before = schema.state();
    if (!before.unknown().isEmpty()) {
      say("hongyan: " + schema.tooNew(before));
      return Program.CANNOT_START;
    }
    int made = schema.migrate();
    say(made == 0 ? "tables: nothing to do" : "tables: " + made + " migrations made");
    Stores.decideLanes(mysql, stores.kafka());
    Set<String> topics = Topics.create(stores.kafka());
    say(topics.isEmpty() ? "topics: nothing to do" : "topics: " + String.join(", ", topics));
    return 0;
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }
}
