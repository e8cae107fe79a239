package im.hongyan.relation.friend;

import im.hongyan.drivers.mysql.Rows;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Writes friends within the caller's transaction. Stateless.
 *
 * <p>Who changes friends locks the lists of all owners first ({@link #lock}), so that two changes
 * of one pair never wait for each other crosswise.
 */
public final class FriendRows {
  /** Friends of one change keep their order within this range. */
  private static final int PLACES_A_CHANGE = 1024;

  private FriendRows() {}

  /** Keeps others from changing these owners' friends until the transaction ends. */
  public static void lock(Handle handle, Collection<UserId> owners) {
    VersionLogs.lock(handle, Kind.FRIENDS, owners.stream().map(UserId::value).toList());
  }

  /** Whether a user is an owner's friend. */
  public static boolean contains(Handle handle, UserId owner, UserId user) {
    return !among(handle, owner, List.of(user)).isEmpty();
  }

  /** Those of these users that are the owner's friends. */
  static Set<UserId> among(Handle handle, UserId owner, Collection<UserId> users) {
    return new HashSet<>(
        handle
            .createQuery(
                "SELECT friend_user_id FROM friend"
                    + " WHERE owner_user_id = :owner AND friend_user_id IN (<users>)")
            .bind("owner", owner)
            .bindList("users", List.copyOf(users))
            .mapTo(UserId.class)
            .list());
  }

  /**
   * Adds friends that are not there yet; the owners' lists are locked.
   *
   * @param friends of one owner in the order that they get, of other owners between them
   * @param most friends that an owner may have
   * @throws im.hongyan.wire.error.ImException 1001 when an owner would have more
   */
  public static void add(Handle handle, List<Friend> friends, int most, long nowMillis) {
    TreeMap<String, List<Friend>> byOwner = new TreeMap<>(Utf8Order.INSTANCE);
    for (Friend friend : friends) {
      byOwner.computeIfAbsent(friend.ownerUserId().value(), owner -> new ArrayList<>()).add(friend);
    }
    for (List<Friend> some : byOwner.values()) {
      addOfOwner(handle, some, most, nowMillis);
    }
  }

  private static void addOfOwner(Handle handle, List<Friend> friends, int most, long nowMillis) {
    UserId owner = friends.getFirst().ownerUserId();
    Set<UserId> known = among(handle, owner, friends.stream().map(Friend::friendUserId).toList());
    List<Friend> fresh =
        friends.stream().filter(friend -> !known.contains(friend.friendUserId())).toList();
    if (fresh.isEmpty()) {
      return;
    }
    if (count(handle, owner) + fresh.size() > most) {
      throw ImError.ARGS.with(owner.value() + " would have more than " + most + " friends");
    }
    List<String> elements =
        new ArrayList<>(fresh.stream().map(friend -> friend.friendUserId().value()).toList());
    if (VersionLogs.knows(handle, Kind.FRIENDS, owner.value(), elements)) {
      elements.add(VersionDelta.ORDER);
    }
    LogVersion version =
        VersionLogs.advance(
            handle, Kind.FRIENDS, owner.value(), elements, State.INSERTED, nowMillis);
    List<Object[]> rows = new ArrayList<>();
    long place = version.number() * PLACES_A_CHANGE;
    for (Friend friend : fresh) {
      rows.add(row(friend, place));
      place++;
    }
    rows.sort(Comparator.comparing(values -> values[1].toString(), Utf8Order.INSTANCE));
    Rows.insert(
        handle,
        "INSERT INTO friend (owner_user_id, friend_user_id, remark, create_time, add_source,"
            + " operator_user_id, ex, is_pinned, add_order) VALUES",
        rows,
        "");
  }

  private static Object[] row(Friend friend, long place) {
    return new Object[] {
      friend.ownerUserId(),
      friend.friendUserId(),
      friend.remark(),
      friend.createTimeMillis(),
      friend.addSource(),
      friend.operatorUserId(),
      friend.ex(),
      friend.pinned(),
      place
    };
  }

  static int count(Handle handle, UserId owner) {
    return handle
        .createQuery("SELECT COUNT(*) FROM friend WHERE owner_user_id = ?")
        .bind(0, owner)
        .mapTo(Integer.class)
        .one();
  }

  /** Owners who have a user as a friend, in the order of their ids, beginning after one. */
  public static List<UserId> befriending(Handle handle, UserId user, UserId after, int most) {
    return handle
        .createQuery(
            "SELECT owner_user_id FROM friend WHERE friend_user_id = ? AND owner_user_id > ?"
                + " ORDER BY owner_user_id LIMIT ?")
        .bind(0, user)
        .bind(1, after)
        .bind(2, most)
        .mapTo(UserId.class)
        .list();
  }
}
