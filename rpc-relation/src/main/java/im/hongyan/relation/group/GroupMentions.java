package im.hongyan.relation.group;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.relation.conversation.ConversationNotifications;
import im.hongyan.relation.group.GroupMentionStore.Job;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Sets {@code groupAtType} of members who are mentioned by a message or have an announcement to
 * read (messaging.md 3.7, rest-group.md 8.2), in steps, the mentions of one group in their order.
 * Who is connected gets 1300; the others find the mark with their next syncing. Every rpc-relation
 * runs it. Safe for use by several threads; may block; its creator closes it.
 */
public final class GroupMentions implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** What a request spends on it at most; clients give up after 10 s. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(3);

  private static final int MENTIONS_A_ROUND = 100;

  private final GroupMentionStore store;
  private final Function<Collection<UserId>, Set<UserId>> connected;
  private final OutboxSignal outbox;
  private final InstantSource clock;
  private final Periodic periodic;

  private GroupMentions(
      GroupMentionStore store,
      Function<Collection<UserId>, Set<UserId>> connected,
      OutboxSignal outbox,
      InstantSource clock,
      MeterRegistry meters) {
    this.store = store;
    this.connected = connected;
    this.outbox = outbox;
    this.clock = clock;
    periodic = Periodic.every(PAUSE, "group-mentions", meters, this::markAll);
  }

  /**
   * Starts it.
   *
   * @param connected those of some users who may be connected
   */
  public static GroupMentions start(
      GroupMentionStore store,
      Function<Collection<UserId>, Set<UserId>> connected,
      OutboxSignal outbox,
      InstantSource clock,
      MeterRegistry meters) {
    return new GroupMentions(store, connected, outbox, clock, meters);
  }

  /** Marks the members of a group for what is there now, up to a time; the rest follows. */
  void markNow(GroupId groupId) {
    long end = System.nanoTime() + REQUEST_LIMIT.toNanos();
    boolean more = true;
    while (more && System.nanoTime() - end < 0) {
      more = step(groupId);
    }
  }

  /** Works off what is there, the groups in turns. */
  void markAll() {
    List<GroupId> groups = store.waiting(MENTIONS_A_ROUND);
    while (!groups.isEmpty()) {
      groups.forEach(this::step);
      groups = store.waiting(MENTIONS_A_ROUND);
    }
  }

  /** Whether there may be more. */
  private boolean step(GroupId groupId) {
    Optional<Job> next = store.next(groupId);
    if (next.isEmpty()) {
      return false;
    }
    Job job = next.get();
    if (job.marked().isEmpty()) {
      store.mark(job, clock.millis());
    } else {
      long now = clock.millis();
      Set<UserId> there = connected.apply(job.marked());
      store.notified(
          job,
          job.marked().stream()
              .filter(there::contains)
              .map(user -> ConversationNotifications.changed(user, job.conversationId(), now))
              .toList());
      outbox.wake();
    }
    return true;
  }

  @Override
  public void close() {
    periodic.close();
  }
}
