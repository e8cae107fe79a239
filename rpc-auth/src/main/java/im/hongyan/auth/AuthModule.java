package im.hongyan.auth;

import im.hongyan.auth.login.AuthApi;
import im.hongyan.auth.login.LoginDependencies;
import im.hongyan.auth.login.LoginsApi;
import im.hongyan.auth.login.TokenService;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.storage.CachedTokenStore;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.token.TokenCodec;
import java.util.List;
import java.util.Optional;

/** rpc-auth put together. */
public final class AuthModule {
  private AuthModule() {}

  /** Serves login on the context. */
  public static void start(AuthConfig config, ServiceContext context, MySql mysql, Redis redis) {
    start(config, context, new CachedTokenStore(mysql, redis));
  }

  /** Serves login over any store. */
  static void start(AuthConfig config, ServiceContext context, TokenStore store) {
    ShareConfig share = config.share();
    TokenService tokens =
        new TokenService(
            new TokenCodec(share.secret().reveal(), context.clock()),
            store,
            new TokenService.Rules(config.policy(), config.validity(), share.admins()),
            context.clock(),
            context.meters().counter("user_login_total"));
    LoginDependencies dependencies =
        new LoginDependencies(
            share.secret(),
            share.admins(),
            userId -> findUser(context.locator(), userId),
            new GatewayNodes(context.locator()));
    RpcGuard auth = new RpcGuard(AuthApi.access(), share, context.meters());
    RpcGuard logins = new RpcGuard(LoginsApi.access(), share, context.meters());
    context
        .locator()
        .serve(
            ServiceName.AUTH,
            List.of(
                auth.protect(new AuthApi(tokens, dependencies).bindService()),
                logins.protect(new LoginsApi(tokens).bindService())));
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
}
