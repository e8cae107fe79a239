package im.hongyan.gatewayws;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.gatewayws.config.GatewayWsConfig;
import im.hongyan.gatewayws.connect.ConnectionAdmission;
import im.hongyan.gatewayws.connect.HalfOpenLimit;
import im.hongyan.gatewayws.connect.UpgradeHandler;
import im.hongyan.gatewayws.connect.WebSocketServer;
import im.hongyan.gatewayws.connection.ConnectionHandler;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.LargeRequests;
import im.hongyan.gatewayws.delivery.AwaitedAnswers;
import im.hongyan.gatewayws.delivery.CatchUp;
import im.hongyan.gatewayws.delivery.Deliverer;
import im.hongyan.gatewayws.delivery.DeliveryStream;
import im.hongyan.gatewayws.delivery.MsgGateway;
import im.hongyan.gatewayws.login.LoginPeers;
import im.hongyan.gatewayws.login.LoginRules;
import im.hongyan.gatewayws.login.LoginService;
import im.hongyan.gatewayws.login.PeerLogins;
import im.hongyan.gatewayws.login.RpcLoginPeers;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.gatewayws.presence.GatewayPresence;
import im.hongyan.gatewayws.presence.OnlineStatusSubscriptions;
import im.hongyan.gatewayws.presence.PresenceChangeFeed;
import im.hongyan.gatewayws.presence.PresencePublisher;
import im.hongyan.gatewayws.presence.RedisPresenceTable;
import im.hongyan.gatewayws.presence.Subscriptions;
import im.hongyan.gatewayws.presence.UserHooks;
import im.hongyan.gatewayws.request.Requests;
import im.hongyan.gatewayws.request.SendStream;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.net.ConnectionGate;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.presence.PresenceReader;
import im.hongyan.presence.PresenceWriter;
import im.hongyan.proto.delivery.AnswersGrpc;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.webhooks.Webhooks;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The WebSocket gateway put together. */
public final class GatewayWsModule {
  /** A gateway that has not registered anew by then is believed to be gone. */
  private static final Duration DOUBT = Duration.ofSeconds(15);

  /** Beyond the connections' limit, so that those too many get an answer. */
  private static final int SPARE_SOCKETS = 1_000;

  private GatewayWsModule() {}

  /** Serves clients; the context's lifecycle drains and ends it. */
  public static WebSocketServer start(GatewayWsConfig config, ServiceContext context, Redis redis) {
    var lifecycle = context.lifecycle();
    GatewayMeters meters = new GatewayMeters(context.meters());
    ConnectionRegistry registry = new ConnectionRegistry(context.meters());
    ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    lifecycle.add("gateway handlers", handlers::shutdownNow);
    PresenceReader reader = new PresenceReader(redis);
    GatewayPresence presence = new GatewayPresence(context.locator(), reader, context.nodeId());
    PresencePublisher ledger =
        lifecycle.add(
            "presence",
            new PresencePublisher(
                new RedisPresenceTable(new PresenceWriter(redis, context.nodeId())),
                registry,
                context.meters()));
    context.readiness().add("presence", ledger::complete);
    OnlineStatusSubscriptions watch = watch(config, context, presence, reader);
    registry.listen(watch);
    UserHooks hooks =
        new UserHooks(
            lifecycle.add("webhooks", new Webhooks(config.webhooks(), context.meters())),
            context.clock());
    registry.listen(hooks);
    LoginPeers peers = new RpcLoginPeers(context.locator(), presence);
    LoginService logins =
        new LoginService(
            new LoginRules(config.share().multiLogin().policy()),
            registry,
            peers,
            context.clock(),
            hooks::kicked,
            handlers);
    AwaitedAnswers answers = new AwaitedAnswers(config.answerWait(), meters);
    Deliverer deliverer = new Deliverer(registry, answers, meters);
    Rpcs rpcs =
        new Rpcs(config.share(), context.meters())
            .add(
                new DeliveryStream(deliverer),
                answers,
                new PeerLogins(logins),
                new MsgGateway(registry, deliverer, logins));
    rpcs.requireAll(
        DeliveryGrpc.getServiceDescriptor(),
        AnswersGrpc.getServiceDescriptor(),
        GatewayPeerGrpc.getServiceDescriptor(),
        msgGatewayGrpc.getServiceDescriptor());
    context.locator().serve(ServiceName.GATEWAY_WS, rpcs.services());
    SendStream sends = lifecycle.add("sends", new SendStream(context.locator()));
    CatchUp catchUp = new CatchUp(context.locator(), deliverer, context.clock());
    UpgradeHandler.Parts parts =
        new UpgradeHandler.Parts(
            config,
            gate(config, context),
            halfOpen(config, context),
            new ConcurrencyLimit(
                "ws_handshakes", config.limits().concurrentHandshakes(), context.meters()),
            UUID.randomUUID().toString(),
            new ConnectionAdmission(peers, logins, registry, ledger, config.limits().perUser()),
            registry,
            shared(
                config, context, new Requests(context.locator(), sends, watch, handlers), meters),
            catchUp::push,
            handlers);
    WebSocketServer server = lifecycle.add("websocket server", new WebSocketServer(config, parts));
    context.readiness().add("websocket", server::serves);
    lifecycle.addDrain("websocket connections", () -> server.drain(config.drain()));
    return server;
  }

  /** Follows the status of users, and the gateways that are there. */
  private static OnlineStatusSubscriptions watch(
      GatewayWsConfig config,
      ServiceContext context,
      GatewayPresence presence,
      PresenceReader reader) {
    var lifecycle = context.lifecycle();
    OnlineStatusSubscriptions watch =
        lifecycle.add(
            "status watch",
            new OnlineStatusSubscriptions(
                presence,
                new Subscriptions(config.limits().subscriptions(), context.meters()),
                DOUBT,
                context.meters()));
    PresenceChangeFeed news =
        lifecycle.add("gateways watch", new PresenceChangeFeed(presence, watch));
    lifecycle.add("presence news", news.listen(reader));
    return watch;
  }

  private static ConnectionHandler.Shared shared(
      GatewayWsConfig config, ServiceContext context, Requests requests, GatewayMeters meters) {
    return new ConnectionHandler.Shared(
        requests,
        meters,
        large(config, context),
        config.limits().inflatedBytes(),
        config.limits().waitingBytes(),
        config.limits().requests(),
        new ConcurrencyLimit(
            "ws_requests", config.limits().concurrentRequests(), context.meters()));
  }

  /** Read by one thread, which the system schedules beside the event loops. */
  private static LargeRequests large(GatewayWsConfig config, ServiceContext context) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("large-requests").factory());
    context.lifecycle().add("large requests", thread::shutdownNow);
    return new LargeRequests(
        config.limits().large(),
        thread,
        (nanos, task) -> {
          var _ = thread.schedule(task, nanos, TimeUnit.NANOSECONDS);
        },
        System::nanoTime,
        context.meters());
  }

  private static HalfOpenLimit halfOpen(GatewayWsConfig config, ServiceContext context) {
    return new HalfOpenLimit(
        config.addresses(),
        config.limits().halfOpen(),
        config.limits().halfOpenPerAddress(),
        context.meters());
  }

  private static ConnectionGate gate(GatewayWsConfig config, ServiceContext context) {
    return new ConnectionGate(
        "ws_sockets",
        config.addresses(),
        config.limits().connections() + SPARE_SOCKETS,
        config.limits().perAddress(),
        context.meters());
  }
}
