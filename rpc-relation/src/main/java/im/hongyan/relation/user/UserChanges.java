package im.hongyan.relation.user;

import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;

/**
 * Changes of stored users with all that follows from them (rest-account.md 2.2 to 2.5): the
 * notification 1303, caches, and who keeps a copy of nickname and face. Safe for use by several
 * threads.
 */
public final class UserChanges {
  private final UserStore store;
  private final RelationCacheInvalidator caches;
  private final ProfileFanOut fanOut;
  private final OutboxSignal outbox;
  private final InstantSource clock;

  /** Creates it. */
  public UserChanges(
      UserStore store,
      RelationCacheInvalidator caches,
      ProfileFanOut fanOut,
      OutboxSignal outbox,
      InstantSource clock) {
    this.store = store;
    this.caches = caches;
    this.fanOut = fanOut;
    this.outbox = outbox;
    this.clock = clock;
  }

  /** Writes a change; false where there is no such user. */
  public boolean write(Caller caller, UserChange change) {
    return write(caller, change, () -> {});
  }

  /**
   * Writes a change; false where there is no such user.
   *
   * @param written runs when the change counts everywhere, before others are notified of it
   */
  boolean write(Caller caller, UserChange change, Runnable written) {
    UserId userId = change.userId();
    UserId operator = caller.service() ? userId : new UserId(caller.userId());
    long now = clock.millis();
    UserUpdate update =
        store.update(change, operator, now, UserNotifications.infoUpdated(operator, userId, now));
    if (update == UserUpdate.NO_USER) {
      return false;
    }
    caches.invalidate(userId);
    written.run();
    if (update == UserUpdate.PROFILE_CHANGED) {
      fanOut.run(userId);
    }
    outbox.wake();
    return true;
  }
}
