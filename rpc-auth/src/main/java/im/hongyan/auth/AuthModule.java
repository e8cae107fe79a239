package im.hongyan.auth;

import im.hongyan.auth.login.AuthTokens;
import im.hongyan.auth.login.LoginDependencies;
import im.hongyan.auth.login.Logins;
import im.hongyan.auth.login.TokenService;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.storage.CachedTokenStore;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.token.TokenCodec;
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
            context.meters().counter("user_login"));
    LoginDependencies dependencies =
        new LoginDependencies(
            share.secret(),
            share.admins(),
            userId -> findUser(context.locator(), userId),
            new GatewayNodes(context.locator()));
    Rpcs rpcs =
        new Rpcs(share, context.meters())
            .add(new AuthTokens(tokens, dependencies), new Logins(tokens));
    rpcs.requireAll(AuthGrpc.getServiceDescriptor(), LoginsGrpc.getServiceDescriptor());
    context.locator().serve(ServiceName.AUTH, rpcs.services());
  }

  private static Optional<UserInfo> findUser(ServiceLocator locator, UserId userId) {
    if (userId.value().isEmpty()) {
      return Optional.empty();
    }
    return RpcChannels.callAsService(
            locator.channel(ServiceName.RELATION),
            userGrpc.getGetDesignateUsersMethod(),
            getDesignateUsersReq.newBuilder().addUserIDs(userId.value()).build())
        .getUsersInfoList()
        .stream()
        .findFirst();
  }
}
