package im.hongyan.gatewayws.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawHttp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves websocket.md 1: how a client gets in, and how each refusal looks on the wire. */
class Section1ConnectionIT {
  private static final String ALICE = "alice";
  private static final String TOKEN = FakeAuth.token(ALICE, Platform.ANDROID, "section1");
  private static final String SUCCESS_HEX =
      "7b22657272436f6465223a302c226572724d7367223a22222c22657272446c74223a22227d";
  private static final RequestFrame GET_MAX_SEQ =
      new RequestFrame(1001, "", ALICE, "op", "1", ByteString.EMPTY);
  private static Gateways gateways;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of("gateway.ws.maxConnectionsPerUser", "3"));
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static Map<String, String> good() {
    return Client.arguments(ALICE, Platform.ANDROID, TOKEN);
  }

  private static String target(Map<String, String> query) {
    URI address = Client.address(gateway.address(), query);
    return "/?" + address.getRawQuery();
  }

  private static String refusal(Map<String, String> query, String... headers) throws IOException {
    List<String> all = new ArrayList<>(RawHttp.upgrade());
    all.addAll(List.of(headers));
    try (RawHttp http = new RawHttp(gateway.port())) {
      return new String(http.send("GET", target(query), all).readToEnd(), StandardCharsets.UTF_8);
    }
  }

  private static void assertRefused(String answer, int code, String message, String detail) {
    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .containsIgnoringCase("content-type: application/json; charset=utf-8\r\n")
        .endsWith(
            "\r\n\r\n{\"errCode\":%d,\"errMsg\":\"%s\",\"errDlt\":\"%s\"}"
                .formatted(code, message, detail));
  }

  @Test
  void section1_1TheUpgradeIsAnsweredWithSingleTokensAndNoExtension() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      List<String> headers = new ArrayList<>(RawHttp.upgrade());
      headers.add("Origin: https://anywhere.example");
      headers.add("Sec-WebSocket-Extensions: permessage-deflate");
      String head =
          http.send("GET", "/msg_gateway" + target(good()).substring(1), headers).readHead();
      assertThat(head).startsWith("HTTP/1.1 101 ");
      assertThat(head.lines().map(line -> line.toLowerCase(Locale.ROOT)))
          .contains("upgrade: websocket", "connection: upgrade")
          .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=")
          .noneMatch(line -> line.startsWith("sec-websocket-extensions"))
          .noneMatch(line -> line.startsWith("sec-websocket-protocol"));
    }
  }

  static Stream<Arguments> wrongArguments() {
    return Stream.of(
        wrong(q -> without(q, "platformID"), 1602, "platformID is not int"),
        wrong(q -> with(q, "platformID", "two"), 1602, "platformID is not int"),
        wrong(q -> with(q, "isMsgResp", "perhaps"), 1602, "isMsgResp is not bool"),
        wrong(q -> with(q, "platformID", "٢"), 1602, "platformID is not int"),
        wrong(q -> with(q, "platformID", "２"), 1602, "platformID is not int"),
        wrong(q -> with(q, "platformID", "2147483648"), 1602, "platformID is not int"),
        wrong(q -> with(q, "platformID", "+2"), 1602, "platformID is not int"),
        wrong(q -> with(q, "platformID", "-2"), 1602, "platformID is not int"),
        wrong(q -> with(q, "isBackground", "yes"), 500, "invalid syntax"),
        wrong(q -> with(q, "operationID", ""), 1602, "operationID is empty"),
        wrong(q -> without(q, "token"), 1602, "token is empty"),
        wrong(q -> without(q, "sendID"), 1602, "sendID is empty"),
        wrong(q -> with(q, "platformID", "13"), 1602, "platformID is invalid"),
        wrong(q -> with(q, "platformID", "0"), 1602, "platformID is invalid"),
        wrong(q -> with(q, "sdkType", "rust"), 1602, "sdkType is invalid"),
        wrong(q -> with(q, "v", "!!"), 1602, "data is not base64"),
        wrong(q -> with(q, "v", "e30="), 1602, "data is not base64"),
        wrong(q -> with(q, "v", "e30"), 1602, "operationID is empty"));
  }

  private static Arguments wrong(UnaryOperator<Map<String, String>> change, int code, String dlt) {
    return Arguments.of(change, code, dlt);
  }

  private static Map<String, String> with(Map<String, String> query, String name, String value) {
    query.put(name, value);
    return query;
  }

  private static Map<String, String> without(Map<String, String> query, String name) {
    query.remove(name);
    return query;
  }

  @ParameterizedTest
  @MethodSource("wrongArguments")
  void section1_3EachArgumentIsCheckedInOrder(
      UnaryOperator<Map<String, String>> change, int code, String detail) throws IOException {
    String message =
        code == 500 ? ImError.INTERNAL.text() : "args err, need token, sendID, platformID";
    assertRefused(refusal(change.apply(good())), code, message, detail);
  }

  @Test
  void section1_3ArgumentsAreCheckedBeforeTheUpgrade() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      String answer =
          new String(
              http.send("GET", "/", List.of("Host: gateway")).readToEnd(), StandardCharsets.UTF_8);
      assertRefused(
          answer, 1602, "args err, need token, sendID, platformID", "platformID is not int");
    }
  }

  @Test
  void section1_3TheJsonFormTellsWhatIsWrong() throws IOException {
    String packed = base64("{\"userID\":\"alice\",\"platformID\":\"2\"}");
    assertThat(refusal(Map.of("v", packed)))
        .contains("\"errCode\":1602")
        .contains("\"errDlt\":\"data is not json, info=");
  }

  @ParameterizedTest
  @CsvSource({"GET, 400, Bad Request", "POST, 405, Method Not Allowed"})
  void section1_3WhatIsNoUpgradeIsABadRequest(String method, int status, String text)
      throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      String answer =
          new String(
              http.send(method, target(good()), List.of("Host: gateway")).readToEnd(),
              StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 " + status + " ")
          .containsIgnoringCase("sec-websocket-version: 13\r\n")
          .containsIgnoringCase("content-type: text/plain")
          .endsWith("\r\n\r\n" + text + "\n");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1501, 1503, 1504, 1505, 1506, 1507})
  void section1_6TokenFaultsKeepTheirCode(int code) throws IOException {
    String token = FakeAuth.token(ALICE, Platform.ANDROID, "refused" + code);
    String message = ImError.of(code).orElseThrow().text();
    gateways.auth().refuse(token, new ImException(code, message, "", null));
    assertRefused(refusal(Client.arguments(ALICE, Platform.ANDROID, token)), code, message, "");
  }

  @Test
  void section1_3TheTokensUserAndPlatformMustBeThoseOfTheArguments() throws IOException {
    assertRefused(
        refusal(Client.arguments("bob", Platform.ANDROID, TOKEN)),
        1502,
        "TokenInvalidError",
        "token uid alice != userID bob");
    assertRefused(
        refusal(Client.arguments(ALICE, Platform.IOS, TOKEN)),
        1502,
        "TokenInvalidError",
        "token platform 2 != platformID 1");
  }

  @Test
  void section1_4TheBodyIsAtMost1024Bytes() throws IOException {
    String user = "u".repeat(2_000);
    String answer = refusal(Client.arguments(user, Platform.ANDROID, TOKEN));
    assertRefused(answer, 1502, "TokenInvalidError", "");
  }

  @Test
  void section1_5WithoutIsMsgRespNoTextIsEverSent() throws Exception {
    try (Client client = Client.connect(gateway.address(), good())) {
      client.socket().sendPing("1".getBytes(StandardCharsets.UTF_8));
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Pong.class);
    }
  }

  @Test
  void section1_5SuccessIsTheFirstMessageToTheByte() throws IOException {
    Map<String, String> query = with(good(), "isMsgResp", "true");
    try (RawHttp http = new RawHttp(gateway.port())) {
      assertThat(http.send("GET", target(query), RawHttp.upgrade()).readHead())
          .startsWith("HTTP/1.1 101 ");
      byte[] frame = http.read(39);
      assertThat(HexFormat.of().formatHex(frame)).isEqualTo("8125" + SUCCESS_HEX);
    }
  }

  @ParameterizedTest
  @CsvSource({"operationID, '', 1602", "token, broken, 1503", "platformID, 99, 1602"})
  void section1_5RefusalsAreATextAndThenTheEnd(String name, String value, int code)
      throws IOException {
    Map<String, String> query = with(with(good(), "isMsgResp", "true"), name, value);
    try (Client client = Client.connect(gateway.address(), query)) {
      assertThat(client.socket().read())
          .isInstanceOfSatisfying(
              WsMessage.Text.class,
              text -> assertThat(text.payload()).startsWith("{\"errCode\":" + code + ","));
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Closed.class);
    }
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void section1_2TheJsonFormConnects() throws IOException {
    String packed =
        base64(
            """
            {"TOKEN":"%s","userID":"alice","platformID":2,"operationID":"op","sendResponse":true,\
            "sdkType":"js","unknown":[1]}\
            """
                .formatted(TOKEN));
    try (Client client = Client.connect(gateway.address(), Map.of("v", packed))) {
      assertThat(client.socket().read())
          .isEqualTo(new WsMessage.Text("{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})
  void section1_2BooleansAreGosLiterals(String literal) throws IOException {
    Client.connect(gateway.address(), with(good(), "isBackground", literal)).close();
  }

  @Test
  void section10_2_4WhoLeavesOutIsBackgroundIsInTheForeground() throws IOException {
    Client.connect(gateway.address(), without(good(), "isBackground")).close();
    Client.connect(gateway.address(), with(good(), "isBackground", "")).close();
  }

  @Test
  void ofALongTraceId128BytesAreKept() {
    Map<String, List<String>> query = new HashMap<>();
    good().forEach((name, value) -> query.put(name, List.of(value)));
    query.put("operationID", List.of("x".repeat(10_000)));
    assertThat(ConnectArguments.read(query, "").operationId()).hasSize(128);
  }

  @Test
  void section1_2CompressionMayComeInAHeader() throws IOException {
    Map<String, String> query = without(good(), "compression");
    List<String> headers = new ArrayList<>(RawHttp.upgrade());
    headers.add("compression: gzip");
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send("GET", target(query), headers).readHead();
      http.send(masked(Gzip.compress(new GobFrameCodec().encodeRequest(GET_MAX_SEQ))));
      byte[] answer = http.read(6);
      assertThat(answer).as("head of a binary frame of more than 125 bytes").startsWith(0x82, 126);
      assertThat(answer).as("the payload is gzip").endsWith(0x1f, 0x8b);
    }
  }

  /** A client's frame with a mask of zeros. */
  private static byte[] masked(byte[] payload) {
    return ByteBuffer.allocate(8 + payload.length)
        .put((byte) 0x82)
        .put((byte) (0x80 | 126))
        .putShort((short) payload.length)
        .putInt(0)
        .put(payload)
        .array();
  }

  @Test
  void section1_7EveryConnectionHasItsOwnRandomId() throws Exception {
    try (Client one = Client.connect(gateway.address(), good());
        Client two = Client.connect(gateway.address(), good())) {
      one.ask(1001, GetMaxSeqReq.getDefaultInstance());
      two.ask(1001, GetMaxSeqReq.getDefaultInstance());
      assertThat(gateways.msg().callers().stream().map(c -> c.connId()).distinct().count())
          .isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void section10_1AUserHasSoManyConnectionsAndNoMore() throws IOException {
    String token = FakeAuth.token("crowd", Platform.ANDROID, "t");
    Map<String, String> query = Client.arguments("crowd", Platform.ANDROID, token);
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        clients.add(Client.connect(gateway.address(), query));
      }
      assertRefused(
          refusal(query), 1601, "ConnOverMaxNumLimit", "over max conn num limit of a user");
      clients.removeLast().close();
      Eventually.eventually(() -> clients.add(Client.connect(gateway.address(), query)));
    } finally {
      clients.forEach(Client::close);
    }
  }
}
