package im.hongyan.bench;

import im.hongyan.bench.scenario.OneToOne;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench one-to-one}. */
@Command(
    name = "one-to-one",
    description =
        "Text messages between users drawn at random, open loop: each has its moment, and its "
            + "latency counts from there.")
final class OneToOneCommand extends ScenarioCommand {
  @Option(
      names = "--peers",
      paramLabel = "N",
      description =
          "how many others each user writes to (all): with many users and peers most messages "
              + "are the first of their conversation, which costs the server more")
  private int peers = Integer.MAX_VALUE;

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
  String ownOptions(int userCount) {
    return "--peers " + Math.min(peers, userCount - 1) + " " + check.headline();
  }

  @Override
  Scenario scenario(Stage stage) {
    return new OneToOne(stage, peers);
  }
}
