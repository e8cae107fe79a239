package im.hongyan.kit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.http.Compression;
import im.hongyan.kit.http.HttpMemory;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.http.HttpServerConfig;
import im.hongyan.kit.net.ClientAddresses;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Proves that a server speaks TLS 1.2 and 1.3 from two PEM files and nothing else on that port
 * (rest-account.md 0.1 leaves it to a proxy; we need none), and that files which change are taken
 * up exactly when they fit.
 */
class ServerTlsTest {
  @TempDir static Path keys;
  private static SelfSigned first;
  private static SelfSigned second;
  private static SelfSigned third;

  @TempDir Path folder;
  private ServerTls tls;
  private HttpServer server;

  @BeforeAll
  static void makeKeys() {
    first = SelfSigned.make(keys, "first", "EC");
    second = SelfSigned.make(keys, "second", "RSA");
    third = SelfSigned.make(keys, "third", "EC");
  }

  @BeforeEach
  void serve() {
    tls = ServerTls.open(first.writeTo(folder));
    server =
        new HttpServer(
            new HttpServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                HttpMemory.small(1_024),
                Optional.of(tls),
                ClientAddresses.ofPeers(),
                10,
                10,
                Duration.ofSeconds(30),
                Compression.DEFAULT),
            new SimpleMeterRegistry(),
            call -> im.hongyan.kit.http.HttpResponse.text(200, "text/plain", "hello"));
  }

  @AfterEach
  void stop() {
    server.close();
    tls.close();
  }

  private static ListAppender<ILoggingEvent> log() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    ((Logger) LoggerFactory.getLogger(ServerTls.class)).addAppender(lines);
    return lines;
  }

  @Test
  void answersOverTls() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(TlsProbe.context()).build()) {
      URI uri = URI.create("https://localhost:" + server.port() + "/");
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("hello");
    }
  }

  @Test
  void speaksTls12And13Only() throws IOException {
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.2")).isEqualTo(first.certificate());
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(first.certificate());
    assertThatThrownBy(() -> TlsProbe.certificate(server.port(), "TLSv1.1"))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void closesAConnectionThatSpeaksPlainHttp() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] received = socket.getInputStream().readAllBytes();
      assertThat(new String(received, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
    }
  }

  @Test
  void newConnectionsUseANewPairThatFits() throws IOException {
    second.writeTo(folder);
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(second.certificate());
  }

  @Test
  void aPairThatDoesNotFitKeepsTheOldOneAndIsLoggedOnce() throws IOException {
    ListAppender<ILoggingEvent> log = log();
    Files.writeString(folder.resolve("server.pem"), second.certificatePem());
    tls.look();
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(first.certificate());
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "TLS: "
                + folder.resolve("server.key")
                + " does not fit "
                + folder.resolve("server.pem")
                + "; the certificate read before stays in use");
    second.writeTo(folder);
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(second.certificate());
  }

  @Test
  void aKeyOfTheSameKindMustBelongToTheCertificateToo() throws IOException {
    Files.writeString(folder.resolve("server.key"), third.keyPem());
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(first.certificate());
    third.writeTo(folder);
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.2")).isEqualTo(third.certificate());
  }

  @Test
  void aHalfWrittenOrMissingFileKeepsTheOldOne() throws IOException {
    String half = second.certificatePem().substring(0, second.certificatePem().length() / 2);
    Files.writeString(folder.resolve("server.pem"), half);
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(first.certificate());
    Files.delete(folder.resolve("server.pem"));
    tls.look();
    assertThat(TlsProbe.certificate(server.port(), "TLSv1.3")).isEqualTo(first.certificate());
  }

  @Test
  void filesThatCannotBeUsedStopTheStart() throws IOException {
    TlsFiles swapped = new TlsFiles(folder.resolve("server.key"), folder.resolve("server.pem"));
    assertThatThrownBy(() -> ServerTls.open(swapped))
        .isInstanceOf(ConfigException.class)
        .hasMessage("TLS: " + folder.resolve("server.key") + " is not a PEM certificate");
    TlsFiles none = new TlsFiles(folder.resolve("none.pem"), folder.resolve("server.key"));
    assertThatThrownBy(() -> ServerTls.open(none))
        .isInstanceOf(ConfigException.class)
        .hasMessage("TLS: " + folder.resolve("none.pem") + " does not exist");
    TlsFiles other =
        new TlsFiles(
            folder.resolve("server.pem"),
            Files.writeString(
                folder.resolve("old.key"),
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"));
    assertThatThrownBy(() -> ServerTls.open(other))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("openssl pkcs8 -topk8 -nodes");
  }

  @Test
  void oneSettingWithoutTheOtherIsRefused() {
    assertThat(TlsFiles.from(settings(Map.of()), "gateway.http")).isEmpty();
    assertThatThrownBy(() ->
            TlsFiles.from(
                settings(Map.of("gateway.http.tls.certificate", "a.pem")), "gateway.http"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("gateway.http.tls.certificate is set without gateway.http.tls.key");
    Settings both =
        settings(Map.of("gateway.ws.tls.certificate", "a.pem", "gateway.ws.tls.key", "a.key"));
    assertThat(TlsFiles.from(both, "gateway.ws"))
        .contains(new TlsFiles(Path.of("a.pem"), Path.of("a.key")));
    assertThat(both.keys()).isEqualTo(List.of("gateway.ws.tls.certificate", "gateway.ws.tls.key"));
  }

  private static Settings settings(Map<String, String> overrides) {
    return Settings.load(Path.of("none.yml"), Map.of(), overrides);
  }
}
