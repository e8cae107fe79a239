package im.hongyan.bench.scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Messages into groups: each reaches every member who is online. Users are dealt out to groups in
 * turn; of each group the first members are online, and one of these writes.
 */
public final class GroupFanout extends MessageScenario {
  private final int members;
  private final int online;
  private final List<Address.Group> groups = new ArrayList<>();
  private final SplittableRandom random;

  /**
   * Plans a run; the stage's users that do not fill a group are left out.
   *
   * @param members of each group
   * @param onlineShare part of them that is online, above 0 and at most 1
   */
  public GroupFanout(Stage stage, int members, double onlineShare) {
    super(stage);
    this.members = members;
    this.online = (int) Math.round(members * onlineShare);
    this.random = new SplittableRandom(stage.seed());
    if (members < 2 || members > Groups.MAX_MEMBERS || stage.users() < members) {
      throw new IllegalArgumentException(
          "groups have 2 to " + Groups.MAX_MEMBERS + " members, and there must be users for one");
    }
    if (online < 2 || online > members) {
      throw new IllegalArgumentException("two or more of each group must be online");
    }
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    Messenger messenger = register();
    for (int first = 0; first + members <= stage().users(); first += members) {
      groups.add(Groups.create(messenger.people(), first, first + members));
      messenger.loginAll(first, first + online);
    }
  }

  @Override
  public void send(long dueNanos) {
    int group = random.nextInt(groups.size());
    int from = group * members + random.nextInt(online);
    messenger().send(from, groups.get(group), dueNanos, online - 1);
  }

  @Override
  public List<String> notes() {
    return List.of(
        "%d groups of %d members, %d of each online; every message makes %d deliveries"
            .formatted(groups.size(), members, online, online - 1));
  }
}
