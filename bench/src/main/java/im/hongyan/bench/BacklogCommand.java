package im.hongyan.bench;

import im.hongyan.bench.scenario.Backlog;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench backlog}. */
@Command(
    name = "backlog",
    description =
        "Half of the users come back to a pile of messages and pull it, while the others go on "
            + "writing to each other at --rate.")
final class BacklogCommand extends ScenarioCommand {
  @Option(names = "--messages", paramLabel = "N", description = "size of the pile (10000)")
  private int messages = 10_000;

  @Mixin private CheckOptions check = new CheckOptions();

  @Override
  int defaultUsers() {
    return 200;
  }

  @Override
  boolean checked() {
    return check.wanted();
  }

  @Override
  int messagesBefore() {
    return messages;
  }

  @Override
  String ownOptions(int userCount) {
    return "--messages " + messages + " " + check.headline();
  }

  @Override
  Scenario scenario(Stage stage) {
    return new Backlog(stage, messages);
  }
}
