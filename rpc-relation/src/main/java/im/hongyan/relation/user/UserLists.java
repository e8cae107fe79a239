package im.hongyan.relation.user;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.user.getAllUserIDReq;
import im.hongyan.proto.user.getAllUserIDResp;
import im.hongyan.proto.user.getPaginationUsersReq;
import im.hongyan.proto.user.getPaginationUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.proto.user.userRegisterCountReq;
import im.hongyan.proto.user.userRegisterCountResp;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.time.LocalDate;
import java.util.List;

/**
 * Pages of all users for administrators, in the order of registration, and counts of them
 * (rest-account.md 2.7, 2.9; rest-message.md 8). Safe for use by several threads.
 */
public final class UserLists implements Feature {
  private final UserListStore store;

  /** Creates the feature. */
  public UserLists(UserListStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getGetAllUserIDMethod(), this::ids);
    rpcs.unary(userGrpc.getGetPaginationUsersMethod(), this::users);
    rpcs.unary(userGrpc.getUserRegisterCountMethod(), this::countRegistrations);
  }

  private getAllUserIDResp ids(Caller caller, getAllUserIDReq request) {
    Page page = Page.of(request.getPagination());
    return getAllUserIDResp
        .newBuilder()
        .setTotal((int) store.total())
        .addAllUserIDs(store.ids(page).stream().map(UserId::value).toList())
        .build();
  }

  /** Ordinary users: all of them, or those whose id or nickname has the text asked for in it. */
  private getPaginationUsersResp users(Caller caller, getPaginationUsersReq request) {
    Page page = Page.of(request.getPagination());
    String id = request.getUserID();
    String nickname = request.getNickName();
    boolean all = id.isEmpty() && nickname.isEmpty();
    long total = all ? store.totalOrdinary() : store.totalFound(id, nickname);
    List<User> users = all ? store.ordinary(page) : store.found(id, nickname, page);
    return getPaginationUsersResp
        .newBuilder()
        .setTotal((int) total)
        .addAllUsers(users.stream().map(User::info).toList())
        .build();
  }

  private userRegisterCountResp countRegistrations(Caller caller, userRegisterCountReq request) {
    if (request.getStart() > request.getEnd()) {
      throw ImError.ARGS.with("start > end");
    }
    userRegisterCountResp.Builder answer =
        userRegisterCountResp
            .newBuilder()
            .setTotal(store.total())
            .setBefore(store.registeredBefore(request.getStart()));
    store
        .registeredByDay(request.getStart(), request.getEnd())
        .forEach((day, count) -> answer.putCount(LocalDate.ofEpochDay(day).toString(), count));
    return answer.build();
  }
}
