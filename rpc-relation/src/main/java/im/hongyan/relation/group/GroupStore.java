package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.conversation.ConversationRows;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Makes groups and reads them, in the tables {@code chat_group} and {@code group_member}. Safe for
 * use by several threads and processes.
 *
 * <p>Each change of a group is one transaction. It locks the group's row first, then writes
 * members, their conversation rows, version logs and notifications, each sorted by key, so that
 * transactions do not wait for each other in a ring. Notifications are made under the lock, so that
 * those of a group are numbered in the order of its versions.
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

  /**
   * A group that is not dismissed.
   *
   * @throws im.hongyan.wire.error.ImException 1004 when there is no such group, 1204 when it is
   *     dismissed
   */
  public GroupInfo requireOpen(GroupId groupId) {
    GroupInfo group = find(groupId).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
    if (group.getStatus() == GroupStatus.DISMISSED) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    return group;
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
    return jdbi.withHandle(handle -> GroupRows.handlerIds(handle, groupId, most));
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
          List<Change> made = admit(handle, group, List.of(members));
          OutboxRows.append(handle, notifications.of(made.getFirst()));
          return true;
        });
  }

  private static long everMembers(Handle handle, GroupId groupId) {
    return handle
        .createQuery("SELECT members_ever FROM chat_group WHERE group_id = ?")
        .bind(0, groupId)
        .mapTo(Long.class)
        .one();
  }

  /**
   * Writes all that entering means (rest-group.md 7.2, 1, 2 and 4); the group's row is locked.
   *
   * @param steps joining members; those of a step get one version
   * @return the group after each step
   */
  static List<Change> admit(Handle handle, GroupInfo group, List<List<Member>> steps) {
    long now = steps.getFirst().getFirst().entry().timeMillis();
    String groupId = group.getGroupID();
    long everMembers = everMembers(handle, new GroupId(groupId));
    List<LogVersion> versions =
        VersionLogs.advance(
            handle,
            Kind.GROUP_MEMBERS,
            groupId,
            steps.stream().map(GroupStore::ids).toList(),
            State.INSERTED,
            now);
    List<Change> changes = new ArrayList<>();
    List<Member> entered = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      LogVersion version = versions.get(i);
      List<Member> step =
          steps.get(i).stream().map(member -> member.joinedAt(version.number())).toList();
      entered.addAll(step);
      int count = group.getMemberCount() + entered.size();
      changes.add(new Change(group.toBuilder().setMemberCount(count).build(), version, step));
    }
    GroupRows.insertMembers(handle, entered, everMembers);
    List<String> userIds = ids(entered);
    ConversationRows.log(
        handle, userIds, ConversationId.group(groupId).value(), State.INSERTED, now);
    GroupRows.insertConversations(handle, entered, now);
    VersionLogs.advanceEach(handle, Kind.JOINED_GROUPS, userIds, groupId, State.INSERTED, now);
    handle.execute(
        "UPDATE chat_group SET member_count = member_count + ?, members_ever = members_ever + ?"
            + " WHERE group_id = ?",
        entered.size(),
        entered.size(),
        new GroupId(groupId));
    return changes;
  }

  private static List<String> ids(List<Member> members) {
    return members.stream().map(member -> member.userId().value()).toList();
  }
}
