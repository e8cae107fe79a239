package im.hongyan.bench.scenario;

import java.io.IOException;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Everything in one conversation: two users who write to each other, or with more users a group in
 * which everybody writes.
 */
public final class HotConversation extends MessageScenario {
  private final SplittableRandom random;
  private @Nullable Address group;

  /** Plans a run. */
  public HotConversation(Stage stage) {
    super(stage);
    if (stage.users() < 2 || stage.users() > Groups.MAX_MEMBERS) {
      throw new IllegalArgumentException("2 to " + Groups.MAX_MEMBERS + " users");
    }
    this.random = new SplittableRandom(stage.seed());
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    super.prepare();
    if (stage().users() > 2) {
      group = Groups.create(messenger().people(), 0, stage().users());
    }
  }

  @Override
  public void send(long dueNanos) {
    int from = random.nextInt(stage().users());
    Address to = group == null ? new Address.Single(messenger().people().id(1 - from)) : group;
    messenger().send(from, to, dueNanos, stage().users() - 1);
  }
}
