package im.hongyan.relation.black;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Blacklists in the table {@code black}. Safe for use by several threads. */
public final class BlackStore {
  private static final RowMapper<Black> BLACK = ConstructorMapper.of(Black.class);

  private static final String SELECT =
      "SELECT owner_user_id, block_user_id, create_time AS create_time_millis, add_source,"
          + " operator_user_id, ex FROM black WHERE owner_user_id = :owner";

  private final Jdbi jdbi;
  private final int maxBlacks;

  /**
   * Creates a store over the pool.
   *
   * @param maxBlacks users that a blacklist may hold
   */
  public BlackStore(MySql mysql, int maxBlacks) {
    jdbi = mysql.jdbi();
    this.maxBlacks = maxBlacks;
  }

  /** How many an owner has blocked. */
  int count(UserId owner) {
    return jdbi.withHandle(handle -> count(handle, owner));
  }

  private static int count(Handle handle, UserId owner) {
    return handle
        .createQuery("SELECT COUNT(*) FROM black WHERE owner_user_id = ?")
        .bind(0, owner)
        .mapTo(Integer.class)
        .one();
  }

  /** A page of an owner's entries as they were added. */
  List<Black> page(UserId owner, Page page) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(SELECT + " ORDER BY add_order, block_user_id LIMIT :limit OFFSET :offset")
            .bind("owner", owner)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(BLACK)
            .list());
  }

  /** An owner's entries of these users, as they were added. */
  List<Black> find(UserId owner, Collection<UserId> users) {
    if (users.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                SELECT + " AND block_user_id IN (<users>) ORDER BY add_order, block_user_id")
            .bind("owner", owner)
            .bindList("users", List.copyOf(users))
            .map(BLACK)
            .list());
  }

  /** What separates a reader's copy of an owner's list from it. */
  VersionDelta delta(UserId owner, String versionId, long version) {
    return jdbi.withHandle(
        handle -> VersionLogs.delta(handle, Kind.BLACKS, owner.value(), versionId, version));
  }

  /** Whether a user is in an owner's blacklist. */
  public boolean contains(UserId owner, UserId user) {
    return jdbi.withHandle(handle -> contains(handle, owner, user));
  }

  private static boolean contains(Handle handle, UserId owner, UserId user) {
    return handle
        .createQuery("SELECT 1 FROM black WHERE owner_user_id = ? AND block_user_id = ?")
        .bind(0, owner)
        .bind(1, user)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /**
   * Adds an entry and its notification, both or neither.
   *
   * @return whether it was not there before; if it was, nothing changes and nothing is sent
   * @throws im.hongyan.wire.error.ImException 1001 when the list is full
   */
  public boolean add(Black black, Notification notification) {
    UserId owner = black.ownerUserId();
    return Transactions.run(
        jdbi,
        handle -> {
          VersionLogs.lock(handle, Kind.BLACKS, List.of(owner.value()));
          if (contains(handle, owner, black.blockUserId())) {
            return false;
          }
          if (count(handle, owner) >= maxBlacks) {
            throw ImError.ARGS.with("the blacklist has " + maxBlacks + " users, which is the most");
          }
          LogVersion version =
              VersionLogs.advance(
                  handle,
                  Kind.BLACKS,
                  owner.value(),
                  List.of(black.blockUserId().value()),
                  State.INSERTED,
                  black.createTimeMillis());
          handle
              .createUpdate(
                  "INSERT INTO black (owner_user_id, block_user_id, create_time, add_source,"
                      + " operator_user_id, ex, add_order) VALUES (:ownerUserId, :blockUserId,"
                      + " :createTimeMillis, :addSource, :operatorUserId, :ex, :order)")
              .bindMethods(black)
              .bind("order", version.number())
              .execute();
          OutboxRows.append(handle, List.of(notification));
          return true;
        });
  }

  /**
   * Removes an entry and writes its notification, both or neither.
   *
   * @return whether it was there; if it was not, nothing is sent
   */
  public boolean remove(UserId owner, UserId user, Notification notification) {
    return Transactions.run(
        jdbi,
        handle -> {
          VersionLogs.lock(handle, Kind.BLACKS, List.of(owner.value()));
          int removed =
              handle.execute(
                  "DELETE FROM black WHERE owner_user_id = ? AND block_user_id = ?", owner, user);
          if (removed == 0) {
            return false;
          }
          VersionLogs.advance(
              handle,
              Kind.BLACKS,
              owner.value(),
              List.of(user.value()),
              State.DELETED,
              notification.message().getCreateTime());
          OutboxRows.append(handle, List.of(notification));
          return true;
        });
  }
}
