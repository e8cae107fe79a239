package im.hongyan.bench.scenario;

import java.io.IOException;

/**
 * What the users of a run do. {@link #prepare} and {@link #send} are called by one thread; what
 * arrives is told to the run's ledger by the scenario's own threads. The runner's caller closes it.
 */
public interface Scenario extends AutoCloseable {
  /**
   * Brings the users into being and online.
   *
   * @throws IOException when the server does not answer
   * @throws im.hongyan.wire.error.ImException when it refuses
   */
  void prepare() throws IOException, InterruptedException;

  /** Sends the message that is due at a moment, without waiting for what becomes of it. */
  void send(long dueNanos);

  /** Puts everybody offline. */
  @Override
  void close();
}
