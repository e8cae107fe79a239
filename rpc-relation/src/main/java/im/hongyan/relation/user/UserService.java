package im.hongyan.relation.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.wire.error.ImError;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Registering and looking up users (rest-account.md 2). Safe for use by several threads. */
public final class UserService {
  private static final int MAX_REGISTERED_AT_ONCE = 1_000;
  private static final int MAX_ID_BYTES = 64;
  private static final int ADMIN_LEVEL = 2;
  private static final int CACHED_USERS = 100_000;
  private static final Duration CACHED_FOR = Duration.ofSeconds(10);

  private final UserStore store;
  private final InstantSource clock;
  private final Counter registered;
  private final Cache<String, User> cache =
      Caffeine.newBuilder().maximumSize(CACHED_USERS).expireAfterWrite(CACHED_FOR).build();

  /** Creates a service, with meter {@code user_register_total}. */
  public UserService(UserStore store, InstantSource clock, MeterRegistry meters) {
    registered = meters.counter("user_register");
    this.store = store;
    this.clock = clock;
  }

  /**
   * Adds users, all or none.
   *
   * @throws im.hongyan.wire.error.ImException 1001 for bad ids and names, 1102 when one exists
   */
  public void register(List<User> users) {
    if (users.isEmpty()) {
      throw ImError.ARGS.with("users are empty");
    }
    if (users.size() > MAX_REGISTERED_AT_ONCE) {
      throw ImError.ARGS.with("more than " + MAX_REGISTERED_AT_ONCE + " users");
    }
    Set<String> ids = new HashSet<>();
    for (User user : users) {
      checkId(user.userId());
      if (user.nickname().isEmpty()) {
        throw ImError.ARGS.with("user name is empty");
      }
      if (!ids.add(user.userId())) {
        throw ImError.ARGS.with("userID repeated");
      }
    }
    long now = clock.millis();
    List<User> stamped = users.stream().map(user -> createdAt(user, now)).toList();
    if (!store.addAll(stamped)) {
      throw ImError.REGISTERED_ALREADY.with("userID registered already");
    }
    cache.invalidateAll(ids);
    registered.increment(stamped.size());
  }

  private static void checkId(String id) {
    if (id.isEmpty()) {
      throw ImError.ARGS.with("userID is empty");
    }
    if (!id.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '_')) {
      throw ImError.ARGS.with("userID is legal");
    }
    if (id.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw ImError.ARGS.with("userID is longer than " + MAX_ID_BYTES + " bytes");
    }
  }

  private static User createdAt(User user, long millis) {
    return new User(
        user.userId(),
        user.nickname(),
        user.faceUrl(),
        user.ex(),
        user.appMangerLevel(),
        user.globalRecvMsgOpt(),
        millis);
  }

  /** Those of these users that exist, in the order asked. */
  public List<User> find(Collection<String> userIds) {
    Set<String> wanted = new LinkedHashSet<>(userIds);
    Map<String, User> found = new HashMap<>(cache.getAllPresent(wanted));
    List<String> missing = wanted.stream().filter(id -> !found.containsKey(id)).toList();
    if (!missing.isEmpty()) {
      store.find(missing).forEach(user -> found.put(user.userId(), user));
      missing.stream()
          .map(found::get)
          .filter(u -> u != null)
          .forEach(u -> cache.put(u.userId(), u));
    }
    List<User> ordered = new ArrayList<>();
    wanted.forEach(id -> Optional.ofNullable(found.get(id)).ifPresent(ordered::add));
    return ordered;
  }

  /** Makes the administrators that are missing and gives them their names (rest-account.md 0.9). */
  public void ensureAdmins(List<String> ids, List<String> nicknames) {
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      String nickname = i < nicknames.size() ? nicknames.get(i) : id;
      Optional<User> known = store.find(List.of(id)).stream().findFirst();
      if (known.isEmpty()) {
        store.addAll(List.of(new User(id, nickname, "", "", ADMIN_LEVEL, 0, clock.millis())));
      } else if (!known.get().nickname().equals(nickname)) {
        store.rename(id, nickname);
      }
    }
  }
}
