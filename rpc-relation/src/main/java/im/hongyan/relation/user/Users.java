package im.hongyan.relation.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.accountCheckReq;
import im.hongyan.proto.user.accountCheckResp;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.proto.user.userRegisterReq;
import im.hongyan.proto.user.userRegisterResp;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Registering and looking up users (rest-account.md 2). Safe for use by several threads. */
public final class Users implements Feature, UserDirectory, GlobalReceiveOptions {
  private static final int MAX_ID_BYTES = 64;
  private static final int ADMIN_LEVEL = 2;

  /** Account status of a registered user; 0 for others (rest-account.md 2.8). */
  private static final int REGISTERED = 1;

  private static final int CACHED_USERS = 100_000;
  private static final Duration CACHED_FOR = Duration.ofSeconds(10);

  private final UserStore store;
  private final boolean underscores;
  private final InstantSource clock;
  private final Counter registered;
  private final Cache<UserId, User> cache =
      Caffeine.newBuilder().maximumSize(CACHED_USERS).expireAfterWrite(CACHED_FOR).build();

  /**
   * Creates the feature, with meter {@code user_register}.
   *
   * @param underscores whether ids of new users may have one
   */
  public Users(UserStore store, boolean underscores, InstantSource clock, MeterRegistry meters) {
    registered = meters.counter("user_register");
    this.store = store;
    this.underscores = underscores;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getGetDesignateUsersMethod(), this::getInfos);
    rpcs.unary(userGrpc.getUserRegisterMethod(), this::add);
    rpcs.unary(userGrpc.getAccountCheckMethod(), this::checkAccounts);
  }

  private getDesignateUsersResp getInfos(Caller caller, getDesignateUsersReq request) {
    List<UserId> ids = request.getUserIDsList().stream().map(UserId::new).toList();
    return getDesignateUsersResp
        .newBuilder()
        .addAllUsersInfo(find(ids).stream().map(User::info).toList())
        .build();
  }

  /** All are added or none is. */
  private userRegisterResp add(Caller caller, userRegisterReq request) {
    long now = clock.millis();
    Set<UserId> ids = new HashSet<>();
    for (UserInfo info : request.getUsersList()) {
      if (info.equals(UserInfo.getDefaultInstance())) {
        // What null in a list of JSON becomes.
        throw ImError.ARGS.with("user is empty");
      }
      checkId(info.getUserID());
      if (info.getNickname().isEmpty()) {
        throw ImError.ARGS.with("user name is empty");
      }
      if (!ids.add(new UserId(info.getUserID()))) {
        throw ImError.ARGS.with("userID repeated");
      }
    }
    List<User> users =
        request.getUsersList().stream().map(info -> User.registered(info, now)).toList();
    if (!store.addAll(users)) {
      throw ImError.REGISTERED_ALREADY.with("userID registered already");
    }
    cache.invalidateAll(ids);
    registered.increment(users.size());
    return userRegisterResp.getDefaultInstance();
  }

  /** Which of these users are registered, in the order asked. */
  private accountCheckResp checkAccounts(Caller caller, accountCheckReq request) {
    List<UserId> asked = request.getCheckUserIDsList().stream().map(UserId::new).toList();
    Set<UserId> found = find(asked).stream().map(User::userId).collect(Collectors.toSet());
    accountCheckResp.Builder answer = accountCheckResp.newBuilder();
    for (UserId id : asked) {
      answer
          .addResultsBuilder()
          .setUserID(id.value())
          .setAccountStatus(found.contains(id) ? REGISTERED : 0);
    }
    return answer.build();
  }

  private void checkId(String id) {
    if (id.isEmpty()) {
      throw ImError.ARGS.with("userID is empty");
    }
    if (!id.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || (c == '_' && underscores))) {
      throw ImError.ARGS.with("userID is legal");
    }
    if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw ImError.ARGS.with("userID is longer than " + MAX_ID_BYTES + " bytes");
    }
  }

  @Override
  public List<User> find(Collection<UserId> userIds) {
    Set<UserId> wanted = new LinkedHashSet<>(userIds);
    Map<UserId, User> found = new HashMap<>(cache.getAllPresent(wanted));
    List<UserId> missing = wanted.stream().filter(id -> !found.containsKey(id)).toList();
    for (User user : store.find(missing)) {
      found.put(user.userId(), user);
      cache.put(user.userId(), user);
    }
    return wanted.stream().map(found::get).filter(Objects::nonNull).toList();
  }

  @Override
  public Map<UserId, Integer> globalReceiveOptions(Collection<UserId> userIds) {
    return store.globalReceiveOptions(userIds);
  }

  /** Makes the administrators that are missing and gives them their names (rest-account.md 0.9). */
  public void ensureAdmins(List<String> ids, List<String> nicknames) {
    for (int i = 0; i < ids.size(); i++) {
      UserId id = new UserId(ids.get(i));
      String nickname = i < nicknames.size() ? nicknames.get(i) : id.value();
      Optional<User> known = store.find(List.of(id)).stream().findFirst();
      if (known.isEmpty()) {
        store.addAll(List.of(new User(id, nickname, "", "", ADMIN_LEVEL, 0, clock.millis())));
      } else if (!known.get().nickname().equals(nickname)) {
        store.rename(id, nickname);
      }
    }
  }
}
