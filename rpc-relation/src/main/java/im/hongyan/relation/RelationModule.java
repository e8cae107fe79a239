package im.hongyan.relation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.owners.ConversationOwnersGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.black.BlackStore;
import im.hongyan.relation.black.Blacks;
import im.hongyan.relation.conversation.ConversationStore;
import im.hongyan.relation.conversation.Conversations;
import im.hongyan.relation.conversation.OfflineRules;
import im.hongyan.relation.friend.FriendStore;
import im.hongyan.relation.friend.Friends;
import im.hongyan.relation.group.GroupStore;
import im.hongyan.relation.group.GroupViewStore;
import im.hongyan.relation.group.GroupViews;
import im.hongyan.relation.group.Groups;
import im.hongyan.relation.invalidation.MsgCacheInvalidator;
import im.hongyan.relation.outbox.MySqlOutboxStore;
import im.hongyan.relation.outbox.OutboxWorker;
import im.hongyan.relation.outbox.RpcMessageSender;
import im.hongyan.relation.owner.ConversationOwners;
import im.hongyan.relation.owner.OwnerStore;
import im.hongyan.relation.presence.Presence;
import im.hongyan.relation.presence.RedisPresenceStore;
import im.hongyan.relation.user.UserStore;
import im.hongyan.relation.user.Users;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** rpc-relation put together. */
public final class RelationModule {
  /** Members in one answer; with the longest ids it stays far below what a message may hold. */
  private static final int MEMBERS_A_PAGE = 10_000;

  private RelationModule() {}

  /** Serves relations on the context, after making the administrators that are missing. */
  public static void start(
      RelationConfig config, ServiceContext context, MySql mysql, Redis redis) {
    Users users =
        new Users(new UserStore(mysql), config.underscores(), context.clock(), context.meters());
    users.ensureAdmins(config.share().adminIds(), config.share().adminNicknames());
    OutboxWorker outbox = startOutbox(config, context, mysql);
    ConversationStore conversations = new ConversationStore(mysql);
    context
        .locator()
        .serve(
            ServiceName.RELATION,
            services(
                config.share(),
                context.meters(),
                users,
                new Presence(
                    new RedisPresenceStore(redis),
                    () -> context.locator().nodes(ServiceName.GATEWAY_WS).keySet()),
                new Friends(new FriendStore(mysql)),
                new Blacks(
                    new BlackStore(mysql),
                    users,
                    outbox,
                    new MsgCacheInvalidator(context.locator()),
                    context.clock()),
                new Groups(
                    new GroupStore(mysql),
                    users,
                    outbox,
                    context.clock(),
                    new Groups.Limits(config.maxGroupMembers(), config.underscores())),
                new GroupViews(new GroupViewStore(mysql), MEMBERS_A_PAGE),
                new Conversations(conversations, context.clock()),
                new ConversationOwners(new OwnerStore(mysql)),
                new OfflineRules(conversations, users)));
  }

  private static OutboxWorker startOutbox(
      RelationConfig config, ServiceContext context, MySql mysql) {
    return context
        .lifecycle()
        .add(
            "outbox worker",
            OutboxWorker.start(
                new MySqlOutboxStore(mysql),
                new RpcMessageSender(context.locator()),
                context.clock(),
                config.giveUpAfter(),
                context.meters()));
  }

  /**
   * The proto services of these features.
   *
   * @throws IllegalStateException when an RPC that is built has no row
   */
  static List<ServerServiceDefinition> services(
      ShareConfig share, MeterRegistry meters, Feature... features) {
    Rpcs rpcs = new Rpcs(share, meters).add(features);
    rpcs.requireAll(
        userGrpc.getServiceDescriptor(),
        friendGrpc.getServiceDescriptor(),
        groupGrpc.getServiceDescriptor(),
        conversationGrpc.getServiceDescriptor(),
        GroupViewsGrpc.getServiceDescriptor(),
        ConversationOwnersGrpc.getServiceDescriptor(),
        OfflineRulesGrpc.getServiceDescriptor());
    return rpcs.services();
  }
}
