package im.hongyan.relation.user;

import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Users of the store, cached until a change invalidates them, and at most for a minute. Safe for
 * use by several threads; may block.
 */
public final class CachedUsers implements UserDirectory {
  private static final Duration CACHED = Duration.ofMinutes(1);

  private final UserStore store;
  private final InvalidatingCache<User> cache;

  /**
   * Creates the directory.
   *
   * @param versions by which changes invalidate users
   */
  public CachedUsers(UserStore store, InvalidatingCache.Versions versions) {
    this.store = store;
    cache = new InvalidatingCache<>(InvalidatingCache.SOME, CACHED, versions);
  }

  @Override
  public List<User> find(Collection<UserId> userIds) {
    Set<UserId> wanted = new LinkedHashSet<>(userIds);
    Map<UserId, User> found = byId(wanted);
    return wanted.stream().map(found::get).filter(Objects::nonNull).toList();
  }

  @Override
  public Map<UserId, User> byId(Collection<UserId> userIds) {
    return cache.getAll(userIds, "", this::load);
  }

  private Map<UserId, User> load(Collection<UserId> userIds) {
    return store.find(userIds).stream().collect(Collectors.toMap(User::userId, user -> user));
  }
}
