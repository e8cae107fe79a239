package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.Vectors;
import im.hongyan.gatewayws.fixture.Vectors.Vector;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Proves websocket.md 3 on the socket: every request of the specification's vectors, in each form
 * that the vector has, reaches its handler or ends the connection. Answers to the byte are {@link
 * Section3AnswersIT}'s.
 */
class Section3GobIT {
  private static final int MALFORMED = 1007;
  private static final int FORBIDDEN = 1008;
  private static final Set<Integer> KNOWN =
      Set.of(1001, 1002, 1003, 1004, 1005, 1006, 1007, 2003, 2004, 2005);

  /** Vectors of a good envelope whose payload is no protobuf of its kind. */
  private static final Set<String> UNPARSABLE =
      Set.of("req-partial-reversed", "req-server-type-name");

  /** A form that a vector has, and with which arguments it is sent. */
  private record Form(String member, boolean json, boolean gzip) {}

  private static final List<Form> FORMS =
      List.of(
          new Form("gobHex", false, false),
          new Form("gobHexTypeId64", false, false),
          new Form("gzipGobHex", false, true),
          new Form("json", true, false),
          new Form("gzipJsonHex", true, true));

  private static Gateways gateways;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    gateways.msg().onSend(request -> SendOutcome.getDefaultInstance());
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static byte[] bytes(Vector vector, Form form) {
    return form.member().equals("json")
        ? vector.text("json").getBytes(StandardCharsets.UTF_8)
        : vector.hex(form.member()).orElseThrow();
  }

  private static Client connect(Vector vector, Form form) throws IOException {
    String user = vector.text("sendID").isEmpty() ? "user1" : vector.text("sendID");
    String token = FakeAuth.token(user, Platform.ANDROID, "section3");
    return Client.connect(
        gateway.address(),
        Client.arguments(user, Platform.ANDROID, token, form.json(), form.gzip()));
  }

  @TestFactory
  Stream<DynamicTest> section3_8EveryRequestReachesItsHandlerOrEndsTheConnection() {
    return Vectors.all().stream()
        .filter(Vector::request)
        .flatMap(vector ->
            FORMS.stream()
                .filter(form -> !vector.text(form.member()).isEmpty())
                .map(form ->
                    dynamicTest(vector.name() + " " + form.member(), () -> check(vector, form))));
  }

  private static void check(Vector vector, Form form) throws Exception {
    gateways.msg().asked().clear();
    gateways.push().deleted().clear();
    try (Client client = connect(vector, form)) {
      client.socket().sendBinary(bytes(vector, form));
      if (vector.broken()) {
        assertThat(client.closed()).isEqualTo(MALFORMED);
        assertThat(gateways.msg().asked()).isEmpty();
      } else if (!KNOWN.contains(vector.id())) {
        assertThat(client.closed()).isEqualTo(FORBIDDEN);
      } else {
        assertAnswered(vector, client.read());
      }
    }
  }

  private static void assertAnswered(Vector vector, ResponseFrame answer) throws Exception {
    assertThat(answer.reqIdentifier()).isEqualTo(vector.id());
    assertThat(answer.msgIncr()).isEqualTo(vector.text("msgIncr"));
    assertThat(answer.operationID()).isEqualTo(vector.text("operationID"));
    assertThat(answer.errCode()).isEqualTo(UNPARSABLE.contains(vector.name()) ? 1001 : 0);
    ByteString data = vector.data();
    List<MessageLite> asked = gateways.msg().asked();
    switch (vector.id()) {
      case 1001 ->
          assertThat(asked)
              .isEqualTo(answer.errCode() == 0 ? List.of(GetMaxSeqReq.parseFrom(data)) : List.of());
      case 1002 -> assertThat(asked).containsExactly(PullMessageBySeqsReq.parseFrom(data));
      case 1003 ->
          assertThat(asked)
              .singleElement()
              .satisfies(sent -> assertThat(((SendRequest) sent).getMessage()).isEqualTo(data));
      case 1006 ->
          assertThat(asked).containsExactly(GetConversationsHasReadAndMaxSeqReq.parseFrom(data));
      case 2003 ->
          assertThat(gateways.push().deleted())
              .containsExactly(DelUserPushTokenReq.parseFrom(data));
      default -> assertThat(asked).isEmpty();
    }
  }

  @Test
  void section3_8AllKindsOfVectorsAreThere() {
    assertThat(Vectors.all()).hasSize(48);
    assertThat(Vectors.all().stream().filter(Vector::broken)).hasSize(5);
    assertThat(Vectors.all().stream().filter(Vector::request)).hasSize(30);
  }

  @Test
  void section3_7EveryCutOfAFrameEndsTheConnection() throws Exception {
    Form gob = FORMS.getFirst();
    Vector vector = Vectors.of("req-getseq");
    byte[] whole = bytes(vector, gob);
    // Around each border of the parts, and some in their midst.
    for (int length : new int[] {0, 1, 2, 50, 102, 103, 104, 105, 150, 173, 174}) {
      try (Client client = connect(vector, gob)) {
        client.socket().sendBinary(Arrays.copyOf(whole, length));
        assertThat(client.closed()).as("cut to %d bytes", length).isEqualTo(MALFORMED);
      }
    }
  }

  @Test
  void section3_5TheDefinitionCountsForEachMessageAnew() throws IOException {
    byte[] whole = bytes(Vectors.of("req-getseq"), FORMS.getFirst());
    byte[] value = Arrays.copyOfRange(whole, 103, whole.length);
    try (Client client = connect(Vectors.of("req-getseq"), FORMS.getFirst())) {
      client.socket().sendBinary(whole);
      assertThat(client.payload()).isNotEmpty();
      client.socket().sendBinary(value);
      assertThat(client.closed()).isEqualTo(MALFORMED);
    }
  }

  @Test
  void section3_1LongUintsThatAreNotMinimalAreRead() throws IOException, MalformedFrameException {
    byte[] whole = bytes(Vectors.of("req-getseq"), FORMS.getFirst());
    // The length of the definition, 0x66, as eight bytes.
    byte[] longer = new byte[whole.length + 8];
    longer[0] = (byte) 0xf8;
    longer[8] = whole[0];
    System.arraycopy(whole, 1, longer, 9, whole.length - 1);
    try (Client client = connect(Vectors.of("req-getseq"), FORMS.getFirst())) {
      client.socket().sendBinary(longer);
      assertThat(client.read().reqIdentifier()).isEqualTo(1001);
    }
  }
}
