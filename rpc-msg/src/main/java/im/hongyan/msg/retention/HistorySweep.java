package im.hongyan.msg.retention;

import im.hongyan.messagelog.mysql.HistoryRetentionStore;
import im.hongyan.messagelog.search.HistoryPages;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Looks at all conversations for messages that history keeps no longer, and asks for their
 * deletion. One process has the turn; where it dies, another goes on from the last conversation.
 * Safe for use by several threads.
 */
final class HistorySweep {
  /** Between two looks at all conversations. */
  static final Duration PAUSE = Duration.ofHours(1);

  /** After which the turn of a process that has died goes to another. */
  static final Duration LEASE = Duration.ofMinutes(1);

  private static final int CONVERSATIONS_A_STEP = 100;

  /** Of one conversation; the rest is asked for when these are gone. */
  private static final int MESSAGES_A_LOOK = 10_000;

  private final HistoryRetentionStore store;
  private final HistoryPages history;
  private final RetentionConfig config;
  private final InstantSource clock;

  HistorySweep(
      HistoryRetentionStore store,
      HistoryPages history,
      RetentionConfig config,
      InstantSource clock) {
    this.store = store;
    this.history = history;
    this.config = config;
    this.clock = clock;
  }

  /** Looks at the next conversations; returns whether there are more and the turn is ours. */
  boolean step() {
    long now = clock.millis();
    long lease = now + LEASE.toMillis();
    if (config.forGood()) {
      return false;
    }
    Optional<HistoryRetentionStore.Turn> turn = store.takeTurn(now, lease);
    if (turn.isEmpty()) {
      return false;
    }
    List<String> ids = history.conversations(turn.get().after(), CONVERSATIONS_A_STEP);
    ids.forEach(this::look);
    boolean more = ids.size() == CONVERSATIONS_A_STEP;
    store.endTurn(lease, more ? ids.getLast() : "", more ? now : now + PAUSE.toMillis());
    return more;
  }

  /** Asks for the deletion of what is old in a conversation. */
  void look(String conversationId) {
    if (!config.forGood()) {
      long now = clock.millis();
      long through =
          store.oldThrough(conversationId, now - config.kept().toMillis(), MESSAGES_A_LOOK);
      if (through > 0) {
        store.askUnlessAsked(conversationId, through, now);
      }
    }
  }
}
