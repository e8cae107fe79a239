package im.hongyan.relation.friend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Whole friend lists, kept in memory. Each reading asks the store for the list's version, and takes
 * the list that is kept only where it has this version: a change counts from its answer on, whoever
 * made it. Lists with long texts are not kept. Safe for use by several threads; may block.
 */
public final class FriendLists {
  /** The lists that were not asked for longest go first. */
  private static final long MAX_BYTES_KEPT = 32L << 20;

  private static final int MAX_BYTES_A_LIST = 4 << 20;

  private final FriendStore store;
  private final Cache<UserId, FriendList> kept =
      Caffeine.newBuilder()
          .maximumWeight(MAX_BYTES_KEPT)
          .<UserId, FriendList>weigher((owner, list) -> list.bytes())
          .build();

  /**
   * Friends in canonical order.
   *
   * @param version that the list has at least
   * @param places of each of them in the list
   * @param bytes that it takes about
   */
  private record FriendList(
      LogVersion version, List<Friend> friends, Map<UserId, Integer> places, int bytes) {
    static FriendList of(LogVersion version, List<Friend> friends, int bytes) {
      Map<UserId, Integer> places = HashMap.newHashMap(friends.size());
      for (Friend friend : friends) {
        places.put(friend.friendUserId(), places.size());
      }
      return new FriendList(version, friends, places, bytes);
    }

    List<Friend> find(Collection<UserId> users) {
      return users.stream()
          .map(places::get)
          .filter(Objects::nonNull)
          .sorted()
          .map(friends::get)
          .toList();
    }
  }

  /**
   * Part of a list.
   *
   * @param total friends in the whole list
   */
  record FriendPage(List<Friend> friends, int total) {}

  /** Nothing is kept yet. */
  public FriendLists(FriendStore store) {
    this.store = store;
  }

  /** A page of an owner's friends in canonical order. */
  FriendPage page(UserId owner, Page page) {
    LogVersion version = store.version(owner);
    return known(owner, version)
        .or(() -> load(owner, version))
        .map(list -> new FriendPage(page.of(list.friends()), list.friends().size()))
        .orElseGet(() -> new FriendPage(store.page(owner, page), store.count(owner)));
  }

  private Optional<FriendList> load(UserId owner, LogVersion version) {
    long bytes = store.bytes(owner);
    if (version.equals(LogVersion.NONE) || bytes > MAX_BYTES_A_LIST) {
      return Optional.empty();
    }
    FriendList read = FriendList.of(version, store.all(owner), (int) bytes);
    kept.put(owner, read);
    return Optional.of(read);
  }

  /**
   * Those of these users that are an owner's friends, in canonical order. Costs what is asked for,
   * not what the list has.
   *
   * @param version of the list, read before
   */
  List<Friend> find(UserId owner, Collection<UserId> users, LogVersion version) {
    if (users.isEmpty()) {
      return List.of();
    }
    return known(owner, version)
        .map(list -> list.find(users))
        .orElseGet(() -> store.find(owner, users));
  }

  private Optional<FriendList> known(UserId owner, LogVersion version) {
    return Optional.ofNullable(kept.getIfPresent(owner))
        .filter(list -> list.version().equals(version));
  }
}
