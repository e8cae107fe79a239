package im.hongyan.gatewayws.delivery;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.catchup.NewestAnswer;
import im.hongyan.proto.catchup.NewestRequest;
import im.hongyan.wire.error.ImException;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes a client what it may have missed while it was not connected: the newest message of each
 * conversation that changed within the last minute, behind which it finds the rest. SDKs do not
 * sync within 5 s of their last sync (client-sync.md 3.2), and a message that was pushed before the
 * connection was registered reached nobody. Safe for use by several threads; blocks.
 */
public final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
  private static final Duration BACK = Duration.ofSeconds(60);

  private final ServiceLocator locator;
  private final Deliverer deliverer;
  private final InstantSource clock;

  public CatchUp(ServiceLocator locator, Deliverer deliverer, InstantSource clock) {
    this.locator = locator;
    this.deliverer = deliverer;
    this.clock = clock;
  }

  /** Pushes to a connection that is registered; a call of its own, since nobody calls for it. */
  public void push(ClientConnection connection) {
    try {
      NewestAnswer answer =
          CallContext.service(connection.id())
              .call(() ->
                  RpcChannels.call(
                      locator.channel(ServiceName.MSG),
                      CatchUpGrpc.getNewestMethod(),
                      NewestRequest.newBuilder()
                          .setUserId(connection.userId())
                          .setSinceMillis(clock.millis() - BACK.toMillis())
                          .build()));
      answer.getNewestList().forEach(copy -> deliverer.deliver(copy, connection));
    } catch (ImException e) {
      LOG.warn("{} did not get what it may have missed: {}", connection.userId(), e.detail());
    } catch (RuntimeException e) {
      LOG.error("{} did not get what it may have missed", connection.userId(), e);
    }
  }
}
