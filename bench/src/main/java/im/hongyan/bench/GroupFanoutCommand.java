package im.hongyan.bench;

import im.hongyan.bench.scenario.GroupFanout;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench group-fanout}. */
@Command(
    name = "group-fanout",
    description = "Messages into groups; each is to reach every other member who is online.")
final class GroupFanoutCommand extends ScenarioCommand {
  @Option(names = "--members", paramLabel = "N", description = "of each group (100)")
  private int members = 100;

  @Option(names = "--online", paramLabel = "N", description = "part of them that is online (1)")
  private double online = 1;

  @Mixin private CheckOptions check = new CheckOptions();

  @Override
  int defaultUsers() {
    return 100;
  }

  @Override
  boolean checked() {
    return check.wanted();
  }

  @Override
  String ownOptions(int userCount) {
    return "--members " + members + " --online " + Texts.of(online) + " " + check.headline();
  }

  @Override
  Scenario scenario(Stage stage) {
    return new GroupFanout(stage, members, online);
  }
}
