package im.hongyan.relation.user;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.UserProto;
import im.hongyan.proto.user.getAllOnlineUsersReq;
import im.hongyan.proto.user.getAllOnlineUsersResp;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.getUserStatusReq;
import im.hongyan.proto.user.getUserStatusResp;
import im.hongyan.proto.user.onlineStatus;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.proto.user.userRegisterReq;
import im.hongyan.proto.user.userRegisterResp;
import im.hongyan.relation.presence.PresenceService;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;

/** The gRPC endpoint of users. */
public final class UserApi extends userGrpc.userImplBase {
  private static final int ONLINE = 1;

  private final UserService users;
  private final PresenceService presence;

  /** Creates the endpoint. */
  public UserApi(UserService users, PresenceService presence) {
    this.users = users;
    this.presence = presence;
  }

  /** Who may call what; methods that are not built have no entry and are refused. */
  public static AuthorisationTable access() {
    var service = UserProto.getDescriptor().findServiceByName("user");
    return AuthorisationTable.builder()
        .allow(service, "getDesignateUsers", Access.anyUser())
        .allow(service, "userRegister", Access.appAdmin())
        .allow(service, "getUserStatus", Access.anyUser())
        .allow(service, "getAllOnlineUsers", Access.appAdmin())
        .build();
  }

  @Override
  public void getDesignateUsers(
      getDesignateUsersReq request, StreamObserver<getDesignateUsersResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getUserIDsCount() == 0) {
            throw ImError.ARGS.with("UserIDs is empty");
          }
          var answer = getDesignateUsersResp.newBuilder();
          users.find(request.getUserIDsList()).forEach(user -> answer.addUsersInfo(info(user)));
          return answer.build();
        });
  }

  @Override
  public void userRegister(userRegisterReq request, StreamObserver<userRegisterResp> reply) {
    Unary.reply(
        reply,
        () -> {
          users.register(request.getUsersList().stream().map(UserApi::user).toList());
          return userRegisterResp.getDefaultInstance();
        });
  }

  @Override
  public void getUserStatus(getUserStatusReq request, StreamObserver<getUserStatusResp> reply) {
    Unary.reply(
        reply,
        () -> {
          var answer = getUserStatusResp.newBuilder();
          presence
              .statuses(request.getUserIDsList())
              .forEach(status -> answer.addStatusList(status(status)));
          return answer.build();
        });
  }

  @Override
  public void getAllOnlineUsers(
      getAllOnlineUsersReq request, StreamObserver<getAllOnlineUsersResp> reply) {
    Unary.reply(
        reply,
        () -> {
          PresenceService.Listing listing = presence.online(request.getCursor());
          var answer = getAllOnlineUsersResp.newBuilder().setNextCursor(listing.nextCursor());
          listing.users().forEach(status -> answer.addStatusList(status(status)));
          return answer.build();
        });
  }

  private static onlineStatus status(PresenceService.Status status) {
    return onlineStatus
        .newBuilder()
        .setUserID(status.userId())
        .setStatus(status.online() ? ONLINE : 0)
        .addAllPlatformIDs(status.platformIds())
        .build();
  }

  private static User user(UserInfo info) {
    return new User(
        info.getUserID(),
        info.getNickname(),
        info.getFaceURL(),
        info.getEx(),
        info.getAppMangerLevel(),
        info.getGlobalRecvMsgOpt(),
        0);
  }

  private static UserInfo info(User user) {
    return UserInfo.newBuilder()
        .setUserID(user.userId())
        .setNickname(user.nickname())
        .setFaceURL(user.faceUrl())
        .setEx(user.ex())
        .setCreateTime(user.createTimeMillis())
        .setAppMangerLevel(user.appMangerLevel())
        .setGlobalRecvMsgOpt(user.globalRecvMsgOpt())
        .build();
  }
}
