package im.hongyan.bench;

import im.hongyan.bench.scenario.HotConversation;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./hongyan bench hot-conversation}. */
@Command(
    name = "hot-conversation",
    description =
        "Every message in one conversation: of two users, or of a group when there are more users.")
final class HotConversationCommand extends ScenarioCommand {
  @Mixin private CheckOptions check = new CheckOptions();

  @Override
  int defaultUsers() {
    return 2;
  }

  @Override
  boolean checked() {
    return check.wanted();
  }

  @Override
  String ownOptions(int userCount) {
    return check.headline();
  }

  @Override
  Scenario scenario(Stage stage) {
    return new HotConversation(stage);
  }
}
