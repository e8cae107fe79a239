package im.hongyan.standalone;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.ConfigFile;
import im.hongyan.kit.config.Settings;
import im.hongyan.messagelog.kafka.DeadLetters;
import im.hongyan.messagelog.kafka.DeadLetters.Entry;
import im.hongyan.proto.sequencing.DeadLetter;
import im.hongyan.server.Program;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
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
 * {@code ./hongyan dead-letters}: the records that the sequencer could not process, and their way
 * back. Exit status 1 when something failed, 2 when the command line is wrong.
 */
@Command(
    name = "hongyan dead-letters",
    mixinStandardHelpOptions = true,
    description = "Records that the sequencer could not process.")
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
      description = "data of a running ./hongyan run, used where kafka.address is not set (./data)",
      scope = picocli.CommandLine.ScopeType.INHERIT)
  private Path data = Path.of("data");

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command line. */
  public static void main(String[] arguments) {
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

  private KafkaConfig kafka() throws IOException {
    Path file = ConfigFile.chosen(config);
    Settings settings = Settings.load(file, environment, Map.of());
    if (settings.present("kafka.address")) {
      return KafkaConfig.from(settings);
    }
    var embedded = EmbeddedStores.settings(EmbeddedStores.Kind.KAFKA, data);
    return KafkaConfig.from(Settings.load(file, environment, embedded.orElse(Map.of())));
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }

  private int withDeadLetters(Work work) {
    try (DeadLetters letters = new DeadLetters(kafka())) {
      return work.on(letters);
    } catch (ImException e) {
      say("hongyan: " + e.detail());
    } catch (ConfigException | IOException e) {
      say("hongyan: " + e.getMessage());
    } catch (RuntimeException e) {
      say("hongyan: Kafka does not answer: " + e.getMessage());
    }
    return FAILED;
  }

  @FunctionalInterface
  private interface Work {
    int on(DeadLetters letters);
  }

  private static String line(Entry entry) {
    DeadLetter letter = entry.letter();
    return "%d  lane %d  record %d  %s  %d bytes  %s%s"
        .formatted(
            entry.offset(),
            letter.getLane(),
            letter.getInboundOffset(),
            Instant.ofEpochMilli(letter.getAppendedMillis()),
            letter.getValue().size(),
            letter.getReason(),
            entry.replayed() ? "  (replayed)" : "");
  }

  @Command(name = "list", description = "Lists number, lane, record, time, size and reason.")
  private static final class ListDeadLetters implements Callable<Integer> {
    private final DeadLettersMain main;

    ListDeadLetters(DeadLettersMain main) {
      this.main = main;
    }

    @Override
    public Integer call() {
      return main.withDeadLetters(letters -> {
        List<Entry> all = letters.list();
        all.forEach(entry -> main.say(line(entry)));
        main.say(all.size() + " dead letters");
        return 0;
      });
    }
  }

  @Command(
      name = "replay",
      description = "Gives dead letters back to their lanes, once this version can process them.")
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
      return main.withDeadLetters(this::replay);
    }

    private int replay(DeadLetters letters) {
      int failed = 0;
      List<Entry> chosen =
          letters.list().stream()
              .filter(
                  entry -> numbers.isEmpty() ? !entry.replayed() : numbers.contains(entry.offset()))
              .toList();
      for (Entry entry : chosen) {
        try {
          letters.replay(entry);
          main.say(entry.offset() + " is back in lane " + entry.letter().getLane());
        } catch (ImException e) {
          main.say(entry.offset() + " is not replayed: " + e.detail());
          failed++;
        }
      }
      for (Long number : numbers) {
        if (chosen.stream().noneMatch(entry -> entry.offset() == number)) {
          main.say("there is no dead letter " + number);
          failed++;
        }
      }
      return failed == 0 ? 0 : FAILED;
    }
  }
}
