package im.hongyan.bench.scenario;

import im.hongyan.bench.check.rule.Verdict;
import im.hongyan.bench.measure.Labels;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the users of a run do. All but {@link #close} are called by one thread, in this order; what
 * arrives is reported to the run's ledger by the scenario's own threads. The runner's caller closes
 * it.
 */
public interface Scenario extends AutoCloseable {
  /** What its latencies are called. */
  default Labels labels() {
    return Labels.MESSAGES;
  }

  /**
   * Brings the users into being and online.
   *
   * @throws IOException when the server does not answer
   * @throws im.hongyan.wire.error.ImException when it refuses
   */
  void prepare() throws IOException, InterruptedException;

  /** The measured window begins. */
  default void begin() {}

  /** Starts what is due at a moment, without waiting for what becomes of it. */
  void send(long dueNanos);

  /** Whether everything that is to be waited for, the ledger's messages aside, is over. */
  default boolean isIdle() {
    return true;
  }

  /**
   * Lets everybody pull everything, and judges what clients saw.
   *
   * @return null when nothing was recorded
   */
  default @Nullable Verdict audit() throws IOException, InterruptedException {
    return null;
  }

  /** Idle connections, by which the server's memory is divided; 0 for none. */
  default int idleConnections() {
    return 0;
  }

  /** What only this scenario has to report, as lines. */
  default List<String> notes() {
    return List.of();
  }

  /** Puts everybody offline. */
  @Override
  void close();
}
