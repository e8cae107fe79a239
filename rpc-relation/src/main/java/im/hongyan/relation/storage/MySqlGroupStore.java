package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.ManyRows;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.group.Change;
import im.hongyan.relation.group.Group;
import im.hongyan.relation.group.GroupStore;
import im.hongyan.relation.group.JoinRequest;
import im.hongyan.relation.group.Member;
import im.hongyan.relation.group.Role;
import im.hongyan.relation.notification.Notification;
import im.hongyan.relation.storage.VersionLogs.Kind;
import im.hongyan.relation.storage.VersionLogs.State;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Groups in the tables {@code chat_group}, {@code group_member} and {@code group_request}. Every
 * change locks the group's row first, then writes members, their conversation rows, version logs
 * and notifications, each sorted by key, so that transactions do not wait for each other in a ring.
 */
public final class MySqlGroupStore implements GroupStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlGroupStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public Optional<Group> find(String groupId) {
    return jdbi.withHandle(handle -> GroupRows.find(handle, groupId));
  }

  @Override
  public List<Member> members(String groupId, Collection<String> userIds) {
    return jdbi.withHandle(handle -> GroupRows.members(handle, groupId, userIds));
  }

  @Override
  public List<String> memberIds(String groupId) {
    return ids(
        "SELECT user_id FROM group_member WHERE group_id = ?"
            + " ORDER BY role_level DESC, join_order",
        groupId);
  }

  @Override
  public List<String> handlerIds(String groupId, int most) {
    return ids(
        "SELECT user_id FROM group_member WHERE group_id = ? AND role_level > ?"
            + " ORDER BY role_level DESC, join_order LIMIT ?",
        groupId,
        Role.ORDINARY.level(),
        most);
  }

  private List<String> ids(String query, String groupId, Object... more) {
    return jdbi.withHandle(handle -> {
      var bound = handle.createQuery(query).bind(0, MySql.id(groupId));
      for (int i = 0; i < more.length; i++) {
        bound = bound.bind(i + 1, more[i]);
      }
      return bound.mapTo(byte[].class).map(MySql::id).list();
    });
  }

  @Override
  public boolean create(
      Group group, List<Member> members, Function<Change, List<Notification>> notifications) {
    return Transactions.run(
        jdbi,
        handle -> {
          if (!insert(handle, group)) {
            return false;
          }
          Change change = admit(handle, group, 0, members);
          OutboxRows.append(handle, notifications.apply(change));
          return true;
        });
  }

  /** An insert that meets an existing row changes it to itself: no row counts as affected. */
  private static boolean insert(Handle handle, Group group) {
    return handle.execute(
            "INSERT INTO chat_group ("
                + GroupRows.GROUP_COLUMNS
                + ", members_ever) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)"
                + " ON DUPLICATE KEY UPDATE group_id = VALUES(group_id)",
            MySql.id(group.groupId()),
            group.texts().name(),
            group.texts().announcement(),
            group.texts().introduction(),
            group.texts().faceUrl(),
            group.texts().ex(),
            group.status(),
            MySql.id(group.ownerUserId()),
            MySql.id(group.creatorUserId()),
            group.rules().type(),
            group.rules().needVerification(),
            group.rules().lookMemberInfo(),
            group.rules().applyMemberFriend(),
            group.texts().announcementTimeMillis(),
            MySql.id(group.texts().announcementUserId()),
            group.createTimeMillis())
        == 1;
  }

  @Override
  public Outcome enter(
      String groupId,
      List<Member> members,
      int mostMembers,
      Function<Change, List<Notification>> notifications) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Group> found = GroupRows.lock(handle, groupId);
          if (found.isEmpty() || found.get().dismissed()) {
            return found.isEmpty() ? Outcome.NO_GROUP : Outcome.DISMISSED;
          }
          Group group = found.get();
          Set<String> there = there(handle, groupId, members.stream().map(Member::userId).toList());
          List<Member> fresh = members.stream().filter(m -> !there.contains(m.userId())).toList();
          if (group.memberCount() + fresh.size() > mostMembers) {
            return Outcome.FULL;
          }
          if (!fresh.isEmpty()) {
            Change change = admit(handle, group, everMembers(handle, groupId), fresh);
            OutboxRows.append(handle, notifications.apply(change));
          }
          return Outcome.DONE;
        });
  }

  private static Set<String> there(Handle handle, String groupId, List<String> userIds) {
    return GroupRows.members(handle, groupId, userIds).stream()
        .map(Member::userId)
        .collect(Collectors.toSet());
  }

  private static long everMembers(Handle handle, String groupId) {
    return handle
        .createQuery("SELECT members_ever FROM chat_group WHERE group_id = ?")
        .bind(0, MySql.id(groupId))
        .mapTo(Long.class)
        .one();
  }

  /** Writes all that entering means (rest-group.md 7.2, 1, 2 and 4); the group's row is locked. */
  private static Change admit(Handle handle, Group group, long everMembers, List<Member> fresh) {
    long now = fresh.getFirst().entry().timeMillis();
    String groupId = group.groupId();
    List<String> userIds = fresh.stream().map(Member::userId).toList();
    LogVersion version =
        VersionLogs.advance(handle, Kind.GROUP_MEMBERS, groupId, userIds, State.INSERTED, now);
    List<Member> entered = fresh.stream().map(m -> m.joinedAt(version.number())).toList();
    insertMembers(handle, entered, everMembers);
    insertConversations(handle, entered, now);
    VersionLogs.advanceEach(handle, Kind.JOINED_GROUPS, userIds, groupId, State.INSERTED, now);
    handle.execute(
        "UPDATE chat_group SET member_count = member_count + ?, members_ever = members_ever + ?"
            + " WHERE group_id = ?",
        entered.size(),
        entered.size(),
        MySql.id(groupId));
    return new Change(
        group.withMemberCount(group.memberCount() + entered.size()), version, entered);
  }

  private static void insertMembers(Handle handle, List<Member> entered, long everMembers) {
    Map<String, Object[]> rows = new TreeMap<>(Utf8Order.INSTANCE);
    for (Member member : entered) {
      rows.put(
          member.userId(),
          new Object[] {
            MySql.id(member.groupId()),
            MySql.id(member.userId()),
            member.profile().nickname(),
            member.profile().faceUrl(),
            member.role().level(),
            member.entry().timeMillis(),
            member.entry().source(),
            MySql.id(member.entry().inviterUserId()),
            MySql.id(member.entry().operatorUserId()),
            member.muteEndMillis(),
            member.profile().ex(),
            member.joinVersion(),
            everMembers + rows.size()
          });
    }
    ManyRows.insert(
        handle,
        "INSERT INTO group_member (" + GroupRows.MEMBER_COLUMNS + ", join_order) VALUES",
        List.copyOf(rows.values()),
        "");
  }

  /**
   * Who comes back may read on: the bound of the time away goes, and a late one is told by version.
   */
  private static void insertConversations(Handle handle, List<Member> entered, long now) {
    List<Object[]> rows = new ArrayList<>();
    List<Member> sorted =
        entered.stream().sorted(Comparator.comparing(Member::userId, Utf8Order.INSTANCE)).toList();
    for (Member member : sorted) {
      rows.add(
          new Object[] {
            MySql.id(member.userId()),
            MySql.id(ConversationId.group(member.groupId()).value()),
            SessionType.GROUP.number(),
            MySql.id(""),
            MySql.id(member.groupId()),
            "",
            "",
            now,
            member.joinVersion()
          });
    }
    ManyRows.insert(
        handle,
        "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type, user_id,"
            + " group_id, attached_info, ex, create_time, membership_version) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE max_seq = 0, membership_version = VALUES(membership_version)");
  }

  @Override
  public Outcome apply(
      String groupId, List<JoinRequest> requests, RequestNotifications notifications) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Group> found = GroupRows.lock(handle, groupId);
          if (found.isEmpty() || found.get().dismissed()) {
            return found.isEmpty() ? Outcome.NO_GROUP : Outcome.DISMISSED;
          }
          Set<String> there =
              there(handle, groupId, requests.stream().map(JoinRequest::userId).toList());
          List<JoinRequest> open =
              requests.stream().filter(request -> !there.contains(request.userId())).toList();
          insertRequests(handle, open);
          OutboxRows.append(handle, notifications.of(found.get(), open));
          return Outcome.DONE;
        });
  }

  private static void insertRequests(Handle handle, List<JoinRequest> requests) {
    List<Object[]> rows =
        requests.stream()
            .sorted(Comparator.comparing(JoinRequest::userId, Utf8Order.INSTANCE))
            .map(request ->
                new Object[] {
                  MySql.id(request.groupId()),
                  MySql.id(request.userId()),
                  0,
                  request.message(),
                  "",
                  request.timeMillis(),
                  MySql.id(""),
                  0L,
                  request.source(),
                  MySql.id(request.inviterUserId()),
                  request.ex()
                })
            .toList();
    ManyRows.insert(
        handle,
        "INSERT INTO group_request (group_id, user_id, handle_result, req_msg, handle_msg,"
            + " req_time, handle_user_id, handle_time, join_source, inviter_user_id, ex) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE handle_result = 0, req_msg = VALUES(req_msg), handle_msg = '',"
            + " req_time = VALUES(req_time), handle_user_id = '', handle_time = 0,"
            + " join_source = VALUES(join_source), inviter_user_id = VALUES(inviter_user_id),"
            + " ex = VALUES(ex)");
  }
}
