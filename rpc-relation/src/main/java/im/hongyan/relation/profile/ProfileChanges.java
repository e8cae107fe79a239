package im.hongyan.relation.profile;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.user.ProfileFanOut;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Announces changed profiles, in steps: those of one request while it waits, up to a time, and what
 * is left behind by it or by a process that died in the background. Every rpc-relation does; a row
 * that one works on is locked for the others. Safe for use by several threads; its creator closes
 * it.
 */
public final class ProfileChanges implements ProfileFanOut, AutoCloseable {
  /** What a request spends on it at most; clients give up after 10 s. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** Older changes are taken in the background: nobody works on them, or not quickly enough. */
  private static final Duration LEFT_BEHIND = Duration.ofSeconds(5);

  private static final int USERS_A_ROUND = 100;

  private final ProfileChangeStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final InstantSource clock;
  private final Periodic periodic;

  private ProfileChanges(
      ProfileChangeStore store,
      UserDirectory users,
      OutboxSignal outbox,
      InstantSource clock,
      MeterRegistry meters) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.clock = clock;
    periodic = Periodic.every(PAUSE, "profile-changes", meters, this::finishOthers);
  }

  /** Starts it. */
  public static ProfileChanges start(
      ProfileChangeStore store,
      UserDirectory users,
      OutboxSignal outbox,
      InstantSource clock,
      MeterRegistry meters) {
    return new ProfileChanges(store, users, outbox, clock, meters);
  }

  @Override
  public void run(UserId changed) {
    long end = System.nanoTime() + REQUEST_LIMIT.toNanos();
    while (store.step(changed, users, clock.millis()) && System.nanoTime() - end < 0) {
      outbox.wake();
    }
    outbox.wake();
  }

  /** Works off what is left behind. */
  void finishOthers() {
    long before = clock.millis() - LEFT_BEHIND.toMillis();
    for (UserId changed : store.open(before, USERS_A_ROUND)) {
      while (store.step(changed, users, clock.millis())) {
        outbox.wake();
      }
      outbox.wake();
    }
  }

  @Override
  public void close() {
    periodic.close();
  }
}
