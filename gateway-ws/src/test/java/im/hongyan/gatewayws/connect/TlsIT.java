package im.hongyan.gatewayws.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawClient;
import im.hongyan.gatewayws.fixture.RawHttp;
import im.hongyan.kit.tls.SelfSigned;
import im.hongyan.kit.tls.TlsFiles;
import im.hongyan.kit.tls.TlsProbe;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that the gateway speaks wss from two PEM files, and only that on its port, and takes up
 * new files without a restart (websocket.md 1.1 leaves TLS to a proxy; we need none).
 */
class TlsIT {
  @TempDir static Path folder;
  private static Gateways gateways;
  private static Gateway gateway;
  private static SelfSigned first;

  @BeforeAll
  static void start() {
    first = SelfSigned.make(folder, "first", "EC");
    TlsFiles files = first.writeTo(folder);
    gateways =
        new Gateways(
            Map.of(
                "gateway.ws.tls.certificate",
                files.certificate().toString(),
                "gateway.ws.tls.key",
                files.key().toString()));
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static Map<String, String> login(String user) {
    Map<String, String> query =
        Client.arguments(user, Platform.ANDROID, FakeAuth.token(user, Platform.ANDROID, "t"));
    query.remove("compression");
    return query;
  }

  private static RawClient secure(String user) throws IOException {
    var socket =
        TlsProbe.context()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), gateway.port());
    return new RawClient(socket).upgrade(login(user));
  }

  private static void assertAnswered(RawClient client, String user)
      throws IOException, MalformedFrameException {
    RequestFrame request = new RequestFrame(1004, "", user, "op", "m1", ByteString.EMPTY);
    client.send(RawClient.frame(0x82, new GobFrameCodec().encodeRequest(request)));
    var answer = new GobFrameCodec().decodeResponse(client.read().payload());
    assertThat(answer.msgIncr()).isEqualTo("m1");
    assertThat(answer.errCode()).isEqualTo(ImError.ARGS.code());
  }

  @Test
  void newConnectionsSeeANewCertificateAndOldOnesStay() throws Exception {
    assertThat(TlsProbe.certificate(gateway.port(), "TLSv1.3")).isEqualTo(first.certificate());
    try (RawClient old = secure("old")) {
      assertAnswered(old, "old");
      SelfSigned second = SelfSigned.make(folder, "second", "RSA");
      second.writeTo(folder);
      Eventually.eventually(() ->
          assertThat(TlsProbe.certificate(gateway.port(), "TLSv1.2"))
              .isEqualTo(second.certificate()));
      assertAnswered(old, "old");
      try (RawClient fresh = secure("fresh")) {
        assertAnswered(fresh, "fresh");
      }
    }
  }

  @Test
  void aPlainHandshakeOnTheTlsPortEnds() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      String target = "/?" + Client.address(gateway.address(), login("plain")).getRawQuery();
      byte[] heard = http.send("GET", target, RawHttp.upgrade()).readToEnd();
      assertThat(new String(heard, ISO_8859_1)).doesNotContain("HTTP");
    }
  }
}
