package im.hongyan.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./hongyan bench SCENARIO}: load on a running server, through its sockets only. */
@Command(
    name = "hongyan bench",
    mixinStandardHelpOptions = true,
    description = "Loads a running server, open loop, and prints what came of it.",
    subcommands = {
      OneToOneCommand.class,
      HotConversationCommand.class,
      GroupFanoutCommand.class,
      ConnectStormCommand.class,
      IdleCommand.class,
      BacklogCommand.class,
      MixedDayCommand.class,
      RestCommand.class
    })
public final class BenchMain {
  private BenchMain() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, not yet run. */
  public static CommandLine commandLine() {
    return new CommandLine(new BenchMain()).setCaseInsensitiveEnumValuesAllowed(true);
  }
}
