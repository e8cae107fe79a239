package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Groups by ids, as administrators list them, and counts of them, from the table {@code
 * chat_group}. Safe for use by several threads.
 */
public final class GroupListStore {
  private static final long MILLIS_A_DAY = 86_400_000;

  private final Jdbi jdbi;

  /**
   * A group with what its owner is called in it.
   *
   * @param ownerNickname its own in the group; often empty
   */
  record Owned(GroupInfo group, String ownerNickname) {}

  /** Creates a store over the pool. */
  public GroupListStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Those of these groups that exist, dismissed or not. */
  Map<GroupId, GroupInfo> find(Collection<GroupId> groupIds) {
    Map<GroupId, GroupInfo> found = new HashMap<>();
    if (groupIds.isEmpty()) {
      return found;
    }
    jdbi.useHandle(handle ->
        handle
            .createQuery(
                "SELECT "
                    + GroupRows.GROUP_COLUMNS
                    + " FROM chat_group WHERE group_id IN (<groups>)")
            .bindList("groups", List.copyOf(groupIds))
            .map((row, context) -> GroupRows.group(row))
            .forEach(group -> found.put(new GroupId(group.getGroupID()), group)));
    return found;
  }

  /** A user's roles in those of these groups whose member it is. */
  Map<GroupId, GroupRole> roles(UserId userId, Collection<GroupId> groupIds) {
    Map<GroupId, GroupRole> roles = new HashMap<>();
    if (groupIds.isEmpty()) {
      return roles;
    }
    jdbi.useHandle(handle ->
        handle
            .createQuery(
                "SELECT group_id, role_level FROM group_member"
                    + " WHERE user_id = :user AND group_id IN (<groups>)")
            .bind("user", userId)
            .bindList("groups", List.copyOf(groupIds))
            .map((row, context) ->
                Map.entry(new GroupId(MySql.id(row.getBytes(1))), GroupRole.of(row.getInt(2))))
            .forEach(role -> roles.put(role.getKey(), role.getValue())));
    return roles;
  }

  /** These groups with their owners' names, in any order. */
  List<Owned> owned(Collection<GroupId> groupIds) {
    return groupIds.isEmpty()
        ? List.of()
        : owned("group_id IN (<groups>)", query -> query.bindList("groups", List.copyOf(groupIds)));
  }

  /**
   * A page of the groups that are not dismissed, the newest first.
   *
   * @param name part of their names, literal and without case; empty for all
   */
  List<Owned> page(String name, Page page) {
    return owned(
        live(name) + " ORDER BY create_time DESC, group_id DESC LIMIT :limit OFFSET :offset",
        query -> named(query, name).bind("limit", page.limit()).bind("offset", page.offset()));
  }

  /** How many those of {@link #page} are. */
  int count(String name) {
    return jdbi.withHandle(handle ->
        named(handle.createQuery("SELECT COUNT(*) FROM chat_group WHERE " + live(name)), name)
            .mapTo(Integer.class)
            .one());
  }

  private List<Owned> owned(String condition, Binding binding) {
    String sql =
        "SELECT g.*, COALESCE(owner.nickname, '') AS owner_nickname FROM (SELECT "
            + GroupRows.GROUP_COLUMNS
            + " FROM chat_group WHERE "
            + condition
            + ") AS g LEFT JOIN group_member AS owner ON owner.group_id = g.group_id"
            + " AND owner.user_id = g.owner_user_id"
            + " ORDER BY g.create_time DESC, g.group_id DESC";
    return jdbi.withHandle(handle ->
        binding
            .bind(handle.createQuery(sql))
            .map((row, context) -> new Owned(GroupRows.group(row), row.getString("owner_nickname")))
            .list());
  }

  @FunctionalInterface
  private interface Binding {
    Query bind(Query query);
  }

  private static String live(String name) {
    return "status <> "
        + GroupStatus.DISMISSED
        + (name.isEmpty() ? "" : " AND group_name LIKE :name ESCAPE '!'");
  }

  private static Query named(Query query, String name) {
    String literal = name.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    return name.isEmpty() ? query : query.bind("name", "%" + literal + "%");
  }

  /** How many groups were ever made. */
  long total() {
    return jdbi.withHandle(
        handle -> handle.createQuery("SELECT COUNT(*) FROM chat_group").mapTo(Long.class).one());
  }

  /** How many groups were made before a time. */
  long madeBefore(long millis) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT COUNT(*) FROM chat_group WHERE create_time < ?")
            .bind(0, millis)
            .mapTo(Long.class)
            .one());
  }

  /**
   * How many groups were made each day within a span.
   *
   * @param endMillis the first moment behind it
   * @return by the day's number since 1970, in UTC; days without groups are left out
   */
  Map<Long, Long> madeByDay(long startMillis, long endMillis) {
    Map<Long, Long> days = new TreeMap<>();
    jdbi.useHandle(handle ->
        handle
            .createQuery(
                "SELECT create_time DIV :day AS day, COUNT(*) FROM chat_group"
                    + " WHERE create_time >= :start AND create_time < :end GROUP BY day")
            .bind("day", MILLIS_A_DAY)
            .bind("start", startMillis)
            .bind("end", endMillis)
            .map((row, context) -> Map.entry(row.getLong(1), row.getLong(2)))
            .forEach(day -> days.put(day.getKey(), day.getValue())));
    return days;
  }
}
