package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.group.Group;
import im.hongyan.relation.group.Member;
import im.hongyan.relation.group.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads groups and members. Stateless. */
final class GroupRows {
  static final String GROUP_COLUMNS =
      "group_id, group_name, notification, introduction, face_url, ex, status, owner_user_id,"
          + " creator_user_id, group_type, need_verification, look_member_info,"
          + " apply_member_friend, notification_update_time, notification_user_id, create_time,"
          + " member_count";

  static final String MEMBER_COLUMNS =
      "group_id, user_id, nickname, face_url, role_level, join_time, join_source,"
          + " inviter_user_id, operator_user_id, mute_end_time, ex, join_version";

  private GroupRows() {}

  static Optional<Group> find(Handle handle, String groupId) {
    return find(handle, groupId, "");
  }

  /** Keeps others from changing the group or its members until the transaction ends. */
  static Optional<Group> lock(Handle handle, String groupId) {
    return find(handle, groupId, " FOR UPDATE");
  }

  private static Optional<Group> find(Handle handle, String groupId, String lock) {
    return handle
        .createQuery("SELECT " + GROUP_COLUMNS + " FROM chat_group WHERE group_id = ?" + lock)
        .bind(0, MySql.id(groupId))
        .map((row, context) -> group(row))
        .findOne();
  }

  private static Group group(ResultSet row) throws SQLException {
    return new Group(
        MySql.id(row.getBytes("group_id")),
        new Group.Texts(
            row.getString("group_name"),
            row.getString("notification"),
            row.getString("introduction"),
            row.getString("face_url"),
            row.getString("ex"),
            row.getLong("notification_update_time"),
            MySql.id(row.getBytes("notification_user_id"))),
        new Group.Rules(
            row.getInt("group_type"),
            row.getInt("need_verification"),
            row.getInt("look_member_info"),
            row.getInt("apply_member_friend")),
        row.getInt("status"),
        MySql.id(row.getBytes("owner_user_id")),
        MySql.id(row.getBytes("creator_user_id")),
        row.getLong("create_time"),
        row.getInt("member_count"));
  }

  static List<Member> members(Handle handle, String groupId, Collection<String> userIds) {
    if (userIds.isEmpty()) {
      return List.of();
    }
    return handle
        .createQuery(
            "SELECT "
                + MEMBER_COLUMNS
                + " FROM group_member WHERE group_id = :group AND user_id IN (<users>)")
        .bind("group", MySql.id(groupId))
        .bindList("users", userIds.stream().map(MySql::id).toList())
        .map((row, context) -> member(row))
        .list();
  }

  static Member member(ResultSet row) throws SQLException {
    return new Member(
        MySql.id(row.getBytes("group_id")),
        MySql.id(row.getBytes("user_id")),
        Role.of(row.getInt("role_level")),
        new Member.Profile(
            row.getString("nickname"), row.getString("face_url"), row.getString("ex")),
        new Member.Entry(
            row.getLong("join_time"),
            row.getInt("join_source"),
            MySql.id(row.getBytes("inviter_user_id")),
            MySql.id(row.getBytes("operator_user_id"))),
        row.getLong("mute_end_time"),
        row.getLong("join_version"));
  }
}
