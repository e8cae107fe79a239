package im.hongyan.relation.outbox;

import im.hongyan.kit.logging.RareLog;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what waits in one claimed conversation, in order, until something fails; who claimed it
 * gives it back. Safe for use by several threads.
 *
 * <p>What rpc-msg cannot take now is tried again for ever, ever more seldom; what it refuses is
 * tried again for a while, since the refusal may be about something that is still being built up,
 * and then a dead letter, so that a bad notification does not hold up its conversation for good.
 */
final class OutboxDelivery {
  /** Longer than all that a claim may take. */
  static final Duration LEASE = Duration.ofSeconds(30);

  /** Notifications of a conversation that are sent under one claim. */
  static final int MOST_AT_ONCE = 20;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(OutboxDelivery.class);

  private final OutboxStore store;
  private final MessageSender sender;
  private final InstantSource clock;
  private final Duration giveUpAfter;
  private final RareLog lines = new RareLog();
  private final Counter sent;
  private final Counter failed;
  private final Counter deadLetters;

  OutboxDelivery(
      OutboxStore store,
      MessageSender sender,
      InstantSource clock,
      Duration giveUpAfter,
      MeterRegistry meters) {
    this.store = store;
    this.sender = sender;
    this.clock = clock;
    this.giveUpAfter = giveUpAfter;
    sent = meters.counter("outbox_sent");
    failed = meters.counter("outbox_failed");
    deadLetters = meters.counter("outbox_dead_letters");
  }

  /**
   * Sends until nothing is left, something fails or the claim grows old.
   *
   * @param waiting the conversation's oldest notifications
   */
  FinishedClaim deliver(Claim claim, List<Waiting> waiting) {
    long lastStartMillis = claim.endMillis() - RpcChannels.DEADLINE.toMillis();
    int attempts = claim.attempts();
    List<Waiting> acknowledged = new ArrayList<>();
    for (Waiting next : waiting) {
      if (clock.millis() > lastStartMillis) {
        break;
      }
      try {
        sender.send(next.operationId(), next.message());
      } catch (ImException failure) {
        if (!tryAgain(next, failure)) {
          store.deadLetter(next, String.valueOf(failure.getMessage()), clock.millis());
          continue;
        }
        long pauseEndMillis = clock.millis() + pauseMillis(attempts);
        return new FinishedClaim(claim, acknowledged, pauseEndMillis, attempts + 1);
      }
      acknowledged.add(next);
      sent.increment();
      attempts = 0;
    }
    return FinishedClaim.done(claim, acknowledged);
  }

  private boolean tryAgain(Waiting next, ImException failure) {
    boolean refused = !failure.is(ImError.INTERNAL) && !failure.is(ImError.TOO_MANY_REQUESTS);
    boolean old = clock.millis() - next.createdAtMillis() >= giveUpAfter.toMillis();
    if (refused && old) {
      deadLetters.increment();
      LOG.error(
          "notification {} of {} is a dead letter now: {}",
          next.message().getClientMsgID(),
          next.conversationId(),
          failure.getMessage());
      return false;
    }
    failed.increment();
    if (lines.due(System.nanoTime())) {
      LOG.warn(
          "notification {} of {} waits: {}; further failures within a minute are not logged",
          next.message().getClientMsgID(),
          next.conversationId(),
          failure.getMessage());
    }
    return true;
  }

  /** Doubles with each failure; spread, so that many conversations do not come back at once. */
  static long pauseMillis(int attempts) {
    long pause = FIRST_PAUSE.toMillis() << Math.min(attempts, Byte.SIZE);
    long bounded = Math.min(pause, LONGEST_PAUSE.toMillis());
    return bounded - ThreadLocalRandom.current().nextLong(bounded / 4);
  }
}
