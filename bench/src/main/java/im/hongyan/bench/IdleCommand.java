package im.hongyan.bench;

import im.hongyan.bench.scenario.Idle;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;

/** {@code ./hongyan bench idle}. */
@Command(
    name = "idle",
    description =
        "Users who are online and send nothing but heartbeats: what a connection costs. --rate "
            + "is that of small requests which show that the server still answers.")
final class IdleCommand extends ScenarioCommand {
  @Override
  int defaultUsers() {
    return 1_000;
  }

  @Override
  Scenario scenario(Stage stage) {
    return new Idle(stage);
  }
}
