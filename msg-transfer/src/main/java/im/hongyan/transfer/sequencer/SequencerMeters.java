package im.hongyan.transfer.sequencer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What the sequencer counts (errors-config-ops.md 7 for the first three). Safe for several threads.
 */
public final class SequencerMeters {
  private final Counter inserted;
  private final Counter insertFailed;
  private final Counter setFailed;
  private final Counter deadLetters;
  private final Counter takeovers;

  /** Registers the meters. */
  public SequencerMeters(MeterRegistry meters) {
    inserted = meters.counter("msg_insert_redis_success");
    insertFailed = meters.counter("msg_insert_redis_failed");
    setFailed = meters.counter("seq_set_failed");
    deadLetters = meters.counter("lane_dead_letters");
    takeovers = meters.counter("lane_takeovers");
  }

  /** Redis shows so many copies more. */
  void inserted(int copies) {
    inserted.increment(copies);
  }

  /** Redis did not answer, with so many copies that wait for it. */
  void insertFailed(int copies) {
    insertFailed.increment(copies);
  }

  /** Redis was not where it had been left. */
  void setFailed() {
    setFailed.increment();
  }

  /** A record went to dead letters. */
  void deadLetter() {
    deadLetters.increment();
  }

  /** A lane was taken over. */
  void takenOver() {
    takeovers.increment();
  }
}
