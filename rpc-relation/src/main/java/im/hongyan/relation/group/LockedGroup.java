package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A group whose row is locked: nobody else changes it or its members. Each change is logged, and is
 * undone when what uses it throws. Used by the thread of its transaction.
 */
interface LockedGroup {
  /** The group as it is now, changes included. */
  GroupInfo info();

  /** A member, if the user is one. */
  Optional<Member> member(UserId userId);

  /** Those of these users that are members, in any order. */
  List<Member> members(Collection<UserId> userIds);

  /** Owner and admins in member order, as many as get a request. */
  List<UserId> handlerIds();

  /** Writes the group's own data; returns the version with it. */
  LogVersion save(GroupInfo changed);

  /**
   * Writes members as they have become.
   *
   * @param reordered whether roles are among what has changed
   */
  LogVersion save(List<Member> changed, boolean reordered);

  /** Lets a user in who is no member yet. */
  default Change admit(Member fresh) {
    return admit(List.of(List.of(fresh))).getFirst();
  }

  /**
   * Lets users in who are no members yet.
   *
   * @param steps at least one; those of a step get one version
   * @return the group after each step
   */
  List<Change> admit(List<List<Member>> steps);

  /** Removes members; returns the version with it. */
  LogVersion remove(List<Member> members);

  /** A user's request to enter, if there is one. */
  Optional<GroupRequestRow> request(UserId userId);

  /** Writes requests that nobody has answered, in place of earlier ones of the same users. */
  void save(List<JoinRequest> requests);

  /** Writes the answer to a request. */
  void answer(GroupRequestRow answered);

  /**
   * Writes down that the group leaves its members' lists, and that they are removed from a time on.
   */
  void dismiss(long removeFromMillis);

  /** Marks the group's conversation in its members' lists: there is an announcement to read. */
  void markAnnounced();

  /** Sends notifications with the change. */
  void send(List<Notification> notifications);
}
