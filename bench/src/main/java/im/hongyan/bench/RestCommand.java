package im.hongyan.bench;

import im.hongyan.bench.scenario.Rest;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;

/** {@code ./hongyan bench rest}. */
@Command(name = "rest", description = "Calls of the REST API: profiles, and tokens, read and made.")
final class RestCommand extends ScenarioCommand {
  @Override
  int defaultUsers() {
    return 200;
  }

  @Override
  Scenario scenario(Stage stage) {
    return new Rest(stage);
  }
}
