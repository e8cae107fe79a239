package im.hongyan.relation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.cache.CacheInvalidations;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.batchsends.BatchSendsGrpc;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.owners.ConversationOwnersGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.account.AccountStore;
import im.hongyan.relation.account.NotificationAccounts;
import im.hongyan.relation.batchsend.AllUsersByNumber;
import im.hongyan.relation.batchsend.BatchSendStore;
import im.hongyan.relation.batchsend.BatchSendWorker;
import im.hongyan.relation.batchsend.BatchSends;
import im.hongyan.relation.batchsend.RpcBatchSender;
import im.hongyan.relation.black.BlackStore;
import im.hongyan.relation.black.Blacks;
import im.hongyan.relation.clientconfig.ClientConfigStore;
import im.hongyan.relation.clientconfig.ClientConfigs;
import im.hongyan.relation.conversation.ConversationLists;
import im.hongyan.relation.conversation.ConversationReceivers;
import im.hongyan.relation.conversation.ConversationSettings;
import im.hongyan.relation.conversation.ConversationSettingsStore;
import im.hongyan.relation.conversation.ConversationStore;
import im.hongyan.relation.conversation.ConversationSync;
import im.hongyan.relation.conversation.ConversationUpdates;
import im.hongyan.relation.conversation.Conversations;
import im.hongyan.relation.conversation.MessageDestructStore;
import im.hongyan.relation.conversation.MessageDestructs;
import im.hongyan.relation.conversation.MessageReads;
import im.hongyan.relation.conversation.OfflineRules;
import im.hongyan.relation.conversation.WindowChangeStore;
import im.hongyan.relation.conversation.WindowChanges;
import im.hongyan.relation.friend.FriendLists;
import im.hongyan.relation.friend.FriendStore;
import im.hongyan.relation.friend.FriendSync;
import im.hongyan.relation.friend.Friends;
import im.hongyan.relation.friendrequest.FriendRequestStore;
import im.hongyan.relation.friendrequest.FriendRequests;
import im.hongyan.relation.group.GroupAbstracts;
import im.hongyan.relation.group.GroupApplicationAnswers;
import im.hongyan.relation.group.GroupApplications;
import im.hongyan.relation.group.GroupChangeStore;
import im.hongyan.relation.group.GroupChanges;
import im.hongyan.relation.group.GroupDismissalStore;
import im.hongyan.relation.group.GroupDismissals;
import im.hongyan.relation.group.GroupInvitations;
import im.hongyan.relation.group.GroupListStore;
import im.hongyan.relation.group.GroupMemberInfos;
import im.hongyan.relation.group.GroupMemberSettings;
import im.hongyan.relation.group.GroupMemberStore;
import im.hongyan.relation.group.GroupMembers;
import im.hongyan.relation.group.GroupMembership;
import im.hongyan.relation.group.GroupMentionStore;
import im.hongyan.relation.group.GroupMentions;
import im.hongyan.relation.group.GroupReads;
import im.hongyan.relation.group.GroupRequestStore;
import im.hongyan.relation.group.GroupSettings;
import im.hongyan.relation.group.GroupStore;
import im.hongyan.relation.group.GroupSync;
import im.hongyan.relation.group.GroupSyncStore;
import im.hongyan.relation.group.GroupViewStore;
import im.hongyan.relation.group.GroupViews;
import im.hongyan.relation.group.Groups;
import im.hongyan.relation.group.JoinedGroupStore;
import im.hongyan.relation.group.JoinedGroups;
import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.invalidation.ServiceCacheInvalidator;
import im.hongyan.relation.outbox.MySqlOutboxStore;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.relation.outbox.OutboxWorker;
import im.hongyan.relation.outbox.RpcMessageSender;
import im.hongyan.relation.owner.ConversationOwners;
import im.hongyan.relation.owner.OwnerStore;
import im.hongyan.relation.presence.Presence;
import im.hongyan.relation.presence.RedisPresenceStore;
import im.hongyan.relation.profile.ProfileChangeStore;
import im.hongyan.relation.profile.ProfileChanges;
import im.hongyan.relation.user.CachedUsers;
import im.hongyan.relation.user.ProfileFanOut;
import im.hongyan.relation.user.Profiles;
import im.hongyan.relation.user.UserChanges;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.user.UserListStore;
import im.hongyan.relation.user.UserLists;
import im.hongyan.relation.user.UserStore;
import im.hongyan.relation.user.Users;
import im.hongyan.relation.usercommand.UserCommandStore;
import im.hongyan.relation.usercommand.UserCommands;
import im.hongyan.webhooks.AccountHooks;
import im.hongyan.webhooks.FriendHooks;
import im.hongyan.webhooks.GroupHooks;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** rpc-relation put together. */
public final class RelationModule {
  /** Members in one answer; with the longest ids it stays far below what a message may hold. */
  private static final int MEMBERS_A_PAGE = 10_000;

  private RelationModule() {}

  /** Serves relations on the context, after making the administrators that are missing. */
  public static void start(
      RelationConfig config, ServiceContext context, MySql mysql, Redis redis) {
    InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
    Shared shared =
        new Shared(
            config,
            context,
            mysql,
            new CachedUsers(new UserStore(mysql), versions),
            new ServiceCacheInvalidator(context.locator(), versions),
            startOutbox(config, context, mysql));
    Presence presence =
        new Presence(
            new RedisPresenceStore(redis),
            () -> context.locator().nodes(ServiceName.GATEWAY_WS).keySet());
    List<Feature> features = new ArrayList<>(accounts(shared));
    features.addAll(friends(shared));
    features.addAll(groups(shared, presence));
    features.addAll(conversations(shared));
    features.add(batchSends(shared));
    features.add(presence);
    features.add(new CacheInvalidations(versions));
    context
        .locator()
        .serve(
            ServiceName.RELATION,
            services(config.share(), context.meters(), features.toArray(Feature[]::new)));
  }

  /** What several features are made of. */
  private record Shared(
      RelationConfig config,
      ServiceContext context,
      MySql mysql,
      UserDirectory users,
      RelationCacheInvalidator caches,
      OutboxSignal outbox) {}

  private static List<Feature> accounts(Shared shared) {
    InstantSource clock = shared.context().clock();
    MySql mysql = shared.mysql();
    ShareConfig share = shared.config().share();
    UserStore store = new UserStore(mysql);
    Users users =
        new Users(
            store,
            shared.users(),
            AccountHooks.NONE,
            shared.config().underscores(),
            clock,
            shared.context().meters());
    users.ensureAdmins(share.adminIds(), share.adminNicknames());
    UserChanges changes =
        new UserChanges(
            store, shared.caches(), startProfileChanges(shared), shared.outbox(), clock);
    return List.of(
        users,
        new Profiles(changes, AccountHooks.NONE),
        new UserLists(new UserListStore(mysql)),
        new UserCommands(new UserCommandStore(mysql), clock),
        new NotificationAccounts(
            users,
            changes,
            shared.users(),
            new AccountStore(mysql),
            share.admins(),
            new SecureRandom(),
            clock),
        new ClientConfigs(new ClientConfigStore(mysql), shared.users()));
  }

  private static Feature batchSends(Shared shared) {
    ServiceContext context = shared.context();
    UserListStore users = new UserListStore(shared.mysql());
    BatchSendStore store =
        new BatchSendStore(shared.mysql(), new AllUsersByNumber(users::total, users::ids));
    BatchSendWorker _ =
        context
            .lifecycle()
            .add(
                "batch sends",
                BatchSendWorker.start(
                    store,
                    new RpcBatchSender(context.locator()),
                    context.clock(),
                    shared.config().batchSendsPerSecond(),
                    context.meters()));
    return new BatchSends(store, context.clock());
  }

  private static ProfileFanOut startProfileChanges(Shared shared) {
    ServiceContext context = shared.context();
    return context
        .lifecycle()
        .add(
            "profile changes",
            ProfileChanges.start(
                new ProfileChangeStore(shared.mysql()),
                shared.users(),
                shared.outbox(),
                context.clock(),
                context.meters()));
  }

  private static List<Feature> friends(Shared shared) {
    InstantSource clock = shared.context().clock();
    RelationConfig config = shared.config();
    MySql mysql = shared.mysql();
    FriendStore friends = new FriendStore(mysql, config.maxFriends());
    FriendLists lists = new FriendLists(friends);
    Blacks blacks =
        new Blacks(
            new BlackStore(mysql, config.maxBlacks()),
            shared.users(),
            shared.outbox(),
            shared.caches(),
            FriendHooks.NONE,
            clock);
    return List.of(
        new Friends(
            friends, lists, shared.users(), blacks, shared.outbox(), FriendHooks.NONE, clock),
        new FriendSync(friends, lists, shared.users()),
        new FriendRequests(
            new FriendRequestStore(mysql, config.maxFriends()),
            shared.users(),
            shared.outbox(),
            FriendHooks.NONE,
            clock),
        blacks);
  }

  private static List<Feature> groups(Shared shared, Presence presence) {
    RelationConfig config = shared.config();
    InstantSource clock = shared.context().clock();
    MySql mysql = shared.mysql();
    UserDirectory users = shared.users();
    OutboxSignal outbox = shared.outbox();
    GroupStore store = new GroupStore(mysql);
    GroupChanges changes = new GroupChanges(new GroupChangeStore(mysql), users, outbox, clock);
    List<Feature> features = new ArrayList<>(groupReads(shared));
    features.addAll(
        List.of(
            new Groups(
                store,
                users,
                outbox,
                GroupHooks.NONE,
                clock,
                new Groups.Limits(config.maxGroupMembers(), config.underscores())),
            new GroupInvitations(store, changes, users, GroupHooks.NONE, config.maxGroupMembers()),
            new GroupViews(new GroupViewStore(mysql), MEMBERS_A_PAGE),
            new GroupSettings(changes, startMentions(shared, presence), GroupHooks.NONE),
            new GroupMemberSettings(changes, GroupHooks.NONE),
            new GroupMemberInfos(changes, GroupHooks.NONE),
            new GroupMembership(changes, GroupHooks.NONE, config.maxGroupMembers()),
            new GroupApplicationAnswers(changes, config.maxGroupMembers()),
            startDismissals(shared, changes)));
    return features;
  }

  private static Feature startDismissals(Shared shared, GroupChanges changes) {
    ServiceContext context = shared.context();
    return context
        .lifecycle()
        .add(
            "group dismissals",
            GroupDismissals.start(
                changes,
                new GroupDismissalStore(shared.mysql()),
                GroupHooks.NONE,
                context.clock(),
                context.meters()));
  }

  private static GroupMentions startMentions(Shared shared, Presence presence) {
    ServiceContext context = shared.context();
    return context
        .lifecycle()
        .add(
            "group mentions",
            GroupMentions.start(
                new GroupMentionStore(shared.mysql()),
                presence::connected,
                shared.outbox(),
                context.clock(),
                context.meters()));
  }

  /** Who asks for all members of a group must not drive everybody else out of the cache. */
  private static List<Feature> groupReads(Shared shared) {
    MySql mysql = shared.mysql();
    UserDirectory uncached = new UserStore(mysql)::find;
    GroupListStore lists = new GroupListStore(mysql);
    GroupViewStore views = new GroupViewStore(mysql);
    return List.of(
        new GroupReads(lists),
        new GroupAbstracts(lists, views, uncached),
        new GroupMembers(new GroupMemberStore(mysql), shared.users(), uncached),
        new GroupSync(
            new GroupSyncStore(mysql), lists, views, new GroupStore(mysql), shared.users()),
        new JoinedGroups(new JoinedGroupStore(mysql)),
        new GroupApplications(new GroupRequestStore(mysql), lists, shared.users()));
  }

  private static List<Feature> conversations(Shared shared) {
    InstantSource clock = shared.context().clock();
    MySql mysql = shared.mysql();
    ConversationStore rows = new ConversationStore(mysql);
    ConversationSettingsStore settings = new ConversationSettingsStore(mysql);
    startWindowChanges(shared);
    OwnerStore owners = new OwnerStore(mysql);
    MessageReads messages = new MessageReads(shared.context().locator());
    return List.of(
        new Conversations(rows, clock),
        new ConversationSync(rows),
        new ConversationSettings(settings, shared.outbox(), shared.caches(), clock),
        new ConversationUpdates(settings, messages, shared.outbox(), shared.caches(), clock),
        new ConversationReceivers(rows, owners::find, new GroupStore(mysql)::memberIds),
        new ConversationLists(
            rows,
            settings,
            messages,
            shared.users(),
            new GroupViewStore(mysql)::find,
            shared.caches(),
            clock),
        new ConversationOwners(owners),
        startDestructs(shared, messages),
        new OfflineRules(rows, new UserStore(mysql)::globalReceiveOptions));
  }

  private static Feature startDestructs(Shared shared, MessageReads messages) {
    ServiceContext context = shared.context();
    MessageDestructs destructs =
        new MessageDestructs(
            new MessageDestructStore(shared.mysql()), messages, context.clock(), context.meters());
    Periodic _ = context.lifecycle().add("message destructs", destructs.start());
    return destructs;
  }

  private static void startWindowChanges(Shared shared) {
    ServiceContext context = shared.context();
    WindowChanges _ =
        context
            .lifecycle()
            .add(
                "window changes",
                WindowChanges.start(
                    new WindowChangeStore(shared.mysql()),
                    shared.outbox(),
                    context.clock(),
                    context.meters()));
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
        BatchSendsGrpc.getServiceDescriptor(),
        ConversationOwnersGrpc.getServiceDescriptor(),
        OfflineRulesGrpc.getServiceDescriptor(),
        CacheInvalidationGrpc.getServiceDescriptor());
    return rpcs.services();
  }
}
