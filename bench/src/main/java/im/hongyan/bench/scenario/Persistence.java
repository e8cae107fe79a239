package im.hongyan.bench.scenario;

import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.History;
import im.hongyan.client.session.PushListener;
import im.hongyan.proto.sdkws.PushMessages;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How clients live through a server's failures, as SDKs do: what failed is done again a second
 * later, an answer is waited for 10 seconds, and a lost connection is opened again. Safe for use by
 * several threads; its creator closes it, after which nothing is repeated.
 */
final class Persistence implements AutoCloseable {
  private static final long PAUSE_MILLIS = 1_000;
  private static final long ANSWER_SECONDS = 10;

  private volatile boolean closed;

  /** What may have to be done several times. */
  interface Attempt {
    void run() throws IOException;
  }

  /** Runs it after the pause, on a thread of its own. */
  void later(Runnable again) {
    if (!closed) {
      CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, this::start)
          .execute(again);
    }
  }

  private void start(Runnable task) {
    if (!closed) {
      Thread.startVirtualThread(task);
    }
  }

  /** Runs it after a pause, and after another until it does not fail. */
  void untilDone(Attempt attempt) {
    later(() -> {
      try {
        attempt.run();
      } catch (IOException failed) {
        untilDone(attempt);
      }
    });
  }

  /** The answer, or a failure when none comes in time. */
  <T> CompletableFuture<T> bounded(CompletableFuture<T> answer) {
    return answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  /** Listens on one connection of a user; {@code lost} is run once it is over. */
  PushListener watch(String userId, History history, Consumer<PushMessages> pushed, Runnable lost) {
    return new PushListener() {
      @Override
      public void onPush(PushMessages push) {
        pushed.accept(push);
      }

      @Override
      public void onKicked() {
        history.add(new Event.LoggedOut(userId, "kicked"));
      }

      @Override
      public void onClosed(int code, String reason) {
        lost.run();
      }
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}
