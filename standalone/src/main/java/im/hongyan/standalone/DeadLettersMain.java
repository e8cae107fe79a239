package im.hongyan.standalone;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.ConfigFile;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.logging.Logging;
import im.hongyan.server.Program;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ./hongyan dead-letters}: the records that the sequencer could not process, or the
 * notifications that rpc-msg refused, and their way back. Exit status 1 when something failed, 2
 * when the command line is wrong.
 */
@Command(
    name = "hongyan dead-letters",
    mixinStandardHelpOptions = true,
    description = "Records that the sequencer could not process, or refused notifications.")
public final class DeadLettersMain {
  private static final int FAILED = 1;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings (config/hongyan.yml)",
      scope = picocli.CommandLine.ScopeType.INHERIT)
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "data of a running ./hongyan run, used where kafka.address or mysql.address is not set"
              + " (./data)",
      scope = picocli.CommandLine.ScopeType.INHERIT)
  private Path data = Path.of("data");

  @Option(
      names = "--notifications",
      description = "notifications that rpc-msg refused, instead of the sequencer's records",
      scope = picocli.CommandLine.ScopeType.INHERIT)
  private boolean notifications;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command line. */
  public static void main(String[] arguments) {
    Logging.startCommand();
    int status =
        execute(
            arguments, new PrintWriter(System.out, true, StandardCharsets.UTF_8), System.getenv());
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Runs a command line; what it has to say goes to the writer. */
  static int execute(String[] arguments, PrintWriter out, Map<String, String> environment) {
    DeadLettersMain main = new DeadLettersMain();
    main.environment = environment;
    return Program.commandLine(main)
        .addSubcommand(new ListDeadLetters(main))
        .addSubcommand(new ReplayDeadLetters(main))
        .setOut(out)
        .setErr(out)
        .execute(arguments);
  }

  private Map<String, String> environment = Map.of();

  private DeadLettersMain() {}

  private DeadLetterSource open() throws IOException {
    return notifications
        ? new NotificationDeadLetters(MySqlConfig.from(settings(Kind.MYSQL, "mysql.address")))
        : new SequencerDeadLetters(KafkaConfig.from(settings(Kind.KAFKA, "kafka.address")));
  }

  /** Those that lead to a store: where nobody says its address, to that of the data folder. */
  private Settings settings(Kind store, String address) throws IOException {
    Path file = ConfigFile.chosen(config);
    Settings settings = Settings.load(file, environment, Map.of());
    return settings.present(address)
        ? settings
        : Settings.load(file, environment, EmbeddedStores.settings(store, data).orElse(Map.of()));
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }

  private int withDeadLetters(Work work) {
    try (DeadLetterSource letters = open()) {
      return work.on(letters);
    } catch (ImException e) {
      say("hongyan: " + e.detail());
    } catch (ConfigException | IOException e) {
      say("hongyan: " + e.getMessage());
    } catch (RuntimeException e) {
      say(
          "hongyan: "
              + (notifications ? "MySQL" : "Kafka")
              + " does not answer: "
              + e.getMessage());
    }
    return FAILED;
  }

  @FunctionalInterface
  private interface Work {
    int on(DeadLetterSource letters);
  }

  @Command(
      name = "list",
      description =
          "Lists number, lane, record, time, size and reason; of notifications number,"
              + " conversation, type, client id, time and reason.")
  private static final class ListDeadLetters implements Callable<Integer> {
    private final DeadLettersMain main;

    ListDeadLetters(DeadLettersMain main) {
      this.main = main;
    }

    @Override
    public Integer call() {
      return main.withDeadLetters(letters -> {
        letters.list(main::say);
        return 0;
      });
    }
  }

  @Command(
      name = "replay",
      description =
          "Gives dead letters back to their lanes, or notifications to their conversations, once"
              + " the cause is mended.")
  private static final class ReplayDeadLetters implements Callable<Integer> {
    private final DeadLettersMain main;

    @Parameters(
        paramLabel = "NUMBER",
        arity = "0..*",
        description = "as list shows them; all that were not replayed yet where none is given")
    private List<Long> numbers = List.of();

    ReplayDeadLetters(DeadLettersMain main) {
      this.main = main;
    }

    @Override
    public Integer call() {
      return main.withDeadLetters(letters -> letters.replay(numbers, main::say) == 0 ? 0 : FAILED);
    }
  }
}
