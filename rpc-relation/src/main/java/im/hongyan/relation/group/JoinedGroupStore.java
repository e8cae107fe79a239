package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Groups that users are in, dismissed ones left out. A list is sorted as a whole each time, which
 * the number of a user's groups bounds. Safe for use by several threads.
 */
public final class JoinedGroupStore {
  private static final String JOINED =
      " FROM group_member AS joined JOIN chat_group AS g ON g.group_id = joined.group_id"
          + " WHERE joined.user_id = :user AND g.status <> :dismissed";

  private final Jdbi jdbi;

  /** All groups of a user, and the version that they have at least. */
  record All(LogVersion version, List<GroupId> groups) {}

  /** Creates a store over the pool. */
  public JoinedGroupStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Names in the order of their bytes, as the reference has them, then older groups first. */
  private static String order(String table) {
    return " ORDER BY CAST(%1$sgroup_name AS BINARY), %1$screate_time, %1$sgroup_id"
        .formatted(table);
  }

  private static Query query(Handle handle, String sql, UserId userId) {
    return handle.createQuery(sql).bind("user", userId).bind("dismissed", GroupStatus.DISMISSED);
  }

  /** A page of a user's groups in their order. */
  List<GroupInfo> page(UserId userId, Page page) {
    String sql =
        "SELECT "
            + GroupRows.GROUP_COLUMNS
            + " FROM (SELECT g.group_id AS id"
            + JOINED
            + order("g.")
            + " LIMIT :limit OFFSET :offset) AS listed"
            + " JOIN chat_group ON group_id = listed.id"
            + order("");
    return jdbi.withHandle(handle ->
        query(handle, sql, userId)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map((row, context) -> GroupRows.group(row))
            .list());
  }

  /** How many groups a user has. */
  int count(UserId userId) {
    return jdbi.withHandle(
        handle -> query(handle, "SELECT COUNT(*)" + JOINED, userId).mapTo(Integer.class).one());
  }

  /** A user's groups in their order. */
  All all(UserId userId) {
    return jdbi.withHandle(handle -> {
      LogVersion version = VersionLogs.current(handle, Kind.JOINED_GROUPS, userId.value());
      List<GroupId> groups =
          query(handle, "SELECT g.group_id" + JOINED + order("g."), userId)
              .mapTo(GroupId.class)
              .list();
      return new All(version, groups);
    });
  }

  /** Those of these groups that a user has, in any order. */
  List<GroupInfo> find(UserId userId, Collection<GroupId> groupIds) {
    if (groupIds.isEmpty()) {
      return List.of();
    }
    String sql =
        "SELECT "
            + GroupRows.GROUP_COLUMNS
            + " FROM chat_group WHERE group_id IN (<groups>) AND status <> :dismissed"
            + " AND EXISTS (SELECT 1 FROM group_member WHERE group_member.group_id ="
            + " chat_group.group_id AND user_id = :user)";
    return jdbi.withHandle(handle ->
        query(handle, sql, userId)
            .bindList("groups", List.copyOf(groupIds))
            .map((row, context) -> GroupRows.group(row))
            .list());
  }

  /** What separates a reader's copy of a user's list from it. */
  VersionDelta delta(UserId userId, String versionId, long version) {
    return jdbi.withHandle(handle ->
        VersionLogs.delta(handle, Kind.JOINED_GROUPS, userId.value(), versionId, version));
  }
}
