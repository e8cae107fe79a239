package im.hongyan.bench;

import im.hongyan.bench.scenario.FriendLists;
import im.hongyan.bench.scenario.GroupReads;
import im.hongyan.bench.scenario.Rest;
import im.hongyan.bench.scenario.Scenario;
import im.hongyan.bench.scenario.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench rest}. */
@Command(
    name = "rest",
    description =
        "Calls of the REST API: profiles, and tokens, read and made; with --friends friend lists, "
            + "their changes and profiles; with --group one group's members and their changes.")
final class RestCommand extends ScenarioCommand {
  @Option(
      names = "--friends",
      paramLabel = "N",
      description = "friends of each of ten users who ask for them (0: tokens instead)")
  private int friends;

  @Option(
      names = "--group",
      paramLabel = "N",
      description = "members of a group that ten of them ask for (0: tokens instead)")
  private int group;

  @Override
  int defaultUsers() {
    return Math.max(200, group);
  }

  @Override
  String ownOptions(int userCount) {
    if (group != 0) {
      return "--group " + group + " ";
    }
    return friends == 0 ? "" : "--friends " + friends + " ";
  }

  @Override
  Scenario scenario(Stage stage) {
    if (group != 0) {
      return new GroupReads(stage, group);
    }
    return friends == 0 ? new Rest(stage) : new FriendLists(stage, friends);
  }
}
