package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;

/** Reads applications in the table {@code group_request}. Safe for use by several threads. */
public final class GroupRequestStore {
  private static final RowMapper<GroupRequestRow> ROW = ConstructorMapper.of(GroupRequestRow.class);

  private static final String SELECT =
      "SELECT group_id, user_id, handle_result, req_msg, handle_msg, req_time AS req_time_millis,"
          + " handle_user_id, handle_time AS handle_time_millis, join_source, inviter_user_id, ex"
          + " FROM ";

  private static final String NEWEST_FIRST = " ORDER BY req_time DESC, group_id DESC, user_id DESC";

  private final Jdbi jdbi;

  /**
   * Which applications are listed.
   *
   * @param applicant whose; empty for everybody's
   * @param groups to which groups; empty for all
   * @param results those with these results; empty for all
   */
  record Filter(
      Optional<UserId> applicant, Collection<GroupId> groups, Collection<Integer> results) {
    /** Something must bound what is read. */
    Filter {
      if (applicant.isEmpty() && groups.isEmpty()) {
        throw new IllegalArgumentException("neither an applicant nor a group");
      }
      groups = List.copyOf(groups);
      results = List.copyOf(results);
    }

    private String condition() {
      String condition = applicant.isEmpty() ? "group_id IN (<groups>)" : "user_id = :applicant";
      if (applicant.isPresent() && !groups.isEmpty()) {
        condition += " AND group_id IN (<groups>)";
      }
      return condition + (results.isEmpty() ? "" : " AND handle_result IN (<results>)");
    }

    private Query bind(Query query) {
      if (applicant.isPresent()) {
        query = query.bind("applicant", applicant.get());
      }
      if (!groups.isEmpty()) {
        query = query.bindList("groups", List.copyOf(groups));
      }
      return results.isEmpty() ? query : query.bindList("results", List.copyOf(results));
    }
  }

  /** Creates a store over the pool. */
  public GroupRequestStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Groups that a user owns or administers, dismissed ones left out, in any order. */
  List<GroupId> managedGroups(UserId userId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT g.group_id FROM group_member AS managed"
                    + " JOIN chat_group AS g ON g.group_id = managed.group_id"
                    + " WHERE managed.user_id = ? AND managed.role_level > ? AND g.status <> ?")
            .bind(0, userId)
            .bind(1, GroupRole.ORDINARY.level())
            .bind(2, GroupStatus.DISMISSED)
            .mapTo(GroupId.class)
            .list());
  }

  /** A page of applications, the newest first. */
  List<GroupRequestRow> page(Filter filter, Page page) {
    String sql =
        SELECT
            + "(SELECT group_id AS of_group, user_id AS of_user FROM group_request WHERE "
            + filter.condition()
            + NEWEST_FIRST
            + " LIMIT :limit OFFSET :offset) AS listed"
            + " JOIN group_request ON group_id = listed.of_group AND user_id = listed.of_user"
            + NEWEST_FIRST;
    return jdbi.withHandle(handle ->
        filter
            .bind(handle.createQuery(sql))
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(ROW)
            .list());
  }

  /** How many those of {@link #page} are. */
  int count(Filter filter) {
    return jdbi.withHandle(handle ->
        filter
            .bind(
                handle.createQuery(
                    "SELECT COUNT(*) FROM group_request WHERE " + filter.condition()))
            .mapTo(Integer.class)
            .one());
  }

  /** The applications of these users to a group, in any order. */
  List<GroupRequestRow> find(GroupId groupId, Collection<UserId> userIds) {
    return jdbi.withHandle(handle -> find(handle, groupId, userIds));
  }

  /** As above, within a transaction. */
  static List<GroupRequestRow> find(Handle handle, GroupId groupId, Collection<UserId> userIds) {
    return handle
        .createQuery(SELECT + "group_request WHERE group_id = :group AND user_id IN (<users>)")
        .bind("group", groupId)
        .bindList("users", List.copyOf(userIds))
        .map(ROW)
        .list();
  }

  /** Open applications to groups that came after a time; 0 for all. */
  long countOpen(Collection<GroupId> groupIds, long afterMillis) {
    return groupIds.isEmpty()
        ? 0
        : jdbi.withHandle(handle -> countOpen(handle, groupIds, afterMillis));
  }

  private static long countOpen(Handle handle, Collection<GroupId> groupIds, long afterMillis) {
    return handle
        .createQuery(
            "SELECT COUNT(*) FROM group_request WHERE group_id IN (<groups>)"
                + " AND handle_result = :open AND req_time > :after")
        .bindList("groups", List.copyOf(groupIds))
        .bind("open", GroupRequestRow.OPEN)
        .bind("after", afterMillis == 0 ? -1 : afterMillis)
        .mapTo(Long.class)
        .one();
  }
}
