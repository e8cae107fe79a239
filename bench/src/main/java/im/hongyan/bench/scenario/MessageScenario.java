package im.hongyan.bench.scenario;

import im.hongyan.bench.check.rule.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the scenarios that send messages have in common. */
abstract class MessageScenario implements Scenario {
  private final Stage stage;
  private @Nullable Messenger messenger;

  MessageScenario(Stage stage) {
    this.stage = stage;
  }

  /** What it is played on. */
  final Stage stage() {
    return stage;
  }

  /** The run's users and their messages; there once {@link #prepare} has begun. */
  final Messenger messenger() {
    if (messenger == null) {
      throw new IllegalStateException("prepare comes first");
    }
    return messenger;
  }

  /** Registers everybody and puts everybody online. */
  @Override
  public void prepare() throws IOException, InterruptedException {
    register().loginAll(0, messenger().people().size());
  }

  /** Registers everybody. */
  final Messenger register() throws IOException {
    return register(null);
  }

  /** Registers everybody, with clients that persist. */
  final Messenger register(@Nullable Persistence persistence) throws IOException {
    messenger = Messenger.registered(stage, persistence);
    return messenger;
  }

  @Override
  public @Nullable Verdict audit() throws IOException, InterruptedException {
    return messenger().audit();
  }

  @Override
  public void close() {
    if (messenger != null) {
      messenger.close();
    }
  }
}
