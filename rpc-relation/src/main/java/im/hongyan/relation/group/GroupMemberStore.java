package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatements;

/**
 * Lists of members from the table {@code group_member}. Their order, by role and then as they
 * joined, is that of an index. Safe for use by several threads.
 */
public final class GroupMemberStore {
  private static final String ORDER = " ORDER BY role_level DESC, join_order";

  /** Sorting all members is never faster, whatever the database thinks. */
  private static final String BY_ORDER = " group_member FORCE INDEX (member_order)";

  private static final int PLACES_A_SEGMENT = 512;

  private static final RowMapper<Named> NAMED = ConstructorMapper.of(Named.class);

  private final Jdbi jdbi;

  /**
   * A member with what it is searched by.
   *
   * @param nickname its own in the group; empty where the user's counts
   * @param joinOrder its place among those of its role
   */
  record Named(UserId userId, String nickname, long joinOrder) {}

  /** Creates a store over the pool. */
  public GroupMemberStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Those of these users that are members, in any order. */
  List<Member> find(GroupId groupId, Collection<UserId> userIds) {
    return jdbi.withHandle(handle -> GroupRows.members(handle, groupId, userIds));
  }

  /** A user's memberships in those of these groups where it has one, in any order. */
  List<Member> ofUser(UserId userId, Collection<GroupId> groupIds) {
    if (groupIds.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT "
                    + GroupRows.MEMBER_COLUMNS
                    + " FROM group_member WHERE user_id = :user AND group_id IN (<groups>)")
            .bind("user", userId)
            .bindList("groups", List.copyOf(groupIds))
            .map((row, context) -> GroupRows.member(row))
            .list());
  }

  /** Members with one of these roles, in their order. */
  List<Member> withRoles(GroupId groupId, Collection<Integer> levels, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT "
                    + GroupRows.MEMBER_COLUMNS
                    + " FROM"
                    + BY_ORDER
                    + " WHERE group_id = :group AND role_level IN (<levels>)"
                    + ORDER
                    + " LIMIT :most")
            .bind("group", groupId)
            .bindList("levels", List.copyOf(levels))
            .bind("most", most)
            .map((row, context) -> GroupRows.member(row))
            .list());
  }

  /**
   * Members in their order, beginning somewhere; one statement, so that no member is missing who
   * was there.
   */
  List<Member> page(GroupId groupId, RoleRange range, MemberPages.Start start, int limit) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT "
                    + GroupRows.MEMBER_COLUMNS
                    + " FROM (SELECT user_id AS id FROM"
                    + BY_ORDER
                    + " WHERE group_id = :group AND "
                    + from(range, start)
                    + ORDER
                    + " LIMIT :limit OFFSET :offset) AS listed"
                    + " JOIN group_member ON group_id = :group AND user_id = listed.id"
                    + ORDER)
            .configure(SqlStatements.class, config -> config.setUnusedBindingAllowed(true))
            .bind("group", groupId)
            .bind("lowest", range.lowest().level())
            .bind("role", start.role().level())
            .bind("below", start.role().level() - 1)
            .bind("order", start.joinOrder())
            .bind("limit", limit)
            .bind("offset", start.skip())
            .map((row, context) -> GroupRows.member(row))
            .list());
  }

  /** A range of the index, or two where lower roles follow. */
  private static String from(RoleRange range, MemberPages.Start start) {
    if (start.joinOrder() == 0) {
      return "role_level BETWEEN :lowest AND :role";
    }
    String rest = "role_level = :role AND join_order >= :order";
    return start.role() == range.lowest()
        ? rest
        : "(" + rest + " OR role_level BETWEEN :lowest AND :below)";
  }

  /** The version of a group's members; none where there is no group. */
  LogVersion version(GroupId groupId) {
    return jdbi.withHandle(handle ->
        VersionLogs.versions(handle, Kind.GROUP_MEMBERS, List.of(groupId.value()))
            .getOrDefault(groupId.value(), LogVersion.NONE));
  }

  /** How many members each part of the order holds, in this order; parts without any left out. */
  List<MemberPages.Segment> segments(GroupId groupId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT role_level, join_order DIV :places AS segment, COUNT(*) FROM"
                    + BY_ORDER
                    + " WHERE group_id = :group GROUP BY role_level, segment"
                    + " ORDER BY role_level DESC, segment")
            .bind("places", PLACES_A_SEGMENT)
            .bind("group", groupId)
            .map((row, context) ->
                new MemberPages.Segment(
                    GroupRole.of(row.getInt(1)), row.getLong(2) * PLACES_A_SEGMENT, row.getInt(3)))
            .list());
  }

  /** How many members there are; ordinary ones, who may be many, are not counted one by one. */
  int count(GroupId groupId, RoleRange range) {
    boolean ordinary = range.lowest() == GroupRole.ORDINARY;
    String counted = "SELECT COUNT(*) FROM group_member WHERE group_id = :group AND role_level ";
    String sql =
        ordinary
            ? "SELECT member_count - ("
                + counted
                + "> :highest) FROM chat_group WHERE group_id = :group"
            : counted + "BETWEEN :lowest AND :highest";
    return jdbi.withHandle(handle -> {
      var query =
          handle.createQuery(sql).bind("group", groupId).bind("highest", range.highest().level());
      if (!ordinary) {
        query = query.bind("lowest", range.lowest().level());
      }
      return Math.max(0, query.mapTo(Integer.class).findOne().orElse(0));
    });
  }

  /** Members of one role as they joined, beginning after a place. */
  List<Named> after(GroupId groupId, GroupRole role, long joinOrder, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id, nickname, join_order FROM group_member WHERE group_id = :group"
                    + " AND role_level = :role AND join_order > :after"
                    + " ORDER BY join_order LIMIT :most")
            .bind("group", groupId)
            .bind("role", role.level())
            .bind("after", joinOrder)
            .bind("most", most)
            .map(NAMED)
            .list());
  }
}
