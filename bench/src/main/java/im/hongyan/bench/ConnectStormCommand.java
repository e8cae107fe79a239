package im.hongyan.bench;

import im.hongyan.bench.scenario.ConnectStorm;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench connect-storm}. */
@Command(
    name = "connect-storm",
    description = "Logins: a token by REST, the connection, and the answer to the first request.")
final class ConnectStormCommand extends ScenarioCommand {
  @Option(
      names = "--cached-tokens",
      description = "log in again with the same token, as after a lost network")
  private boolean cachedTokens;

  @Override
  int defaultUsers() {
    return 1_000;
  }

  @Override
  String ownOptions(int userCount) {
    return cachedTokens ? "--cached-tokens " : "";
  }

  @Override
  Scenario scenario(Stage stage) {
    return new ConnectStorm(stage, cachedTokens);
  }
}
