package im.hongyan.relation.friendrequest;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.relation.applyToAddFriendReq;
import im.hongyan.proto.relation.applyToAddFriendResp;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getDesignatedFriendsApplyReq;
import im.hongyan.proto.relation.getDesignatedFriendsApplyResp;
import im.hongyan.proto.relation.getPaginationFriendsApplyFromReq;
import im.hongyan.proto.relation.getPaginationFriendsApplyFromResp;
import im.hongyan.proto.relation.getPaginationFriendsApplyToReq;
import im.hongyan.proto.relation.getPaginationFriendsApplyToResp;
import im.hongyan.proto.relation.getSelfUnhandledApplyCountReq;
import im.hongyan.proto.relation.getSelfUnhandledApplyCountResp;
import im.hongyan.proto.relation.respondFriendApplyReq;
import im.hongyan.proto.relation.respondFriendApplyResp;
import im.hongyan.proto.sdkws.FriendRequest;
import im.hongyan.relation.friendrequest.FriendRequestStore.Result;
import im.hongyan.relation.friendrequest.FriendRequestStore.Side;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Applications to become friends (rest-account.md 3.1, 3.2, 3.12). Safe for several threads. */
public final class FriendRequests implements Feature {
  private final FriendRequestStore store;
  private final UserDirectory users;
  private final OutboxSignal outbox;
  private final FriendHooks hooks;
  private final InstantSource clock;

  /** Creates the feature. */
  public FriendRequests(
      FriendRequestStore store,
      UserDirectory users,
      OutboxSignal outbox,
      FriendHooks hooks,
      InstantSource clock) {
    this.store = store;
    this.users = users;
    this.outbox = outbox;
    this.hooks = hooks;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(friendGrpc.getApplyToAddFriendMethod(), this::apply);
    rpcs.unary(friendGrpc.getRespondFriendApplyMethod(), this::respond);
    rpcs.unary(friendGrpc.getGetPaginationFriendsApplyToMethod(), this::pageReceived);
    rpcs.unary(friendGrpc.getGetPaginationFriendsApplyFromMethod(), this::pageSent);
    rpcs.unary(friendGrpc.getGetDesignatedFriendsApplyMethod(), this::getDesignated);
    rpcs.unary(friendGrpc.getGetSelfUnhandledApplyCountMethod(), this::countUnhandled);
  }

  private applyToAddFriendResp apply(Caller caller, applyToAddFriendReq request) {
    UserId from = new UserId(request.getFromUserID());
    UserId to = new UserId(request.getToUserID());
    if (from.equals(to)) {
      throw ImError.CANNOT_ADD_YOURSELF.with("req.ToUserID, " + to.value() + "=MISSING");
    }
    hooks.beforeAddFriend(from.value(), to.value(), request.getReqMsg(), request.getEx());
    Map<UserId, User> people = people(Stream.of(from, to));
    if (people.size() < 2) {
      throw ImError.RECORD_NOT_FOUND.with("user not found");
    }
    long now = clock.millis();
    FriendRequestRow row =
        new FriendRequestRow(
            from,
            to,
            FriendRequestRow.PENDING,
            request.getReqMsg(),
            now,
            new UserId(""),
            "",
            0,
            request.getEx());
    if (!store.apply(row, new FriendRequestNotifications(people, now)::added)) {
      throw ImError.RELATIONSHIP_ALREADY.with("already friends has f");
    }
    outbox.wake();
    hooks.afterAddFriend(from.value(), to.value(), request.getReqMsg());
    return applyToAddFriendResp.getDefaultInstance();
  }

  private respondFriendApplyResp respond(Caller caller, respondFriendApplyReq request) {
    UserId from = new UserId(request.getFromUserID());
    UserId to = new UserId(request.getToUserID());
    boolean agree = request.getHandleResult() == FriendRequestRow.AGREED;
    FriendHooks.Response response =
        new FriendHooks.Response(
            from.value(), to.value(), request.getHandleResult(), request.getHandleMsg());
    if (agree) {
      hooks.beforeAddFriendAgree(response);
    }
    Result result =
        agree
            ? agree(from, to, new UserId(caller.userId()), request.getHandleMsg())
            : refuse(from, to, request.getHandleMsg());
    switch (result) {
      case NO_REQUEST -> throw ImError.RECORD_NOT_FOUND.bare();
      case HANDLED_ALREADY -> throw handled(from, to, agree);
      case DONE -> outbox.wake();
    }
    if (agree) {
      hooks.afterAddFriendAgree(response);
    }
    return respondFriendApplyResp.getDefaultInstance();
  }

  private Result agree(UserId from, UserId to, UserId operator, String handleMsg) {
    long now = clock.millis();
    FriendRequestNotifications notifications =
        new FriendRequestNotifications(people(Stream.of(from, to)), now);
    return store.agree(
        from, to, operator, handleMsg, row -> notifications.approved(row, handleMsg), now);
  }

  private Result refuse(UserId from, UserId to, String handleMsg) {
    long now = clock.millis();
    FriendRequestNotifications notifications =
        new FriendRequestNotifications(people(Stream.of(from, to)), now);
    return store.refuse(from, to, handleMsg, row -> notifications.rejected(row, handleMsg), now);
  }

  /** The codes differ, as the reference has it. */
  private static RuntimeException handled(UserId from, UserId to, boolean agree) {
    return agree
        ? ImError.ARGS.with("the friend request has been processed")
        : ImError.FRIEND_REQUEST_HANDLED.with(
            "friend request has already been processed, from="
                + from.value()
                + ", to="
                + to.value());
  }

  private Map<UserId, User> people(Stream<UserId> ids) {
    return users.byId(ids.distinct().toList());
  }

  private List<FriendRequest> messages(List<FriendRequestRow> rows) {
    Map<UserId, User> people =
        people(rows.stream().flatMap(row -> Stream.of(row.fromUserId(), row.toUserId())));
    return rows.stream().map(row -> row.message(people)).toList();
  }

  private List<FriendRequest> page(Side side, UserId owner, List<Integer> results, Page page) {
    return page.isEmpty() ? List.of() : messages(store.page(side, owner, results, page));
  }

  private getPaginationFriendsApplyToResp pageReceived(
      Caller caller, getPaginationFriendsApplyToReq request) {
    UserId owner = new UserId(request.getUserID());
    List<Integer> results = request.getHandleResultsList();
    return getPaginationFriendsApplyToResp
        .newBuilder()
        .addAllFriendRequests(page(Side.RECEIVED, owner, results, Page.of(request.getPagination())))
        .setTotal(store.count(Side.RECEIVED, owner, results))
        .build();
  }

  private getPaginationFriendsApplyFromResp pageSent(
      Caller caller, getPaginationFriendsApplyFromReq request) {
    UserId owner = new UserId(request.getUserID());
    List<Integer> results = request.getHandleResultsList();
    return getPaginationFriendsApplyFromResp
        .newBuilder()
        .addAllFriendRequests(page(Side.SENT, owner, results, Page.of(request.getPagination())))
        .setTotal(store.count(Side.SENT, owner, results))
        .build();
  }

  /** Of both directions. */
  private getDesignatedFriendsApplyResp getDesignated(
      Caller caller, getDesignatedFriendsApplyReq request) {
    UserId from = new UserId(request.getFromUserID());
    UserId to = new UserId(request.getToUserID());
    List<FriendRequestRow> rows =
        Stream.of(store.find(from, to), from.equals(to) ? none() : store.find(to, from))
            .flatMap(Optional::stream)
            .toList();
    return getDesignatedFriendsApplyResp.newBuilder().addAllFriendRequests(messages(rows)).build();
  }

  private static Optional<FriendRequestRow> none() {
    return Optional.empty();
  }

  private getSelfUnhandledApplyCountResp countUnhandled(
      Caller caller, getSelfUnhandledApplyCountReq request) {
    return getSelfUnhandledApplyCountResp
        .newBuilder()
        .setCount(store.countUnhandled(new UserId(request.getUserID()), request.getTime()))
        .build();
  }
}
