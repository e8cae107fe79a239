package im.hongyan.gatewayws;

import im.hongyan.gatewayws.connect.Login;
import im.hongyan.gatewayws.connect.UpgradeHandler;
import im.hongyan.gatewayws.connect.WebSocketServer;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.delivery.DeliveryApi;
import im.hongyan.gatewayws.delivery.GatewayApi;
import im.hongyan.gatewayws.request.Requests;
import im.hongyan.gatewayws.request.SendStream;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.platform.Platform;
import im.hongyan.kit.rpc.RpcGuard;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The WebSocket gateway put together. */
public final class GatewayWsModule {
  private GatewayWsModule() {}

  /** Serves clients; the platform's lifecycle ends it. */
  public static WebSocketServer start(GatewayWsConfig config, Platform platform) {
    ConnectionRegistry registry = new ConnectionRegistry(platform.meters());
    ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    platform.lifecycle().add("gateway handlers", handlers::shutdownNow);
    SendStream sends = platform.lifecycle().add("sends", new SendStream(platform.locator()));
    Requests requests = new Requests(platform.locator(), sends, handlers);
    platform
        .locator()
        .serve(
            ServiceName.GATEWAY_WS,
            List.of(
                new RpcGuard(DeliveryApi.access(), config.share(), platform.meters())
                    .protect(new DeliveryApi(registry).bindService()),
                new RpcGuard(GatewayApi.access(), config.share(), platform.meters())
                    .protect(new GatewayApi(registry).bindService())));
    UpgradeHandler.Parts parts =
        new UpgradeHandler.Parts(
            config, new Login(platform.locator()), registry, requests, handlers);
    WebSocketServer server =
        platform
            .lifecycle()
            .add(
                "websocket server",
                new WebSocketServer(new InetSocketAddress(config.listen(), config.port()), parts));
    platform
        .lifecycle()
        .add(
            "connections",
            () ->
                registry.forEach(
                    connection -> connection.close(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE)));
    return server;
  }
}
