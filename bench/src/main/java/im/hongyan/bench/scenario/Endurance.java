package im.hongyan.bench.scenario;

import java.io.IOException;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Users whom failures of the server do not put off, for runs in which its processes are killed:
 * three messages in four go to another user, one goes to a group of all. Everybody comes back with
 * the token of the start, repeats what is not acknowledged, and asks its highest seqs all along.
 * Its stage has a history.
 */
public final class Endurance extends MessageScenario {
  private static final int GROUP_EVERY = 4;

  private final SplittableRandom random;
  private Address.@Nullable Group group;

  /** Plans a run. */
  public Endurance(Stage stage) {
    super(stage);
    if (stage.users() < 2) {
      throw new IllegalArgumentException("it takes two to talk");
    }
    this.random = new SplittableRandom(stage.seed());
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    Messenger messenger = register(new Persistence());
    messenger.loginAll(0, messenger.people().size());
    group = Groups.create(messenger.people(), 0, stage().users());
  }

  @Override
  public void send(long dueNanos) {
    int users = stage().users();
    int from = random.nextInt(users);
    int to = (from + 1 + random.nextInt(users - 1)) % users;
    Address.Group all = group;
    if (all != null && random.nextInt(GROUP_EVERY) == 0) {
      messenger().send(from, all, dueNanos, users - 1);
    } else {
      messenger().send(from, new Address.Single(messenger().people().id(to)), dueNanos, 1);
    }
    messenger().sync(random.nextInt(users));
  }

  /**
   * Ends all connections. Their users log in again with the token of the start, and ask what they
   * missed.
   */
  public void breakConnections() throws InterruptedException {
    messenger().breakConnections();
  }

  /** Whether every user has a connection. */
  public boolean allOnline() {
    return messenger().allOnline();
  }
}
