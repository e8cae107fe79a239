package im.hongyan.relation.group;

import im.hongyan.wire.notification.Notification;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where groups are kept. Safe for use by several threads and processes. Each change is one
 * transaction of rows, version logs, the members' conversation rows and what is told of it; the
 * functions that make the notifications run under the lock of the group's row, so that
 * notifications of a group are numbered in the order of its versions. They must not block.
 */
public interface GroupStore {
  /** What became of a wish to change a group's members. */
  enum Outcome {
    DONE,
    NO_GROUP,
    DISMISSED,
    FULL
  }

  /** A group, dismissed or not. */
  Optional<Group> find(String groupId);

  /** Those of these users that are members, in any order. */
  List<Member> members(String groupId, Collection<String> userIds);

  /** All members' ids: by role, the highest first, then as they came in. */
  List<String> memberIds(String groupId);

  /** Owner and admins in member order. */
  List<String> handlerIds(String groupId, int most);

  /**
   * Makes a group with its first members, in their order.
   *
   * @return whether it was made; false, and nothing done, when the id is taken
   */
  boolean create(
      Group group, List<Member> members, Function<Change, List<Notification>> notifications);

  /**
   * Lets users in, all or none. Who is a member already is left as it is; when all are, nothing
   * changes and nothing is told.
   *
   * @param mostMembers members that the group may have then
   */
  Outcome enter(
      String groupId,
      List<Member> members,
      int mostMembers,
      Function<Change, List<Notification>> notifications);

  /**
   * Stores requests to enter in place of earlier ones of the same users. Members' are left out.
   *
   * @param notifications gets the group and what was stored
   */
  Outcome apply(String groupId, List<JoinRequest> requests, RequestNotifications notifications);

  /** Makes the notifications of stored requests. */
  @FunctionalInterface
  interface RequestNotifications {
    /** Those of these requests. */
    List<Notification> of(Group group, List<JoinRequest> stored);
  }
}
