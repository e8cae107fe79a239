package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** Reads and writes rows of groups, their members and requests. Stateless. */
final class GroupRows {
  /** Owner and admins that get a request. */
  static final int MOST_HANDLERS = 100;

  static final String GROUP_COLUMNS =
      "group_id, group_name, notification, introduction, face_url, ex, status, owner_user_id,"
          + " creator_user_id, group_type, need_verification, look_member_info,"
          + " apply_member_friend, notification_update_time, notification_user_id, create_time,"
          + " member_count";

  static final String MEMBER_COLUMNS =
      "group_id, user_id, nickname, face_url, role_level, join_time, join_source,"
          + " inviter_user_id, operator_user_id, mute_end_time, ex, join_version";

  private GroupRows() {}

  static Optional<GroupInfo> find(Handle handle, GroupId groupId) {
    return find(handle, groupId, "");
  }

  /** Keeps others from changing the group or its members until the transaction ends. */
  static Optional<GroupInfo> lock(Handle handle, GroupId groupId) {
    return find(handle, groupId, " FOR UPDATE");
  }

  private static Optional<GroupInfo> find(Handle handle, GroupId groupId, String lock) {
    return handle
        .createQuery("SELECT " + GROUP_COLUMNS + " FROM chat_group WHERE group_id = ?" + lock)
        .bind(0, groupId)
        .map((row, context) -> group(row))
        .findOne();
  }

  static GroupInfo group(ResultSet row) throws SQLException {
    return GroupInfo.newBuilder()
        .setGroupID(text(row, "group_id"))
        .setGroupName(row.getString("group_name"))
        .setNotification(row.getString("notification"))
        .setIntroduction(row.getString("introduction"))
        .setFaceURL(row.getString("face_url"))
        .setEx(row.getString("ex"))
        .setStatus(row.getInt("status"))
        .setOwnerUserID(text(row, "owner_user_id"))
        .setCreatorUserID(text(row, "creator_user_id"))
        .setGroupType(row.getInt("group_type"))
        .setNeedVerification(row.getInt("need_verification"))
        .setLookMemberInfo(row.getInt("look_member_info"))
        .setApplyMemberFriend(row.getInt("apply_member_friend"))
        .setNotificationUpdateTime(row.getLong("notification_update_time"))
        .setNotificationUserID(text(row, "notification_user_id"))
        .setCreateTime(row.getLong("create_time"))
        .setMemberCount(row.getInt("member_count"))
        .build();
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return MySql.id(row.getBytes(column));
  }

  /**
   * Adds a group without members.
   *
   * @return whether it was added; an insert that meets an existing row changes it to itself, and no
   *     row counts as affected
   */
  static boolean insert(Handle handle, GroupInfo group) {
    Object[] values = {
      new GroupId(group.getGroupID()),
      group.getGroupName(),
      group.getNotification(),
      group.getIntroduction(),
      group.getFaceURL(),
      group.getEx(),
      group.getStatus(),
      new UserId(group.getOwnerUserID()),
      new UserId(group.getCreatorUserID()),
      group.getGroupType(),
      group.getNeedVerification(),
      group.getLookMemberInfo(),
      group.getApplyMemberFriend(),
      group.getNotificationUpdateTime(),
      new UserId(group.getNotificationUserID()),
      group.getCreateTime(),
      0,
      0L
    };
    return Rows.insert(
            handle,
            "INSERT INTO chat_group (" + GROUP_COLUMNS + ", members_ever) VALUES",
            List.<Object[]>of(values),
            "ON DUPLICATE KEY UPDATE group_id = VALUES(group_id)")
        == 1;
  }

  /** Owner and admins in member order. */
  static List<UserId> handlerIds(Handle handle, GroupId groupId, int most) {
    return handle
        .createQuery(
            "SELECT user_id FROM group_member WHERE group_id = ? AND role_level > ?"
                + " ORDER BY role_level DESC, join_order LIMIT ?")
        .bind(0, groupId)
        .bind(1, GroupRole.ORDINARY.level())
        .bind(2, most)
        .mapTo(UserId.class)
        .list();
  }

  static List<Member> members(Handle handle, GroupId groupId, Collection<UserId> userIds) {
    if (userIds.isEmpty()) {
      return List.of();
    }
    return handle
        .createQuery(
            "SELECT "
                + MEMBER_COLUMNS
                + " FROM group_member WHERE group_id = :group AND user_id IN (<users>)")
        .bind("group", groupId)
        .bindList("users", List.copyOf(userIds))
        .map((row, context) -> member(row))
        .list();
  }

  /** In the order of their ids' bytes, beginning after one. */
  static List<Member> membersAfter(Handle handle, GroupId groupId, UserId userId, int most) {
    return handle
        .createQuery(
            "SELECT "
                + MEMBER_COLUMNS
                + " FROM group_member WHERE group_id = ? AND user_id > ?"
                + " ORDER BY user_id LIMIT ?")
        .bind(0, groupId)
        .bind(1, userId)
        .bind(2, most)
        .map((row, context) -> member(row))
        .list();
  }

  static Member member(ResultSet row) throws SQLException {
    return new Member(
        new GroupId(text(row, "group_id")),
        new UserId(text(row, "user_id")),
        GroupRole.of(row.getInt("role_level")),
        new Member.Profile(
            row.getString("nickname"), row.getString("face_url"), row.getString("ex")),
        new Member.Entry(
            row.getLong("join_time"),
            row.getInt("join_source"),
            new UserId(text(row, "inviter_user_id")),
            new UserId(text(row, "operator_user_id"))),
        row.getLong("mute_end_time"),
        row.getLong("join_version"));
  }

  static void insertMembers(Handle handle, List<Member> entered, long everMembers) {
    Map<String, Object[]> rows = new TreeMap<>(Utf8Order.INSTANCE);
    for (Member member : entered) {
      rows.put(
          member.userId().value(),
          new Object[] {
            member.groupId(),
            member.userId(),
            member.profile().nickname(),
            member.profile().faceUrl(),
            member.role().level(),
            member.entry().timeMillis(),
            member.entry().source(),
            member.entry().inviterUserId(),
            member.entry().operatorUserId(),
            member.muteEndMillis(),
            member.profile().ex(),
            member.joinVersion(),
            everMembers + rows.size()
          });
    }
    Rows.insert(
        handle,
        "INSERT INTO group_member (" + MEMBER_COLUMNS + ", join_order) VALUES",
        List.copyOf(rows.values()),
        "");
  }

  /**
   * A member who comes back may read on: the bound of the time away goes. A bound that arrives late
   * is recognised by its version.
   */
  static void insertConversations(Handle handle, List<Member> entered, long now) {
    List<Object[]> rows = new ArrayList<>();
    List<Member> sorted =
        entered.stream()
            .sorted(Comparator.comparing(member -> member.userId().value(), Utf8Order.INSTANCE))
            .toList();
    for (Member member : sorted) {
      rows.add(
          new Object[] {
            member.userId(),
            ConversationId.group(member.groupId().value()),
            SessionType.GROUP.number(),
            new UserId(""),
            member.groupId(),
            "",
            "",
            now,
            member.joinVersion()
          });
    }
    Rows.insert(
        handle,
        "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type, user_id,"
            + " group_id, attached_info, ex, create_time, membership_version) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE max_seq = 0, membership_version = VALUES(membership_version)");
  }

  static void insertRequests(Handle handle, List<JoinRequest> requests) {
    List<Object[]> rows =
        requests.stream()
            .sorted(Comparator.comparing(request -> request.userId().value(), Utf8Order.INSTANCE))
            .map(request ->
                new Object[] {
                  request.groupId(),
                  request.userId(),
                  0,
                  request.message(),
                  "",
                  request.timeMillis(),
                  new UserId(""),
                  0L,
                  request.source(),
                  request.inviterUserId(),
                  request.ex()
                })
            .toList();
    Rows.insert(
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
