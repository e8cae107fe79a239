package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.proto.msggateway.OnlineBatchPushOneMsgReq;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves websocket.md 2: what a message may look like, in each of the four forms, to the byte. */
class Section2FramingIT {
  private static final String ALICE = "alice";
  private static final String TOKEN = FakeAuth.token(ALICE, Platform.ANDROID, "section2");
  private static final int MALFORMED = 1007;

  private static final GetMaxSeqReq REQUEST = GetMaxSeqReq.newBuilder().setUserID(ALICE).build();
  private static final GetMaxSeqResp RESPONSE =
      GetMaxSeqResp.newBuilder().putMaxSeqs("si_alice_bob", 7).build();
  private static Gateways gateways;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @BeforeEach
  void reset() {
    gateways.msg().asked().clear();
    gateways.msg().onMaxSeq(request -> RESPONSE);
  }

  private static Client connect(boolean json, boolean gzip) throws IOException {
    return Client.connect(
        gateway.address(), Client.arguments(ALICE, Platform.ANDROID, TOKEN, json, gzip));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Client jsonClient() throws IOException {
    return connect(true, false);
  }

  private static String text(Client client) throws IOException {
    return new String(client.payload(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void section2_1EnvelopesHaveTheConnectionsFormBothWays(boolean json, boolean gzip)
      throws Exception {
    try (Client client = connect(json, gzip)) {
      RequestFrame request = client.send(1001, REQUEST);
      byte[] payload = client.payload();
      byte[] plain = payload;
      if (gzip) {
        assertThat(payload).startsWith(0x1f, 0x8b, 8);
        plain = new GZIPInputStream(new ByteArrayInputStream(payload)).readAllBytes();
      }
      ResponseFrame answer =
          new ResponseFrame(
              1001, request.msgIncr(), request.operationID(), 0, "", RESPONSE.toByteString());
      assertThat(plain)
          .isEqualTo((json ? new JsonFrameCodec() : new GobFrameCodec()).encodeResponse(answer));
      assertThat(gateways.msg().asked()).containsExactly(REQUEST);
    }
  }

  @Test
  void section2_1ConcatenatedMembersAreOneMessage() throws Exception {
    byte[] plain = new GobFrameCodec().encodeRequest(frame(1001, REQUEST));
    byte[] one = Gzip.compress(Arrays.copyOf(plain, 20));
    byte[] two = Gzip.compress(Arrays.copyOfRange(plain, 20, plain.length));
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    try (Client client = connect(false, true)) {
      client.socket().sendBinary(both);
      assertThat(client.read().msgIncr()).isEqualTo("1");
    }
  }

  private static RequestFrame frame(int id, MessageLite payload) {
    return new RequestFrame(id, "", ALICE, "op", "1", payload.toByteString());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 18})
  void section2_1StrayBytesBehindTheLastMemberEndTheConnection(int stray) throws IOException {
    byte[] member = Gzip.compress(new GobFrameCodec().encodeRequest(frame(1001, REQUEST)));
    try (Client client = connect(false, true)) {
      client.socket().sendBinary(Arrays.copyOf(member, member.length + stray));
      assertThat(client.closed()).isEqualTo(MALFORMED);
      assertThat(gateways.msg().asked()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void section2_1AnEnvelopeOfAnotherFormEndsTheConnection(boolean json, boolean gzip)
      throws IOException {
    byte[] gob = new GobFrameCodec().encodeRequest(frame(1001, REQUEST));
    byte[] text = new JsonFrameCodec().encodeRequest(frame(1001, REQUEST));
    byte[][] all = {gob, Gzip.compress(gob), text, Gzip.compress(text)};
    int right = (json ? 2 : 0) + (gzip ? 1 : 0);
    for (int form = 0; form < all.length; form++) {
      try (Client client = connect(json, gzip)) {
        client.socket().sendBinary(all[form]);
        if (form == right) {
          assertThat(client.payload()).isNotEmpty();
        } else {
          assertThat(client.closed()).isEqualTo(MALFORMED);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false"})
  void section2AnEnvelopeAsTextEndsTheConnection(boolean json, boolean gzip) throws IOException {
    try (Client client = connect(json, gzip)) {
      client
          .socket()
          .sendText(
              new String(
                  new JsonFrameCodec().encodeRequest(frame(1001, REQUEST)),
                  StandardCharsets.UTF_8));
      assertThat(client.closed()).isEqualTo(MALFORMED);
      assertThat(gateways.msg().asked()).isEmpty();
    }
  }

  @Test
  void section1_7FragmentsAreOneMessage() throws Exception {
    ByteString large = ByteString.copyFrom(new byte[50_000]);
    byte[] message =
        new GobFrameCodec().encodeRequest(new RequestFrame(1003, "", ALICE, "op", "1", large));
    try (Client client = connect(false, false)) {
      client.socket().sendBinary(message, 4_096);
      assertThat(client.read().reqIdentifier()).isEqualTo(1003);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // keys in any case and order, unknown ones, white space
        "{\"REQIDENTIFIER\":1001,\"SendId\":\"alice\",\"operationid\":\"op\",\"MSGINCR\":\"1\","
            + "\"DATA\":\"CgVhbGljZQ==\"}",
        "{\"data\":\"CgVhbGljZQ==\",\"msgIncr\":\"1\",\"operationID\":\"op\",\"sendID\":\"alice\","
            + "\"token\":\"ignored\",\"reqIdentifier\":1001}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"operationID\":\"op\",\"msgIncr\":\"1\","
            + "\"data\":\"CgVhbGljZQ==\",\"other\":{\"data\":[1,{}]},\"x\":null}",
        " \n{ \"reqIdentifier\" : 1001 , \"sendID\":\"alice\",\"operationID\":\"op\","
            + "\"msgIncr\":\"1\",\"data\":\"CgVhbGljZQ==\"}\r\n\t ",
        // bytes as numbers, escapes, null for what is empty
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"operationID\":\"op\",\"msgIncr\":\"1\","
            + "\"data\":[10,5,97,108,105,99,101]}",
        "{\"reqIdentifier\":1001,\"sendID\":\"\\u0061lice\",\"operationID\":\"o\\u0070\","
            + "\"msgIncr\":\"1\",\"token\":null,\"data\":\"CgVhbGlj\\u005aQ==\"}",
      })
  void section2_3JsonIsReadAsGoReadsIt(String json) throws Exception {
    try (Client client = jsonClient()) {
      client.socket().sendBinary(utf8(json));
      assertThat(text(client))
          .isEqualTo(
              "{\"reqIdentifier\":1001,\"msgIncr\":\"1\",\"operationID\":\"op\",\"errCode\":0,"
                  + "\"errMsg\":\"\",\"data\":\""
                  + Base64.getEncoder().encodeToString(RESPONSE.toByteArray())
                  + "\"}");
      assertThat(gateways.msg().asked()).containsExactly(REQUEST);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {",\"data\":null", ",\"data\":\"\"", ",\"data\":[]", ""})
  void section2_3NoDataIsNullMissingOrEmpty(String member) throws Exception {
    gateways.msg().onMaxSeq(request -> GetMaxSeqResp.getDefaultInstance());
    try (Client client = jsonClient()) {
      client
          .socket()
          .sendBinary(
              utf8(
                  "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"operationID\":\"op\","
                      + "\"msgIncr\":\"1\""
                      + member
                      + "}"));
      assertThat(text(client))
          .as("an empty protobuf is an empty text")
          .isEqualTo(
              "{\"reqIdentifier\":1001,\"msgIncr\":\"1\",\"operationID\":\"op\",\"errCode\":0,"
                  + "\"errMsg\":\"\",\"data\":\"\"}");
      assertThat(gateways.msg().asked()).containsExactly(GetMaxSeqReq.getDefaultInstance());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reqIdentifier\":\"1001\",\"sendID\":\"alice\"}",
        "{\"reqIdentifier\":1001.5,\"sendID\":\"alice\"}",
        "{\"reqIdentifier\":1e3,\"sendID\":\"alice\"}",
        "{\"reqIdentifier\":4294968297,\"sendID\":\"alice\"}",
        "{\"reqIdentifier\":true,\"sendID\":\"alice\"}",
        "{\"reqIdentifier\":1001,\"sendID\":5}",
        "{\"reqIdentifier\":1001,\"sendID\":[\"alice\"]}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"token\":1}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"msgIncr\":1}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"operationID\":{}}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":7}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":{}}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":[256]}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":[-1]}",
        // not standard base64: URL-safe letters, no padding, other letters
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":\"-_-_\"}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":\"CgVhbGljZQ\"}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",\"data\":\"Cg=Vhb==\"}",
        // text behind the object, a cut object, no object
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\"}x",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\"}{}",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\"",
        "{\"reqIdentifier\":1001,\"sendID\":\"alice\",}",
        "[1001]",
        "1001",
        "\"alice\"",
        "",
      })
  void section2_3WrongTypesAndBrokenJsonEndTheConnection(String json) throws IOException {
    try (Client client = jsonClient()) {
      client.socket().sendBinary(utf8(json));
      assertThat(client.closed()).isEqualTo(MALFORMED);
      assertThat(gateways.msg().asked()).isEmpty();
    }
  }

  @Test
  void section2_3ErrorsHaveNullDataAndGosEscapes() throws IOException {
    gateways
        .msg()
        .onMaxSeq(request -> {
          throw new ImException(1004, "a<b>&\"c\"\\ \u2028\u2029\n", "the detail stays here", null);
        });
    try (Client client = jsonClient()) {
      client.send(new RequestFrame(1001, "", ALICE, "o<p", "1&", REQUEST.toByteString()));
      assertThat(text(client))
          .isEqualTo(
              "{\"reqIdentifier\":1001,\"msgIncr\":\"1\\u0026\",\"operationID\":\"o\\u003cp\","
                  + "\"errCode\":1004,"
                  + "\"errMsg\":\"a\\u003cb\\u003e\\u0026\\\"c\\\"\\\\ \\u2028\\u2029\\n\","
                  + "\"data\":null}");
    }
  }

  @Test
  void section2_3AnAnswerWithoutPayloadHasNullData() throws IOException {
    try (Client client = jsonClient()) {
      client.send(new RequestFrame(2004, "", ALICE, "op", "1", ByteString.EMPTY));
      assertThat(text(client))
          .isEqualTo(
              "{\"reqIdentifier\":2004,\"msgIncr\":\"1\",\"operationID\":\"op\",\"errCode\":0,"
                  + "\"errMsg\":\"\",\"data\":null}");
    }
  }

  @Test
  void section2_3PushesHaveTheConnectionsOwnForm() throws Exception {
    try (Client gob = connect(false, false);
        Client gzipGob = connect(false, true);
        Client json = connect(true, false);
        Client gzipJson = connect(true, true)) {
      MsgData message =
          MsgData.newBuilder().setSendID("bob").setRecvID(ALICE).setSessionType(1).build();
      Gateways.asService(() ->
          msgGatewayGrpc
              .newBlockingStub(gateways.channel(gateway))
              .superGroupOnlineBatchPushOneMsg(
                  OnlineBatchPushOneMsgReq.newBuilder()
                      .setMsgData(message)
                      .addPushToUserIDs(ALICE)
                      .build()));
      ResponseFrame push = gob.read();
      assertThat(PushMessages.parseFrom(push.data()).getMsgsMap())
          .containsOnlyKeys("si_alice_bob")
          .hasEntrySatisfying(
              "si_alice_bob", pulled -> assertThat(pulled.getMsgsList()).containsExactly(message));
      String data =
          Base64.getEncoder().encodeToString(Objects.requireNonNull(push.data()).toByteArray());
      String expected =
          "{\"reqIdentifier\":2001,\"msgIncr\":\"\",\"operationID\":\"test\",\"errCode\":0,"
              + "\"errMsg\":\"\",\"data\":\""
              + data
              + "\"}";
      assertThat(gzipGob.inflated()).isEqualTo(new GobFrameCodec().encodeResponse(push));
      assertThat(text(json)).isEqualTo(expected);
      assertThat(new String(gzipJson.inflated(), StandardCharsets.UTF_8)).isEqualTo(expected);
    }
  }
}
