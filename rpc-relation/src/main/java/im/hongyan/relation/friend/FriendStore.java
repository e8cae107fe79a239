package im.hongyan.relation.friend;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;

/** Friends in the table {@code friend}. Safe for use by several threads. */
public final class FriendStore {
  /** By hand, since a page has many rows. */
  private static final RowMapper<Friend> FRIEND =
      (row, context) ->
          new Friend(
              new UserId(MySql.id(row.getBytes(1))),
              new UserId(MySql.id(row.getBytes(2))),
              row.getString(3),
              row.getLong(4),
              row.getInt(5),
              new UserId(MySql.id(row.getBytes(6))),
              row.getString(7),
              row.getBoolean(8));

  private static final String COLUMNS =
      "SELECT owner_user_id, friend_user_id, remark, create_time, add_source, operator_user_id, ex,"
          + " is_pinned FROM friend";

  private static final String SELECT = COLUMNS + " WHERE owner_user_id = :owner";

  /** Pinned ones first, then as they were added. */
  private static final String CANONICAL = " ORDER BY list_order, friend_user_id";

  /** Without its texts, and with its place in a list. */
  private static final int BYTES_A_FRIEND = 400;

  private final Jdbi jdbi;
  private final int maxFriends;

  /**
   * What changes of friends; null leaves a part as it is.
   *
   * @param pinned moves them within the list
   */
  record Change(Optional<Boolean> pinned, Optional<String> remark, Optional<String> ex) {
    private boolean isEmpty() {
      return pinned.isEmpty() && remark.isEmpty() && ex.isEmpty();
    }
  }

  /** The ids of all friends of an owner, and the version that they have at least. */
  record Ids(LogVersion version, List<UserId> friends) {}

  /**
   * Creates a store over the pool.
   *
   * @param maxFriends friends that a user may have
   */
  public FriendStore(MySql mysql, int maxFriends) {
    jdbi = mysql.jdbi();
    this.maxFriends = maxFriends;
  }

  /** Whether a user is an owner's friend. */
  boolean contains(UserId owner, UserId user) {
    return jdbi.withHandle(handle -> FriendRows.contains(handle, owner, user));
  }

  /** The version of an owner's list; {@link LogVersion#NONE} where nothing was logged yet. */
  LogVersion version(UserId owner) {
    return jdbi.withHandle(handle ->
        VersionLogs.versions(handle, Kind.FRIENDS, List.of(owner.value()))
            .getOrDefault(owner.value(), LogVersion.NONE));
  }

  /** What an owner's list takes in memory, about. */
  long bytes(UserId owner) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT COALESCE(SUM(? + OCTET_LENGTH(ex) + OCTET_LENGTH(remark)), 0)"
                    + " FROM friend WHERE owner_user_id = ?")
            .bind(0, BYTES_A_FRIEND)
            .bind(1, owner)
            .mapTo(Long.class)
            .one());
  }

  /** An owner's friends in canonical order. */
  List<Friend> all(UserId owner) {
    return jdbi.withHandle(
        handle -> handle.createQuery(SELECT + CANONICAL).bind("owner", owner).map(FRIEND).list());
  }

  /** How many friends an owner has. */
  int count(UserId owner) {
    return jdbi.withHandle(handle -> FriendRows.count(handle, owner));
  }

  /**
   * A page of an owner's friends in canonical order. Rows before it are counted off in the index
   * alone.
   */
  List<Friend> page(UserId owner, Page page) {
    if (page.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                COLUMNS
                    + " JOIN (SELECT owner_user_id, friend_user_id FROM friend"
                    + " WHERE owner_user_id = :owner"
                    + CANONICAL
                    + " LIMIT :limit OFFSET :offset) page USING (owner_user_id, friend_user_id)"
                    + CANONICAL)
            .bind("owner", owner)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map(FRIEND)
            .list());
  }

  /** Those of these users that are an owner's friends, in canonical order. */
  List<Friend> find(UserId owner, Collection<UserId> users) {
    if (users.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(SELECT + " AND friend_user_id IN (<users>)" + CANONICAL)
            .bind("owner", owner)
            .bindList("users", List.copyOf(users))
            .map(FRIEND)
            .list());
  }

  /** The ids of an owner's friends in canonical order. */
  Ids ids(UserId owner) {
    return jdbi.withHandle(handle -> {
      LogVersion version = VersionLogs.current(handle, Kind.FRIENDS, owner.value());
      List<UserId> friends =
          handle
              .createQuery(
                  "SELECT friend_user_id FROM friend WHERE owner_user_id = :owner" + CANONICAL)
              .bind("owner", owner)
              .mapTo(UserId.class)
              .list();
      return new Ids(version, friends);
    });
  }

  /** What separates a reader's copy of an owner's list from it. */
  VersionDelta delta(UserId owner, String versionId, long version) {
    return jdbi.withHandle(
        handle -> VersionLogs.delta(handle, Kind.FRIENDS, owner.value(), versionId, version));
  }

  /**
   * Makes friends of an owner and others, in both directions.
   *
   * @param notifications are written with it, whoever was a friend already
   */
  void importAll(
      UserId owner,
      Collection<UserId> others,
      UserId operator,
      List<Notification> notifications,
      long nowMillis) {
    Set<UserId> all = new LinkedHashSet<>(others);
    List<Friend> friends = new ArrayList<>();
    for (UserId other : all) {
      friends.add(Friend.added(owner, other, Friend.IMPORTED, operator, nowMillis));
      friends.add(Friend.added(other, owner, Friend.IMPORTED, operator, nowMillis));
    }
    all.add(owner);
    change(
        all,
        notifications,
        handle -> {
          FriendRows.add(handle, friends, maxFriends, nowMillis);
          return true;
        });
  }

  /** Removes a friend from the owner's list; it is logged also for one who was not there. */
  void remove(UserId owner, UserId friend, Notification notification, long nowMillis) {
    change(
        Set.of(owner),
        List.of(notification),
        handle -> {
          handle.execute(
              "DELETE FROM friend WHERE owner_user_id = ? AND friend_user_id = ?", owner, friend);
          VersionLogs.advance(
              handle,
              Kind.FRIENDS,
              owner.value(),
              List.of(friend.value()),
              State.DELETED,
              nowMillis);
          return true;
        });
  }

  /**
   * Sets a remark.
   *
   * @return whether there is such a friend; if not, nothing is sent
   */
  boolean setRemark(
      UserId owner, UserId friend, String remark, Notification notification, long nowMillis) {
    Change change = new Change(Optional.empty(), Optional.of(remark), Optional.empty());
    return change(
        Set.of(owner),
        List.of(notification),
        handle -> update(handle, owner, Set.of(friend), change, nowMillis));
  }

  /** Changes those of these users that are friends. */
  void update(
      UserId owner,
      Collection<UserId> friends,
      Change change,
      Notification notification,
      long nowMillis) {
    change(
        Set.of(owner),
        List.of(notification),
        handle -> {
          update(handle, owner, friends, change, nowMillis);
          return true;
        });
  }

  /** Whether any was there. */
  private static boolean update(
      Handle handle, UserId owner, Collection<UserId> users, Change change, long nowMillis) {
    Set<UserId> friends = new HashSet<>(FriendRows.among(handle, owner, users));
    if (friends.isEmpty() || change.isEmpty()) {
      return !friends.isEmpty();
    }
    handle
        .createUpdate(
            "UPDATE friend SET is_pinned = COALESCE(:pinned, is_pinned),"
                + " remark = COALESCE(:remark, remark), ex = COALESCE(:ex, ex)"
                + " WHERE owner_user_id = :owner AND friend_user_id IN (<friends>)")
        .bind("pinned", change.pinned())
        .bind("remark", change.remark())
        .bind("ex", change.ex())
        .bind("owner", owner)
        .bindList("friends", List.copyOf(friends))
        .execute();
    List<String> changed = new ArrayList<>(friends.stream().map(UserId::value).toList());
    if (change.pinned().isPresent()) {
      changed.add(VersionDelta.ORDER);
    }
    VersionLogs.advance(handle, Kind.FRIENDS, owner.value(), changed, State.UPDATED, nowMillis);
    return true;
  }

  /** A change within one transaction, with its notifications where it happens. */
  private boolean change(Collection<UserId> owners, List<Notification> notifications, Body body) {
    return Transactions.run(
        jdbi,
        handle -> {
          FriendRows.lock(handle, owners);
          if (!body.apply(handle)) {
            handle.rollback();
            return false;
          }
          OutboxRows.append(handle, notifications);
          return true;
        });
  }

  /** Part of a transaction; whether it has changed anything. */
  @FunctionalInterface
  private interface Body {
    boolean apply(Handle handle);
  }
}
