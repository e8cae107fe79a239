package im.hongyan.relation.black;

import im.hongyan.proto.sdkws.BlackAddedTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.relation.user.User;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Blacklists (rest-account.md 3.13). Safe for use by several threads. */
public final class BlackService {
  private static final int MAX_EX_BYTES = 16_384;

  private final BlackStore store;
  private final Function<Collection<String>, List<User>> users;
  private final Runnable notified;
  private final Consumer<String> changed;
  private final InstantSource clock;

  /**
   * Creates a service.
   *
   * @param users finds users
   * @param notified told when a notification was written
   * @param changed told whose list has changed, before the caller is answered
   */
  public BlackService(
      BlackStore store,
      Function<Collection<String>, List<User>> users,
      Runnable notified,
      Consumer<String> changed,
      InstantSource clock) {
    this.store = store;
    this.users = users;
    this.notified = notified;
    this.changed = changed;
    this.clock = clock;
  }

  /** Whether a user is in an owner's blacklist. */
  public boolean contains(String ownerUserId, String userId) {
    return store.contains(ownerUserId, userId);
  }

  /**
   * Puts a user on a blacklist; one who is there already stays there. The owner's devices are told,
   * the blocked user is not.
   *
   * @throws im.hongyan.wire.error.ImException 1001 for missing ids, 1002 for somebody else's list,
   *     1004 for an unknown user and for oneself
   */
  public void add(Caller caller, String owner, String blocked, String ex) {
    if (owner.isEmpty()) {
      throw ImError.ARGS.with("ownerUserID is empty");
    }
    if (blocked.isEmpty()) {
      throw ImError.ARGS.with("blackUserID is empty");
    }
    if (!caller.privileged() && !caller.userId().equals(owner)) {
      throw ImError.NO_PERMISSION.with("ownerUserID, " + owner + "=MISSING");
    }
    if (ex.getBytes(StandardCharsets.UTF_8).length > MAX_EX_BYTES) {
      throw ImError.ARGS.with("ex is longer than " + MAX_EX_BYTES + " bytes");
    }
    if (owner.equals(blocked) || users.apply(List.of(owner, blocked)).size() < 2) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
    long now = clock.millis();
    if (store.add(
        new Black(owner, blocked, now, 0, caller.userId(), ex), note(owner, blocked, now))) {
      notified.run();
    }
    // Also for a row that was there: whoever put it there may have died before it told.
    changed.accept(owner);
  }

  private static Notification note(String owner, String blocked, long nowMillis) {
    BlackAddedTips tips =
        BlackAddedTips.newBuilder()
            .setFromToUserID(FromToUserID.newBuilder().setFromUserID(owner).setToUserID(blocked))
            .build();
    return Notification.of(NotificationType.BLACK_ADDED, tips, nowMillis).toUser(owner, owner);
  }
}
