package im.hongyan.messagelog.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import im.hongyan.kit.config.Secret;
import im.hongyan.messagelog.search.OpenSearchConfig;
import im.hongyan.messagelog.search.SearchEngineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves how the connection behaves where the server does not: each failure is the coded one. */
class OpenSearchTest {
  private static final String PASSWORD = "hidden word";

  private static OpenSearchConfig config(URI address, String user, Duration timeout) {
    return new OpenSearchConfig(
        List.of(address),
        user,
        new Secret(user.isEmpty() ? "" : PASSWORD),
        "test",
        timeout,
        timeout,
        1 << 20);
  }

  private static InetSocketAddress free() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static URI address(String scheme, int port) {
    return URI.create(scheme + "://127.0.0.1:" + port);
  }

  private static HttpServer serve(HttpServer server, HttpHandler handler) {
    server.createContext("/", handler);
    server.start();
    return server;
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, int status, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static SearchEngineException failure(OpenSearchConfig config) {
    try (OpenSearch client = OpenSearch.open(config)) {
      return assertThatExceptionOfType(SearchEngineException.class)
          .isThrownBy(() -> client.call("GET", "/", Map.of(), null))
          .actual();
    }
  }

  @Test
  void nobodyListens() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    SearchEngineException failure =
        failure(config(address("http", port), "", Duration.ofSeconds(5)));
    assertThat(failure.reason()).contains("cannot be asked");
    assertThat(failure.detail()).isEqualTo("search is not available now");
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws IOException {
    CountDownLatch over = new CountDownLatch(1);
    HttpServer server =
        serve(
            HttpServer.create(free(), 0),
            exchange -> {
              try {
                over.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              exchange.close();
            });
    try {
      assertThat(
              failure(
                      config(
                          address("http", server.getAddress().getPort()),
                          "",
                          Duration.ofMillis(200)))
                  .reason())
          .contains("OpenSearch");
    } finally {
      over.countDown();
      server.stop(0);
    }
  }

  /** The password goes with the first request, and into no text of a failure. */
  @Test
  void theFirstRequestHasTheCredentials() throws IOException {
    AtomicReference<String> sent = new AtomicReference<>("");
    HttpServer server =
        serve(
            HttpServer.create(free(), 0),
            exchange -> {
              sent.set(exchange.getRequestHeaders().getFirst("Authorization"));
              answer(exchange, 401, "{\"error\":\"no\"}");
            });
    try {
      URI address = address("http", server.getAddress().getPort());
      SearchEngineException failure = failure(config(address, "im", Duration.ofSeconds(5)));
      String pair = "im:" + PASSWORD;
      String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      assertThat(sent.get()).isEqualTo("Basic " + encoded);
      assertThat(failure.reason()).contains("Unauthorized");
      assertThat(failure + " " + failure.getCause()).doesNotContain(PASSWORD, encoded);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAnswerThatIsNoJsonIsAFailure() throws IOException {
    HttpServer server =
        serve(HttpServer.create(free(), 0), exchange -> answer(exchange, 200, "<html>"));
    try {
      URI address = address("http", server.getAddress().getPort());
      assertThat(failure(config(address, "", Duration.ofSeconds(5))).reason())
          .contains("cannot be read");
    } finally {
      server.stop(0);
    }
  }

  /** A certificate that the JVM does not trust ends the connection before a password is sent. */
  @Test
  void aServerThatNobodyVouchesForGetsNothing(@TempDir Path folder) throws Exception {
    AtomicReference<String> sent = new AtomicReference<>("");
    HttpsServer server = HttpsServer.create(free(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder)));
    serve(
        server,
        exchange -> {
          sent.set(exchange.getRequestHeaders().getFirst("Authorization"));
          answer(exchange, 200, "{}");
        });
    try {
      URI address = address("https", server.getAddress().getPort());
      SearchEngineException failure = failure(config(address, "im", Duration.ofSeconds(5)));
      assertThat(failure.reason()).contains("SSL");
      assertThat(sent.get()).isEmpty();
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext selfSigned(Path folder) throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "own",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    String printed = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(printed).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
