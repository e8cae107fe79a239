package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Groups in the tables {@code chat_group}, {@code group_member} and {@code group_request}. Safe for
 * use by several threads and processes.
 *
 * <p>Each change is one transaction. It locks the group's row first, then writes members, their
 * conversation rows, version logs and notifications, each sorted by key, so that transactions do
 * not wait for each other in a ring. Notifications are made under the lock, so that those of a
 * group are numbered in the order of its versions.
 */
public final class GroupStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public GroupStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** A group, dismissed or not. */
  public Optional<GroupInfo> find(GroupId groupId) {
    return jdbi.withHandle(handle -> GroupRows.find(handle, groupId));
  }

  /** Those of these users that are members, in any order. */
  public List<Member> members(GroupId groupId, Collection<UserId> userIds) {
    return jdbi.withHandle(handle -> GroupRows.members(handle, groupId, userIds));
  }

  /** All members' ids: by role, the highest first, then in the order of joining. */
  public List<UserId> memberIds(GroupId groupId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id FROM group_member WHERE group_id = ?"
                    + " ORDER BY role_level DESC, join_order")
            .bind(0, groupId)
            .mapTo(UserId.class)
            .list());
  }

  /** Owner and admins in member order. */
  public List<UserId> handlerIds(GroupId groupId, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id FROM group_member WHERE group_id = ? AND role_level > ?"
                    + " ORDER BY role_level DESC, join_order LIMIT ?")
            .bind(0, groupId)
            .bind(1, GroupRole.ORDINARY.level())
            .bind(2, most)
            .mapTo(UserId.class)
            .list());
  }

  /**
   * Makes a group with its first members, in their order.
   *
   * @param group with a member count of 0
   * @return whether it was made; false, and nothing done, when the id is taken
   * @throws im.hongyan.wire.error.ImException 1001 when its notifications would be two users'
   */
  public boolean create(GroupInfo group, List<Member> members, ChangeNotifications notifications) {
    return Transactions.run(
        jdbi,
        handle -> {
          OwnerRows.claim(handle, List.of(ConversationOwner.group(group.getGroupID())));
          if (!GroupRows.insert(handle, group)) {
            return false;
          }
          OutboxRows.append(handle, notifications.of(admit(handle, group, 0, members)));
          return true;
        });
  }

  /**
   * Lets users in, all or none. Members stay as they are; when all are, nothing changes and nothing
   * is sent.
   *
   * @param maxMembers members that the group may have then
   */
  public JoinResult enter(
      GroupId groupId, List<Member> members, int maxMembers, ChangeNotifications notifications) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<GroupInfo> found = GroupRows.lock(handle, groupId);
          if (found.isEmpty() || isDismissed(found.get())) {
            return found.isEmpty() ? JoinResult.NO_GROUP : JoinResult.DISMISSED;
          }
          GroupInfo group = found.get();
          Set<UserId> known =
              knownIds(handle, groupId, members.stream().map(Member::userId).toList());
          List<Member> fresh = members.stream().filter(m -> !known.contains(m.userId())).toList();
          if (group.getMemberCount() + fresh.size() > maxMembers) {
            return JoinResult.FULL;
          }
          if (!fresh.isEmpty()) {
            Change change = admit(handle, group, everMembers(handle, groupId), fresh);
            OutboxRows.append(handle, notifications.of(change));
          }
          return JoinResult.DONE;
        });
  }

  private static boolean isDismissed(GroupInfo group) {
    return group.getStatus() == GroupStatus.DISMISSED;
  }

  private static Set<UserId> knownIds(Handle handle, GroupId groupId, List<UserId> userIds) {
    return GroupRows.members(handle, groupId, userIds).stream()
        .map(Member::userId)
        .collect(Collectors.toSet());
  }

  private static long everMembers(Handle handle, GroupId groupId) {
    return handle
        .createQuery("SELECT members_ever FROM chat_group WHERE group_id = ?")
        .bind(0, groupId)
        .mapTo(Long.class)
        .one();
  }

  /** Writes all that entering means (rest-group.md 7.2, 1, 2 and 4); the group's row is locked. */
  private static Change admit(
      Handle handle, GroupInfo group, long everMembers, List<Member> fresh) {
    long now = fresh.getFirst().entry().timeMillis();
    String groupId = group.getGroupID();
    List<String> userIds = fresh.stream().map(member -> member.userId().value()).toList();
    LogVersion version =
        VersionLogs.advance(handle, Kind.GROUP_MEMBERS, groupId, userIds, State.INSERTED, now);
    List<Member> entered = fresh.stream().map(m -> m.joinedAt(version.number())).toList();
    GroupRows.insertMembers(handle, entered, everMembers);
    GroupRows.insertConversations(handle, entered, now);
    VersionLogs.advanceEach(handle, Kind.JOINED_GROUPS, userIds, groupId, State.INSERTED, now);
    handle.execute(
        "UPDATE chat_group SET member_count = member_count + ?, members_ever = members_ever + ?"
            + " WHERE group_id = ?",
        entered.size(),
        entered.size(),
        new GroupId(groupId));
    int count = group.getMemberCount() + entered.size();
    return new Change(group.toBuilder().setMemberCount(count).build(), version, entered);
  }

  /**
   * Stores requests to enter in place of earlier ones of the same users. Members' are left out.
   *
   * @param notifications gets the group and what was stored
   */
  public JoinResult apply(
      GroupId groupId, List<JoinRequest> requests, RequestNotifications notifications) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<GroupInfo> found = GroupRows.lock(handle, groupId);
          if (found.isEmpty() || isDismissed(found.get())) {
            return found.isEmpty() ? JoinResult.NO_GROUP : JoinResult.DISMISSED;
          }
          Set<UserId> known =
              knownIds(handle, groupId, requests.stream().map(JoinRequest::userId).toList());
          List<JoinRequest> open =
              requests.stream().filter(request -> !known.contains(request.userId())).toList();
          GroupRows.insertRequests(handle, open);
          OutboxRows.append(handle, notifications.of(found.get(), open));
          return JoinResult.DONE;
        });
  }
}
