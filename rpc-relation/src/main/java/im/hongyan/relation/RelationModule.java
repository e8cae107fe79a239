package im.hongyan.relation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.relation.black.BlackService;
import im.hongyan.relation.conversation.ConversationApi;
import im.hongyan.relation.conversation.OfflineRulesApi;
import im.hongyan.relation.friend.FriendApi;
import im.hongyan.relation.group.GroupApi;
import im.hongyan.relation.group.GroupService;
import im.hongyan.relation.group.GroupViewsApi;
import im.hongyan.relation.outbox.OutboxWorker;
import im.hongyan.relation.outbox.RpcMessageSender;
import im.hongyan.relation.presence.PresenceService;
import im.hongyan.relation.storage.MySqlBlackStore;
import im.hongyan.relation.storage.MySqlConversationStore;
import im.hongyan.relation.storage.MySqlFriendStore;
import im.hongyan.relation.storage.MySqlGroupStore;
import im.hongyan.relation.storage.MySqlGroupViewStore;
import im.hongyan.relation.storage.MySqlOutboxStore;
import im.hongyan.relation.storage.MySqlUserStore;
import im.hongyan.relation.storage.RedisPresenceStore;
import im.hongyan.relation.user.UserApi;
import im.hongyan.relation.user.UserService;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Set;

/** rpc-relation put together. */
public final class RelationModule {
  /** Members in one answer; with the longest ids it stays far below what a message may hold. */
  private static final int MEMBERS_A_PAGE = 10_000;

  private RelationModule() {}

  /** Serves relations on the context, after making the administrators that are missing. */
  public static void start(
      RelationConfig config, ServiceContext context, MySql mysql, Redis redis) {
    MySqlUserStore userRows = new MySqlUserStore(mysql);
    UserService users = new UserService(userRows, context.clock(), context.meters());
    MySqlConversationStore conversations = new MySqlConversationStore(mysql);
    users.ensureAdmins(config.share().adminIds(), config.share().adminNicknames());
    PresenceService presence =
        new PresenceService(
            new RedisPresenceStore(redis),
            () -> context.locator().nodes(ServiceName.GATEWAY_WS).keySet());
    OutboxWorker outbox =
        context
            .lifecycle()
            .add(
                "outbox worker",
                OutboxWorker.start(
                    new MySqlOutboxStore(mysql),
                    new RpcMessageSender(context.locator()),
                    context.clock(),
                    config.giveUpAfter(),
                    context.meters()));
    BlackService blacks =
        new BlackService(
            new MySqlBlackStore(mysql),
            users::find,
            outbox::wake,
            new MsgCacheInvalidator(context.locator()),
            context.clock());
    GroupService groups =
        new GroupService(
            new MySqlGroupStore(mysql),
            users::find,
            outbox::wake,
            context.clock(),
            config.maxGroupMembers());
    Set<String> admins = config.share().admins();
    context
        .locator()
        .serve(
            ServiceName.RELATION,
            List.of(
                guarded(config, context, UserApi.access(), new UserApi(users, presence)),
                guarded(
                    config,
                    context,
                    FriendApi.access(),
                    new FriendApi(new MySqlFriendStore(mysql), blacks, admins)),
                guarded(config, context, GroupApi.access(), new GroupApi(groups, admins)),
                guarded(
                    config,
                    context,
                    GroupViewsApi.access(),
                    new GroupViewsApi(new MySqlGroupViewStore(mysql), MEMBERS_A_PAGE)),
                guarded(
                    config,
                    context,
                    ConversationApi.access(),
                    new ConversationApi(conversations, context.clock())),
                guarded(
                    config,
                    context,
                    OfflineRulesApi.access(),
                    new OfflineRulesApi(conversations, userRows))));
  }

  private static ServerServiceDefinition guarded(
      RelationConfig config,
      ServiceContext context,
      AuthorisationTable table,
      BindableService api) {
    return new RpcGuard(table, config.share(), context.meters()).protect(api.bindService());
  }
}
