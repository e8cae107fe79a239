package im.hongyan.gatewayws.connection;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawClient;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that what waits for clients and from them is bounded per connection, user, address and
 * node, that others are served meanwhile, and that all of it is free once they have left
 * (websocket.md 2, 10.3: 4 to 6).
 */
class WaitingBytesIT {
  private static final int MIB = 1 << 20;
  private static final int BINARY = 0x82;
  private static final int TRY_AGAIN_LATER = 1013;
  private static final int LARGE = 45_000;
  private static final int UNKNOWN = 1_000;
  private static final String PROXIED = "203.0.113.7";
  private static Gateways gateways;
  private static Gateway gateway;
  private final List<RawClient> open = new ArrayList<>();
  private CountDownLatch answers;

  @BeforeAll
  static void start() {
    gateways =
        new Gateways(
            Map.of(
                "gateway.ws.maxWaitingBytesPerUser",
                Integer.toString(MIB),
                "gateway.ws.readTimeout",
                "10m"));
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @BeforeEach
  void holdAnswers() {
    answers = new CountDownLatch(1);
    gateways
        .msg()
        .onPull(request -> {
          try {
            answers.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return PullMessageBySeqsResp.getDefaultInstance();
        });
  }

  @AfterEach
  void leave() throws IOException {
    answers.countDown();
    for (RawClient client : open) {
      client.close();
    }
    eventually(() -> assertThat(taken("ws_user") + taken("ws_address")).isZero());
  }

  private static double taken(String budget) {
    return gateway.meters().get("budget_bytes").tag("budget", budget).gauge().value();
  }

  private static double overloaded(Gateway of) {
    return of.meters().counter("ws_connections_closed", "reason", "overload").count();
  }

  private RawClient connect(Gateway to, String user, boolean gzip, String... headers)
      throws IOException {
    Map<String, String> query =
        Client.arguments(user, Platform.ANDROID, FakeAuth.token(user, Platform.ANDROID, "t"));
    if (!gzip) {
      query.remove("compression");
    }
    RawClient client = new RawClient(to.port());
    open.add(client);
    return client.upgrade(query, headers);
  }

  /** A request with so many bytes that no RPC knows. */
  private static byte[] request(String user, int id, int bytes) {
    ByteString data =
        UnknownFieldSet.newBuilder()
            .addField(
                UNKNOWN,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFrom(new byte[bytes]))
                    .build())
            .build()
            .toByteString();
    return new GobFrameCodec().encodeRequest(new RequestFrame(id, "", user, "op", "m", data));
  }

  private static void assertServed(Gateway by, String user) throws Exception {
    String token = FakeAuth.token(user, Platform.ANDROID, "t");
    try (Client client = Client.connect(by.address(), user, Platform.ANDROID, token)) {
      assertThat(client.ask(1001, GetMaxSeqResp.getDefaultInstance()).errCode()).isZero();
    }
  }

  /** A pull that is not answered, and behind it as many large requests as are taken. */
  private void flood(RawClient client, String user) throws IOException {
    client.send(RawClient.frame(BINARY, request(user, 1002, 0)));
    Thread.startVirtualThread(() -> {
      byte[] large = RawClient.frame(BINARY, request(user, 1002, LARGE));
      try {
        while (true) {
          client.send(large);
        }
      } catch (IOException ended) {
        // What the gateway does with those who send too much, or the end of the test.
      }
    });
  }

  @Test
  void ofOneConnectionLittleMoreThanItsShareIsRead() throws Exception {
    double before = overloaded(gateway);
    flood(connect(gateway, "alone", false), "alone");
    // The share, the message that was over it, and the begin of one more.
    eventually(() -> assertThat(taken("ws_user")).isBetween(65_536.0, 65_536.0 + 2 * 51_200));
    assertServed(gateway, "bystander");
    assertThat(taken("ws_user")).isLessThan(65_536 + 2 * 51_200);
    assertThat(overloaded(gateway)).isEqualTo(before);
  }

  @Test
  void connectionsOverTheShareOfTheirUserEndAndOthersAreServed() throws Exception {
    double before = overloaded(gateway);
    for (int i = 0; i < 40; i++) {
      flood(connect(gateway, "crowd", false), "crowd");
    }
    eventually(() -> assertThat(overloaded(gateway)).isGreaterThan(before));
    assertThat(taken("ws_user")).isLessThanOrEqualTo(MIB);
    assertServed(gateway, "bystander");
  }

  @Test
  void beginningsOfMessagesCount() throws Exception {
    double before = overloaded(gateway);
    byte[] frame = RawClient.frame(BINARY, request("halves", 1002, LARGE));
    byte[] half = java.util.Arrays.copyOf(frame, frame.length - 1);
    for (int i = 0; i < 30; i++) {
      RawClient client = connect(gateway, "halves", false);
      try {
        client.send(half);
      } catch (IOException ended) {
        // Before all was sent: the better.
      }
    }
    // A share of 1 MiB holds 23 of them.
    eventually(() -> assertThat(overloaded(gateway) - before).isBetween(7.0, 8.0));
    assertThat(open.stream().filter(WaitingBytesIT::hasEnded).count()).isBetween(7L, 8L);
    assertServed(gateway, "bystander");
  }

  /** Whether the gateway ends it in good form, after at most what it was asked. */
  private static boolean hasEnded(RawClient client) {
    return client.available() && client.readToEnd() == TRY_AGAIN_LATER;
  }

  @Test
  void fragmentsCountTogether() throws Exception {
    double before = overloaded(gateway);
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    for (int piece = 0; piece < 11; piece++) {
      pieces.writeBytes(RawClient.frame(piece == 0 ? 0x02 : 0x00, new byte[4_096]));
    }
    for (int i = 0; i < 30; i++) {
      RawClient client = connect(gateway, "pieces", false);
      try {
        client.send(pieces.toByteArray());
      } catch (IOException ended) {
        // Before all was sent: the better.
      }
    }
    eventually(() -> assertThat(overloaded(gateway) - before).isBetween(7.0, 8.0));
    assertServed(gateway, "bystander");
  }

  @Test
  void requestsThatAreLargeOnceTheyAreInflatedAreRefusedWith429() throws Exception {
    byte[] bomb = RawClient.frame(BINARY, Gzip.compress(request("inflated", 1002, 140_000)));
    RawClient client = connect(gateway, "inflated", true);
    client.send(bomb);
    var answer = new GobFrameCodec().decodeResponse(Gzip.inflate(client.read().payload(), MIB));
    assertThat(answer.errCode()).isEqualTo(ImError.TOO_MANY_REQUESTS.code());
    assertServed(gateway, "bystander");
  }

  @Test
  void answersThatAreNotTakenCount() throws Exception {
    double before = overloaded(gateway);
    gateways
        .msg()
        .onMaxSeq(request -> GetMaxSeqResp.newBuilder().putMaxSeqs("x".repeat(900_000), 1).build());
    try {
      for (int i = 0; i < 4; i++) {
        RawClient deaf = connect(gateway, "deaf", false);
        for (int asked = 0; asked < 20; asked++) {
          deaf.send(RawClient.frame(BINARY, request("deaf", 1001, 0)));
        }
      }
      eventually(() -> assertThat(overloaded(gateway)).isGreaterThan(before));
      assertThat(taken("ws_user")).isLessThanOrEqualTo(MIB);
    } finally {
      gateways.msg().onMaxSeq(request -> GetMaxSeqResp.getDefaultInstance());
    }
    assertServed(gateway, "bystander");
  }

  @Test
  void anAddressAndTheNodeHaveSharesOfTheirOwn() throws Exception {
    for (String share : List.of("PerAddress", "InAll")) {
      Gateway small =
          gateways.start(
              "small" + share,
              Map.of(
                  "gateway.ws.maxWaitingBytes" + share,
                  Integer.toString(MIB),
                  "gateway.ws.trustedProxies",
                  "127.0.0.0/8"));
      for (int i = 0; i < 30; i++) {
        String user = "of" + share + i;
        flood(connect(small, user, false, "X-Forwarded-For: " + PROXIED), user);
      }
      eventually(() -> assertThat(overloaded(small)).isPositive());
      assertServed(small, "bystander");
      answers.countDown();
      small.stop();
      holdAnswers();
    }
  }

  @Test
  void whoFloodsWithPingsGetsSomeOfThePongs() throws Exception {
    RawClient client = connect(gateway, "pings", false);
    byte[] ping = RawClient.frame(0x89, new byte[0]);
    int pings = 10_000;
    byte[] flood = new byte[pings * ping.length];
    for (int i = 0; i < pings; i++) {
      System.arraycopy(ping, 0, flood, i * ping.length, ping.length);
    }
    client.send(flood);
    client.send(RawClient.frame(BINARY, request("pings", 1004, 0)));
    int pongs = 0;
    while (client.read().head() == 0x8a) {
      pongs++;
    }
    assertThat(pongs).isBetween(1, pings / 2);
    client.send(ping);
    assertThat(client.read().head()).isEqualTo(0x8a);
  }
}
