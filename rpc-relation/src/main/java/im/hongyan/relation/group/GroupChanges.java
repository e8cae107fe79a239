package im.hongyan.relation.group;

import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How features change groups: one transaction under the group's lock, and the outbox is looked at
 * when it is over. Safe for use by several threads.
 */
public final class GroupChanges {
  private final GroupChangeStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final InstantSource clock;

  /** Creates it. */
  public GroupChanges(
      GroupChangeStore store, UserDirectory users, OutboxSignal outbox, InstantSource clock) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.clock = clock;
  }

  /** A change of a locked group; what it throws undoes it. */
  @FunctionalInterface
  interface Work<T> {
    /** May run more than once, when the database breaks a deadlock. */
    T apply(LockedGroup group, long nowMillis);
  }

  /** A change that has nothing to say. */
  @FunctionalInterface
  interface Action {
    /** As {@link Work#apply}. */
    void apply(LockedGroup group, long nowMillis);
  }

  /**
   * Changes a group that is not dismissed.
   *
   * @throws im.hongyan.wire.error.ImException 1004 when there is no such group, 1204 when it is
   *     dismissed
   */
  <T> T make(String groupId, Work<T> work) {
    return done(now -> store.change(new GroupId(groupId), now, group -> work.apply(group, now)));
  }

  /** As {@link #make}, for a change that has nothing to say. */
  void run(String groupId, Action action) {
    Boolean _ =
        make(
            groupId,
            (group, now) -> {
              action.apply(group, now);
              return true;
            });
  }

  /** As {@link #run}, of several groups, by id: all of them are changed or none. */
  void runAll(Map<String, Action> actions) {
    boolean _ =
        done(now -> {
          Map<GroupId, Consumer<LockedGroup>> changes = new LinkedHashMap<>();
          actions.forEach(
              (id, action) -> changes.put(new GroupId(id), group -> action.apply(group, now)));
          store.changeAll(changes, now);
          return true;
        });
  }

  /** As {@link #make}, also of a group that is dismissed. */
  <T> T makeAny(String groupId, Work<T> work) {
    return done(now -> store.changeAny(new GroupId(groupId), now, group -> work.apply(group, now)));
  }

  private <T> T done(Function<Long, T> change) {
    T result = change.apply(clock.millis());
    outbox.wake();
    return result;
  }

  /** Whether a user exists. */
  boolean knows(UserId user) {
    return !users.find(Set.of(user)).isEmpty();
  }

  /**
   * Notifications of an operation, with the profiles of the operator and of these users.
   *
   * @param group locked
   */
  GroupChangeNotifications notifications(
      Caller caller, LockedGroup group, Collection<UserId> named, long nowMillis) {
    UserId operator = new UserId(caller.userId());
    Set<UserId> ids = new LinkedHashSet<>(named);
    ids.add(operator);
    return new GroupChangeNotifications(
        new GroupNotifications(caller, users.byId(ids), nowMillis), group.member(operator));
  }

  /** As above. */
  GroupChangeNotifications notifications(
      Caller caller, LockedGroup group, long nowMillis, UserId... named) {
    return notifications(caller, group, Arrays.asList(named), nowMillis);
  }
}
