package im.hongyan.gatewayws.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.websocket.WsMessage;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.presence.PresenceReader;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves how a gateway stops: nobody is let in, everybody hears 1001, who has asked hears the
 * answer first, and nobody seems to be online there afterwards (websocket.md 10.3, 15).
 */
class DrainIT {
  private static final int IDLE = 20;
  private static Gateways gateways;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of("gateway.ws.drain", "1s"));
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static Client connect(Gateway gateway, String user) throws IOException {
    String token = FakeAuth.token(user, Platform.ANDROID, "t");
    return Client.connect(gateway.address(), user, Platform.ANDROID, token);
  }

  private static Map<String, ?> present(String nodeId) {
    return new PresenceReader(gateways.redis()).scan(nodeId, 0, 1_000).platforms();
  }

  private static void assertClosed(Client client) throws IOException {
    assertThat(client.socket().read())
        .isInstanceOfSatisfying(
            WsMessage.Closed.class, closed -> assertThat(closed.code()).isEqualTo(1001));
  }

  @Test
  void section10_3_15WhoHasAskedHearsTheAnswerBeforeTheEnd() throws Exception {
    Gateway gateway = gateways.start("ending");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    gateways.msg().onMaxSeq(_ -> answerLate(asked, answer));
    List<Client> idle = new ArrayList<>();
    try (Client busy = connect(gateway, "busy")) {
      for (int i = 0; i < IDLE; i++) {
        idle.add(connect(gateway, "idle" + i));
      }
      assertThat(present("ending")).hasSize(IDLE + 1);
      RequestFrame request = busy.send(1001, GetMaxSeqReq.getDefaultInstance());
      busy.send(1001, GetMaxSeqReq.getDefaultInstance());
      asked.await();
      Thread stopping = Thread.startVirtualThread(gateway::stop);
      for (Client client : idle) {
        assertClosed(client);
      }
      assertThatThrownBy(() -> connect(gateway, "late")).isInstanceOf(IOException.class);
      Eventually.eventually(() -> assertThat(present("ending")).containsOnlyKeys("busy"));
      answer.countDown();
      ResponseFrame answered = busy.read();
      assertThat(answered.msgIncr()).isEqualTo(request.msgIncr());
      assertThat(answered.errCode()).isZero();
      // The second request was not begun: the client asks again elsewhere.
      assertClosed(busy);
      stopping.join();
    } finally {
      idle.forEach(Client::close);
    }
    assertThat(present("ending")).isEmpty();
    assertThat(gateway.meters().counter("ws_connections_closed", "reason", "drain").count())
        .isEqualTo(IDLE + 1);
  }

  private static GetMaxSeqResp answerLate(CountDownLatch asked, CountDownLatch answer) {
    asked.countDown();
    try {
      answer.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return GetMaxSeqResp.getDefaultInstance();
  }
}
