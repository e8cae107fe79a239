package im.hongyan.gatewayws.connect;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.PushStream;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.Platform;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Proves what others see of an event loop that is stuck: the gateway is not ready, and a push
 * counts as done only once the loop has written it.
 */
class StuckLoopIT {
  private static final String USER = "stuck";
  private final Logger log = (Logger) LoggerFactory.getLogger(UpgradeHandler.class);
  private final Level level = log.getLevel();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);

  /** Holds the event loop of a connection that opens, where it writes its line of the log. */
  private final AppenderBase<ILoggingEvent> holding =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
          if (line.getFormattedMessage().startsWith(USER + " connected")) {
            reached.countDown();
            try {
              held.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        }
      };

  private Gateways gateways;
  private Gateway gateway;

  @BeforeEach
  void start() {
    gateways = new Gateways(Map.of());
    gateway = gateways.start("a");
    holding.start();
    log.setLevel(Level.DEBUG);
    log.addAppender(holding);
  }

  @AfterEach
  void stop() {
    held.countDown();
    log.detachAppender(holding);
    log.setLevel(level);
    gateways.close();
  }

  @Test
  void aStuckLoopIsSeen() throws Exception {
    assertThat(gateway.readiness().states()).containsEntry("websocket", true);
    String token = FakeAuth.token(USER, Platform.ANDROID, "t");
    try (Client client = Client.connect(gateway.address(), USER, Platform.ANDROID, token);
        PushStream stream = new PushStream(gateways.channel(gateway))) {
      reached.await();
      MsgData message = MsgData.newBuilder().setSessionType(1).build();
      long stuck = stream.send(PushStream.push(1, 1, "si_a_b", message, List.of(USER)));
      // Reports come in order, so that nothing of it is seen before it.
      long absent = stream.send(PushStream.push(1, 2, "si_a_b", message, List.of("nobody")));
      eventually(() -> assertThat(gauge("ws_loop_push_bytes")).isPositive());
      eventually(() -> assertThat(gateway.readiness().states()).containsEntry("websocket", false));
      assertThat(stream.reported()).as("reports of what no loop has written").isZero();
      held.countDown();
      assertThat(stream.report().getId()).isEqualTo(stuck);
      assertThat(stream.report().getId()).isEqualTo(absent);
      assertThat(client.read().reqIdentifier()).isEqualTo(2001);
      assertThat(gauge("ws_loop_push_bytes")).isZero();
      eventually(() -> assertThat(gateway.readiness().states()).containsEntry("websocket", true));
    }
  }

  private double gauge(String name) {
    return gateway.meters().get(name).gauge().value();
  }
}
