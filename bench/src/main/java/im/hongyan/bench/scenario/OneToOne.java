package im.hongyan.bench.scenario;

import java.util.SplittableRandom;

/**
 * Text messages between two users each, pairs drawn at random. A message counts as received when
 * its push is at its receiver; the copy that the sender gets does not count.
 */
public final class OneToOne extends MessageScenario {
  private final int peers;
  private final SplittableRandom random;

  /**
   * Plans a run.
   *
   * @param peers how many others each user writes to, at most all: few keep the conversations warm,
   *     many make most messages the first of theirs
   */
  public OneToOne(Stage stage, int peers) {
    super(stage);
    if (stage.users() < 2 || peers < 1) {
      throw new IllegalArgumentException("it takes two to talk");
    }
    this.peers = Math.min(peers, stage.users() - 1);
    this.random = new SplittableRandom(stage.seed());
  }

  @Override
  public void send(long dueNanos) {
    int users = stage().users();
    int from = random.nextInt(users);
    int to = (from + 1 + random.nextInt(peers)) % users;
    messenger().send(from, new Address.Single(messenger().people().id(to)), dueNanos, 1);
  }
}
