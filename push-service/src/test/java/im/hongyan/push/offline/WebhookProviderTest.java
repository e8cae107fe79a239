package im.hongyan.push.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves how notifications are posted, and which settings are refused. */
class WebhookProviderTest {
  private static final OfflineNotification NOTIFICATION =
      new OfflineNotification(
          List.of("ann", "鸿"), "a\"b", "\ud83d", "{}", "ping", true, "c", "op\u0001鸿");

  private final List<String> posted = new CopyOnWriteArrayList<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          posted.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("operationID")
                  + " "
                  + exchange.getRequestHeaders().getFirst("Content-Type")
                  + "\n"
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          if (path.equals("/slow")) {
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(
              path.matches("/\\d+") ? Integer.parseInt(path.substring(1)) : 200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void close() {
    go.countDown();
    server.stop(0);
  }

  private OfflineConfig config(String path, String timeout) {
    return config(
        Map.of(
            "push.offline.provider",
            "webhook",
            "push.offline.webhook.url",
            "http://127.0.0.1:" + server.getAddress().getPort() + path,
            "push.offline.webhook.timeout",
            timeout));
  }

  private static OfflineConfig config(Map<String, String> settings) {
    return OfflineConfig.from(Settings.load(Path.of("none"), Map.of(), new HashMap<>(settings)));
  }

  @Test
  void aNoticeIsPostedAsJson() {
    try (OfflineProvider provider = config("/hook?key=1", "20s").open()) {
      provider.send(NOTIFICATION);
    }
    assertThat(posted)
        .containsExactly(
            "POST /hook?key=1 op__ application/json; charset=utf-8\n"
                + "{\"userIDs\":[\"ann\",\"鸿\"],\"title\":\"a\\\"b\",\"content\":\"?\",\"ex\":\"{}\","
                + "\"iOSPushSound\":\"ping\",\"iOSBadgeCount\":true,\"clientMsgID\":\"c\","
                + "\"operationID\":\"op\\u0001鸿\"}");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 400, 404, 500, 503})
  void whatIsNotTakenFailsAndRedirectsAreNotFollowed(int status) {
    try (OfflineProvider provider = config("/" + status, "20s").open()) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> provider.send(NOTIFICATION))
          .withMessageContaining("the webhook answers " + status);
    }
    assertThat(posted).hasSize(1);
  }

  @Test
  void aWebhookThatIsSilentOrAwayFails() {
    try (OfflineProvider provider = config("/slow", "50ms").open()) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> provider.send(NOTIFICATION))
          .withMessageContaining("no answer within 50 ms");
    }
    OfflineConfig config = config("/hook", "20s");
    server.stop(0);
    try (OfflineProvider provider = config.open()) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> provider.send(NOTIFICATION))
          .withMessageContaining("the webhook fails");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "getui, '', is not built yet",
    "FCM, '', is not built yet",
    "jpush, '', is not built yet",
    "apns, '', is not built yet",
    "dummy, '', must be none",
    "webhook, '', must be a http or https URL",
    "webhook, ftp://h/, must be a http or https URL",
    "webhook, http://user:secret@h/, must be a http or https URL",
  })
  void settingsThatCannotWorkAreRefused(String provider, String url, String why) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() ->
            config(Map.of("push.offline.provider", provider, "push.offline.webhook.url", url)))
        .withMessageContaining(why)
        .withMessageNotContaining("secret");
  }

  @Test
  void theLogIsTheUsualProvider() {
    assertThat(config(Map.of()).provider()).isEqualTo(OfflineConfig.Provider.LOG);
    assertThat(config(Map.of("push.offline.provider", "NONE")).provider())
        .isEqualTo(OfflineConfig.Provider.NONE);
  }
}
