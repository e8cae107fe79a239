package im.hongyan.relation;

import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.platform.Platform;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.relation.black.BlackApi;
import im.hongyan.relation.conversation.ConversationApi;
import im.hongyan.relation.presence.PresenceService;
import im.hongyan.relation.storage.MySqlBlackStore;
import im.hongyan.relation.storage.MySqlConversationStore;
import im.hongyan.relation.storage.MySqlUserStore;
import im.hongyan.relation.storage.RedisPresenceStore;
import im.hongyan.relation.user.UserApi;
import im.hongyan.relation.user.UserService;
import im.hongyan.stores.mysql.MySql;
import im.hongyan.stores.redis.Redis;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/** rpc-relation put together. */
public final class RelationModule {
  private RelationModule() {}

  /** Serves relations on the platform, after making the administrators that are missing. */
  public static void start(RelationConfig config, Platform platform, MySql mysql, Redis redis) {
    UserService users = new UserService(new MySqlUserStore(mysql), platform.clock());
    users.ensureAdmins(config.share().adminIds(), config.share().adminNicknames());
    PresenceService presence =
        new PresenceService(
            new RedisPresenceStore(redis),
            () -> platform.locator().nodes(ServiceName.GATEWAY_WS).keySet());
    platform
        .locator()
        .serve(
            ServiceName.RELATION,
            List.of(
                guarded(config, platform, UserApi.access(), new UserApi(users, presence)),
                guarded(
                    config, platform, BlackApi.access(), new BlackApi(new MySqlBlackStore(mysql))),
                guarded(
                    config,
                    platform,
                    ConversationApi.access(),
                    new ConversationApi(new MySqlConversationStore(mysql), platform.clock()))));
  }

  private static ServerServiceDefinition guarded(
      RelationConfig config, Platform platform, AuthorisationTable table, BindableService api) {
    return new RpcGuard(table, config.share(), platform.meters()).protect(api.bindService());
  }
}
