package im.hongyan.relation.friendrequest;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.friend.Friend;
import im.hongyan.relation.friend.FriendRows;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Applications in the table {@code friend_request}. Safe for use by several threads. */
public final class FriendRequestStore {
  private static final RowMapper<FriendRequestRow> ROW =
      ConstructorMapper.of(FriendRequestRow.class);

  private static final String COLUMNS =
      "SELECT from_user_id, to_user_id, handle_result, req_msg, create_time AS create_time_millis,"
          + " handler_user_id, handle_msg, handle_time AS handle_time_millis, ex"
          + " FROM friend_request WHERE ";

  private final Jdbi jdbi;
  private final int maxFriends;

  /** Whose applications are listed. */
  enum Side {
    SENT("from_user_id", "to_user_id"),
    RECEIVED("to_user_id", "from_user_id");

    private final String owner;
    private final String other;

    Side(String owner, String other) {
      this.owner = owner;
      this.other = other;
    }
  }

  /** How answering an application ended. */
  enum Result {
    DONE,
    NO_REQUEST,
    HANDLED_ALREADY
  }

  /**
   * Creates a store over the pool.
   *
   * @param maxFriends friends that a user may have
   */
  public FriendRequestStore(MySql mysql, int maxFriends) {
    jdbi = mysql.jdbi();
    this.maxFriends = maxFriends;
  }

  /**
   * Stores an application in place of an earlier one of the same pair.
   *
   * @param notification of what is stored
   * @return whether it was stored; not where both are friends of each other
   */
  boolean apply(FriendRequestRow row, Function<FriendRequestRow, Notification> notification) {
    UserId from = row.fromUserId();
    UserId to = row.toUserId();
    return Transactions.run(
        jdbi,
        handle -> {
          FriendRows.lock(handle, List.of(from, to));
          if (FriendRows.contains(handle, from, to) && FriendRows.contains(handle, to, from)) {
            handle.rollback();
            return false;
          }
          insert(handle, row);
          OutboxRows.append(
              handle, List.of(notification.apply(find(handle, from, to).orElseThrow())));
          return true;
        });
  }

  /** An earlier one keeps who handled it and when, as the reference has it. */
  private static void insert(Handle handle, FriendRequestRow row) {
    handle
        .createUpdate(
            "INSERT INTO friend_request (from_user_id, to_user_id, handle_result, req_msg,"
                + " create_time, handler_user_id, handle_msg, handle_time, ex) VALUES (:fromUserId,"
                + " :toUserId, :handleResult, :reqMsg, :createTimeMillis, :handlerUserId,"
                + " :handleMsg, :handleTimeMillis, :ex) ON DUPLICATE KEY UPDATE handle_result ="
                + " VALUES(handle_result), handle_msg = VALUES(handle_msg), req_msg ="
                + " VALUES(req_msg), ex = VALUES(ex), create_time = VALUES(create_time)")
        .bindMethods(row)
        .execute();
  }

  private static Optional<FriendRequestRow> find(Handle handle, UserId from, UserId to) {
    return handle
        .createQuery(COLUMNS + "from_user_id = ? AND to_user_id = ?")
        .bind(0, from)
        .bind(1, to)
        .map(ROW)
        .findOne();
  }

  /** An application, if there is one. */
  Optional<FriendRequestRow> find(UserId from, UserId to) {
    return jdbi.withHandle(handle -> find(handle, from, to));
  }

  /**
   * Makes both friends of each other, and an open application of the other direction agreed to.
   *
   * @param operator who answers
   * @param handleMsg empty for leaving it as it is
   * @param notification of what is stored
   */
  Result agree(
      UserId from,
      UserId to,
      UserId operator,
      String handleMsg,
      Function<FriendRequestRow, Notification> notification,
      long nowMillis) {
    return respond(
        from,
        to,
        notification,
        handle -> {
          answer(handle, from, to, FriendRequestRow.AGREED, operator, handleMsg, nowMillis);
          find(handle, to, from)
              .filter(reverse -> reverse.handleResult() == FriendRequestRow.PENDING)
              .ifPresent(reverse ->
                  answer(handle, to, from, FriendRequestRow.AGREED, operator, "", nowMillis));
          FriendRows.add(
              handle,
              List.of(
                  Friend.added(to, from, Friend.BY_APPLICATION, from, nowMillis),
                  Friend.added(from, to, Friend.BY_APPLICATION, from, nowMillis)),
              maxFriends,
              nowMillis);
        });
  }

  /** Refuses; who did is not kept, as the reference has it. */
  Result refuse(
      UserId from,
      UserId to,
      String handleMsg,
      Function<FriendRequestRow, Notification> notification,
      long nowMillis) {
    return respond(
        from,
        to,
        notification,
        handle -> answer(handle, from, to, FriendRequestRow.REFUSED, null, handleMsg, nowMillis));
  }

  private Result respond(
      UserId from,
      UserId to,
      Function<FriendRequestRow, Notification> notification,
      Answer answer) {
    return Transactions.run(
        jdbi,
        handle -> {
          FriendRows.lock(handle, List.of(from, to));
          Optional<FriendRequestRow> found = find(handle, from, to);
          if (found.isEmpty() || found.get().handleResult() != FriendRequestRow.PENDING) {
            handle.rollback();
            return found.isEmpty() ? Result.NO_REQUEST : Result.HANDLED_ALREADY;
          }
          answer.apply(handle);
          OutboxRows.append(
              handle, List.of(notification.apply(find(handle, from, to).orElseThrow())));
          return Result.DONE;
        });
  }

  /** What an answer writes, the pair being locked. */
  @FunctionalInterface
  private interface Answer {
    void apply(Handle handle);
  }

  /**
   * Writes an answer.
   *
   * @param operator null for leaving who handled it as it is
   * @param handleMsg empty for leaving it as it is
   */
  private static void answer(
      Handle handle,
      UserId from,
      UserId to,
      int result,
      @Nullable UserId operator,
      String handleMsg,
      long nowMillis) {
    handle
        .createUpdate(
            "UPDATE friend_request SET handle_result = :result, handle_time = :now,"
                + " handler_user_id = COALESCE(:operator, handler_user_id),"
                + " handle_msg = COALESCE(NULLIF(:message, ''), handle_msg)"
                + " WHERE from_user_id = :from AND to_user_id = :to")
        .bind("result", result)
        .bind("now", nowMillis)
        .bind("operator", operator)
        .bind("message", handleMsg)
        .bind("from", from)
        .bind("to", to)
        .execute();
  }

  /**
   * A page of a user's applications, the newest first.
   *
   * @param results those with these results; empty for all
   */
  List<FriendRequestRow> page(Side side, UserId owner, Collection<Integer> results, Page page) {
    String sql =
        COLUMNS
            + side.owner
            + " = :owner"
            + filter(results)
            + " ORDER BY create_time DESC, "
            + side.other
            + " DESC LIMIT :limit OFFSET :offset";
    return jdbi.withHandle(handle ->
        filtered(handle, sql, owner, results)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(ROW)
            .list());
  }

  /** How many those of {@link #page} are. */
  int count(Side side, UserId owner, Collection<Integer> results) {
    String sql =
        "SELECT COUNT(*) FROM friend_request WHERE " + side.owner + " = :owner" + filter(results);
    return jdbi.withHandle(
        handle -> filtered(handle, sql, owner, results).mapTo(Integer.class).one());
  }

  private static String filter(Collection<Integer> results) {
    return results.isEmpty() ? "" : " AND handle_result IN (<results>)";
  }

  private static Query filtered(
      Handle handle, String sql, UserId owner, Collection<Integer> results) {
    Query query = handle.createQuery(sql).bind("owner", owner);
    return results.isEmpty() ? query : query.bindList("results", List.copyOf(results));
  }

  /** Open applications to a user that came after a time, 0 for all. */
  long countUnhandled(UserId owner, long afterMillis) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT COUNT(*) FROM friend_request WHERE to_user_id = ? AND handle_result = ?"
                    + " AND create_time > ?")
            .bind(0, owner)
            .bind(1, FriendRequestRow.PENDING)
            .bind(2, afterMillis == 0 ? -1 : afterMillis)
            .mapTo(Long.class)
            .one());
  }
}
