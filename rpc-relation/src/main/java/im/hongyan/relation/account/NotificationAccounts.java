package im.hongyan.relation.account;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.user.addNotificationAccountReq;
import im.hongyan.proto.user.addNotificationAccountResp;
import im.hongyan.proto.user.getNotificationAccountReq;
import im.hongyan.proto.user.getNotificationAccountResp;
import im.hongyan.proto.user.notificationAccountInfo;
import im.hongyan.proto.user.searchNotificationAccountReq;
import im.hongyan.proto.user.searchNotificationAccountResp;
import im.hongyan.proto.user.updateNotificationAccountInfoReq;
import im.hongyan.proto.user.updateNotificationAccountInfoResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.account.AccountStore.Wanted;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserChange;
import im.hongyan.relation.user.UserChanges;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.user.Users;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Accounts from which the system notifies users (rest-account.md 2.14), for administrators. Safe
 * for use by several threads.
 */
public final class NotificationAccounts implements Feature {
  /** Lowest level of an account that is no user's. */
  private static final int LOWEST_LEVEL = 3;

  /** Lowest level of who may send notifications: of administrators. */
  private static final int LOWEST_SENDING_LEVEL = 2;

  private static final int MAX_TRIES = 20;

  /** Ids that are made have ten digits, and no 0 in front. */
  private static final long LOWEST_ID = 1_000_000_000L;

  private static final long BEYOND_IDS = 10_000_000_000L;

  private final Users users;
  private final UserChanges changes;
  private final UserDirectory directory;
  private final AccountStore store;
  private final Set<UserId> adminIds;
  private final RandomGenerator random;
  private final InstantSource clock;

  /**
   * Creates the feature.
   *
   * @param adminIds the configured administrators, who are no notification accounts
   * @param random makes ids
   */
  public NotificationAccounts(
      Users users,
      UserChanges changes,
      UserDirectory directory,
      AccountStore store,
      Set<String> adminIds,
      RandomGenerator random,
      InstantSource clock) {
    this.users = users;
    this.changes = changes;
    this.directory = directory;
    this.store = store;
    this.adminIds = adminIds.stream().map(UserId::new).collect(Collectors.toUnmodifiableSet());
    this.random = random;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getAddNotificationAccountMethod(), this::add);
    rpcs.unary(userGrpc.getUpdateNotificationAccountInfoMethod(), this::update);
    rpcs.unary(userGrpc.getSearchNotificationAccountMethod(), this::search);
    rpcs.unary(userGrpc.getGetNotificationAccountMethod(), this::get);
  }

  private addNotificationAccountResp add(Caller caller, addNotificationAccountReq request) {
    User account = request.getUserID().isEmpty() ? addUnnamed(request) : addNamed(request);
    return addNotificationAccountResp
        .newBuilder()
        .setUserID(account.userId().value())
        .setFaceURL(account.faceUrl())
        .setNickName(account.nickname())
        .setAppMangerLevel(account.appMangerLevel())
        .build();
  }

  private User addNamed(addNotificationAccountReq request) {
    User account = account(request.getUserID(), request);
    if (!users.add(account)) {
      throw ImError.ARGS.with("userID is used");
    }
    return account;
  }

  private User addUnnamed(addNotificationAccountReq request) {
    for (int i = 0; i < MAX_TRIES; i++) {
      User account = account(Long.toString(random.nextLong(LOWEST_ID, BEYOND_IDS)), request);
      if (users.add(account)) {
        return account;
      }
    }
    throw ImException.internal("gen user id failed");
  }

  private User account(String id, addNotificationAccountReq request) {
    return new User(
        new UserId(id),
        request.getNickName(),
        request.getFaceURL(),
        "",
        request.getAppMangerLevel(),
        0,
        clock.millis());
  }

  /** What is not empty is written, to any user. */
  private updateNotificationAccountInfoResp update(
      Caller caller, updateNotificationAccountInfoReq request) {
    UserChange change =
        new UserChange(
            new UserId(request.getUserID()),
            UserChange.nullIfEmpty(request.getNickName()),
            UserChange.nullIfEmpty(request.getFaceURL()),
            null,
            null);
    if (!changes.write(caller, change)) {
      throw ImError.ARGS.bare();
    }
    return updateNotificationAccountInfoResp.getDefaultInstance();
  }

  /** A keyword is an id, and where no account has it, a nickname. */
  private searchNotificationAccountResp search(
      Caller caller, searchNotificationAccountReq request) {
    Page page = Page.of(request.getPagination());
    String keyword = request.getKeyword();
    int lowest = request.hasAppManagerLevel() ? request.getAppManagerLevel() : LOWEST_LEVEL;
    int highest = request.hasAppManagerLevel() ? lowest : Integer.MAX_VALUE;
    Wanted wanted = new Wanted(Math.max(lowest, LOWEST_LEVEL), highest, adminIds, keyword);
    List<User> named =
        keyword.isEmpty()
            ? List.of()
            : directory.find(List.of(new UserId(keyword))).stream().filter(wanted::fits).toList();
    searchNotificationAccountResp.Builder answer = searchNotificationAccountResp.newBuilder();
    if (named.isEmpty()) {
      answer.setTotal(store.count(wanted));
      store.page(wanted, page).forEach(account -> answer.addNotificationAccounts(info(account)));
    } else {
      answer.setTotal(named.size());
      page.of(named).forEach(account -> answer.addNotificationAccounts(info(account)));
    }
    return answer.build();
  }

  /** Of who may send notifications, which begins below notification accounts. */
  private getNotificationAccountResp get(Caller caller, getNotificationAccountReq request) {
    User account =
        directory.find(List.of(new UserId(request.getUserID()))).stream()
            .findFirst()
            .orElseThrow(ImError.USER_ID_NOT_FOUND::bare);
    if (account.appMangerLevel() < LOWEST_SENDING_LEVEL) {
      throw ImError.NO_PERMISSION.with("notification messages cannot be sent for this ID");
    }
    return getNotificationAccountResp.newBuilder().setAccount(info(account)).build();
  }

  private static notificationAccountInfo info(User account) {
    return notificationAccountInfo
        .newBuilder()
        .setUserID(account.userId().value())
        .setFaceURL(account.faceUrl())
        .setNickName(account.nickname())
        .setAppMangerLevel(account.appMangerLevel())
        .build();
  }
}
