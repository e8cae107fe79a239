package im.hongyan.bench.scenario;

import im.hongyan.bench.measure.Ledger;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Blocking calls of an open-loop run, each on a virtual thread of its own, booked in the ledger.
 * Safe for use by several threads. Closing it interrupts what still runs.
 */
final class BackgroundTasks implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Ledger ledger;

  BackgroundTasks(Ledger ledger) {
    this.ledger = ledger;
  }

  /** A call; returning means that it is answered. */
  interface Call {
    void run() throws IOException;
  }

  /** Starts the call with a number of the ledger, which records its outcome. */
  void start(int number, Call call) {
    threads.execute(() -> {
      try {
        call.run();
        ledger.acknowledged(number);
      } catch (ImException refusal) {
        ledger.refused(number, refusal.code() + " " + refusal.text());
      } catch (IOException lost) {
        ledger.failed(number, String.valueOf(lost.getMessage()));
      }
    });
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
