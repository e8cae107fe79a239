package im.hongyan.auth;

import im.hongyan.auth.login.AuthApi;
import im.hongyan.auth.login.LoginSurroundings;
import im.hongyan.auth.login.TokenService;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.storage.CachedTokenStore;
import im.hongyan.auth.storage.MySqlTokenStore;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.platform.Platform;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.stores.mysql.MySql;
import im.hongyan.stores.redis.Redis;
import im.hongyan.wire.token.TokenCodec;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** rpc-auth put together. */
public final class AuthModule {
  private AuthModule() {}

  /** Serves login on the platform. */
  public static void start(AuthConfig config, Platform platform, MySql mysql, Redis redis) {
    Set<String> admins = config.share().admins();
    TokenCodec codec = new TokenCodec(config.share().secret().reveal(), platform.clock());
    TokenStore store = new CachedTokenStore(new MySqlTokenStore(mysql), redis);
    TokenService tokens =
        new TokenService(
            codec,
            store,
            new TokenService.Rules(config.policy(), config.validity(), admins),
            platform.clock());
    LoginSurroundings surroundings =
        new LoginSurroundings(
            config.share().secret(),
            admins,
            userId -> findUser(platform.locator(), userId),
            (userId, platformId) -> kick(platform.locator(), userId, platformId));
    RpcGuard guard = new RpcGuard(AuthApi.access(), config.share(), platform.meters());
    platform
        .locator()
        .serve(
            ServiceName.AUTH,
            List.of(guard.protect(new AuthApi(tokens, surroundings).bindService())));
  }

  private static Optional<UserInfo> findUser(ServiceLocator locator, String userId) {
    if (userId.isEmpty()) {
      return Optional.empty();
    }
    return RpcChannels.callAsService(
            locator.channel(ServiceName.RELATION),
            userGrpc.getGetDesignateUsersMethod(),
            getDesignateUsersReq.newBuilder().addUserIDs(userId).build())
        .getUsersInfoList()
        .stream()
        .findFirst();
  }

  private static void kick(ServiceLocator locator, String userId, int platformId) {
    KickUserOfflineReq request =
        KickUserOfflineReq.newBuilder().setPlatformID(platformId).addKickUserIDList(userId).build();
    locator
        .nodes(ServiceName.GATEWAY_WS)
        .values()
        .forEach(channel ->
            RpcChannels.callAsService(channel, msgGatewayGrpc.getKickUserOfflineMethod(), request));
  }
}
