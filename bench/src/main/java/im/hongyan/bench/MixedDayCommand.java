package im.hongyan.bench;

import im.hongyan.bench.scenario.MixedDay;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench mixed-day}. */
@Command(
    name = "mixed-day",
    description =
        "Messages to users and groups, read receipts, logins and logouts, all mixed; always "
            + "checked as by --check of other scenarios.")
final class MixedDayCommand extends ScenarioCommand {
  @Option(names = "--members", paramLabel = "N", description = "of each group (20)")
  private int members = 20;

  @Override
  int defaultUsers() {
    return 200;
  }

  @Override
  boolean checked() {
    return true;
  }

  @Override
  String ownOptions(int userCount) {
    return "--members " + members + " ";
  }

  @Override
  Scenario scenario(Stage stage) {
    return new MixedDay(stage, members);
  }
}
