package im.hongyan.relation.user;

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
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.webhooks.AccountHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Registering and looking up users (rest-account.md 2). Safe for use by several threads. */
public final class Users implements Feature {
  private static final int MAX_ID_BYTES = 64;
  private static final int ADMIN_LEVEL = 2;

  /** Account status of a registered user; 0 for others (rest-account.md 2.8). */
  private static final int REGISTERED = 1;

  private final UserStore store;
  private final UserDirectory directory;
  private final AccountHooks hooks;
  private final boolean underscores;
  private final InstantSource clock;
  private final Counter registered;

  /**
   * Creates the feature, with meter {@code user_register}.
   *
   * @param underscores whether ids of new users may have one
   */
  public Users(
      UserStore store,
      UserDirectory directory,
      AccountHooks hooks,
      boolean underscores,
      InstantSource clock,
      MeterRegistry meters) {
    registered = meters.counter("user_register");
    this.store = store;
    this.directory = directory;
    this.hooks = hooks;
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
        .addAllUsersInfo(directory.find(ids).stream().map(User::info).toList())
        .build();
  }

  /** All are added or none is. */
  private userRegisterResp add(Caller caller, userRegisterReq request) {
    List<UserInfo> users = request.getUsersList();
    requireUnregistered(check(users));
    List<UserInfo> hooked = hooks.beforeUserRegister(users);
    if (!hooked.equals(users)) {
      hooked.forEach(
          user -> ProfileLimits.check(user.getNickname(), user.getFaceURL(), user.getEx()));
      users = hooked;
      requireUnregistered(check(users));
    }
    long now = clock.millis();
    if (!store.addAll(users.stream().map(info -> User.registered(info, now)).toList())) {
      throw registeredAlready();
    }
    registered.increment(users.size());
    hooks.afterUserRegister(users);
    return userRegisterResp.getDefaultInstance();
  }

  /** The ids of users that may be registered, as far as they themselves show. */
  private Set<UserId> check(List<UserInfo> users) {
    for (UserInfo info : users) {
      if (info.equals(UserInfo.getDefaultInstance())) {
        // What null in a list of JSON becomes.
        throw ImError.ARGS.with("user is empty");
      }
      checkCharacters(info.getUserID());
      if (info.getNickname().isEmpty()) {
        throw ImError.ARGS.with("user name is empty");
      }
    }
    Set<UserId> ids = new HashSet<>();
    for (UserInfo info : users) {
      if (!ids.add(new UserId(info.getUserID()))) {
        throw ImError.ARGS.with("userID repeated");
      }
    }
    ids.forEach(id -> checkLength(id.value()));
    return ids;
  }

  private void requireUnregistered(Set<UserId> ids) {
    if (!directory.find(ids).isEmpty()) {
      throw registeredAlready();
    }
  }

  private static ImException registeredAlready() {
    return ImError.REGISTERED_ALREADY.with("userID registered already");
  }

  /**
   * Adds a user that another feature makes; false where the id is taken.
   *
   * @throws ImException 1001 for an id that no user may have
   */
  public boolean add(User user) {
    checkCharacters(user.userId().value());
    checkLength(user.userId().value());
    return store.addAll(List.of(user));
  }

  /** Which of these users are registered, in the order asked. */
  private accountCheckResp checkAccounts(Caller caller, accountCheckReq request) {
    List<UserId> asked = request.getCheckUserIDsList().stream().map(UserId::new).toList();
    Set<UserId> found =
        directory.find(asked).stream().map(User::userId).collect(Collectors.toSet());
    accountCheckResp.Builder answer = accountCheckResp.newBuilder();
    for (UserId id : asked) {
      answer
          .addResultsBuilder()
          .setUserID(id.value())
          .setAccountStatus(found.contains(id) ? REGISTERED : 0);
    }
    return answer.build();
  }

  /** One id stands for the order of lists in their logs. */
  private void checkCharacters(String id) {
    if (id.equals(VersionDelta.ORDER)
        || !id.codePoints()
            .allMatch(c -> Character.isLetterOrDigit(c) || (c == '_' && underscores))) {
      throw ImError.ARGS.with("userID is legal");
    }
  }

  private static void checkLength(String id) {
    if (id.isEmpty()) {
      throw ImError.ARGS.with("userID is empty");
    }
    if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw ImError.ARGS.with("userID is longer than " + MAX_ID_BYTES + " bytes");
    }
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
