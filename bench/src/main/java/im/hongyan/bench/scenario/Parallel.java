package im.hongyan.bench.scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Blocking work for many users, some at a time. Stateless. */
final class Parallel {
  /** At the same time; enough to hide round trips, not enough to be a storm. */
  private static final int WORKERS = 8;

  private Parallel() {}

  /** What is done for one user. */
  interface Task {
    void run(int user) throws IOException, InterruptedException;
  }

  /**
   * Does it for the users from one index to before another.
   *
   * @throws IOException when it fails for any of them; the others may have been done or not
   */
  static void forUsers(int from, int to, Task task) throws IOException, InterruptedException {
    List<Future<?>> running = new ArrayList<>(to - from);
    try (ExecutorService threads =
        Executors.newFixedThreadPool(WORKERS, Thread.ofVirtual().factory())) {
      for (int i = from; i < to; i++) {
        int user = i;
        running.add(
            threads.submit(() -> {
              task.run(user);
              return null;
            }));
      }
      try {
        for (Future<?> future : running) {
          future.get();
        }
      } catch (ExecutionException failed) {
        running.forEach(future -> future.cancel(true));
        switch (failed.getCause()) {
          case IOException unreachable -> throw unreachable;
          case RuntimeException refused -> throw refused;
          case null, default -> throw new IOException("a user's part failed", failed.getCause());
        }
      }
    }
  }
}
