package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls routes with bodies as text, in which apostrophes stand for quotation marks. Safe for use by
 * several threads; its creator closes it.
 */
final class JsonRoutes implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final SystemAddress system;
  private final HttpClient http = HttpClient.newHttpClient();
  private final LoginOptions admin;

  JsonRoutes(SystemAddress system) {
    this.system = system;
    this.admin =
        LoginOptions.sdk(
            system.ws(), SystemAddress.ADMIN, Platform.ANDROID, system.asAdmin(api -> api.token()));
  }

  /** The administrator. */
  LoginOptions admin() {
    return admin;
  }

  /** The envelope of an answer, whatever its HTTP status. */
  JsonNode call(LoginOptions caller, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(system.api().resolve(path))
            .header("operationID", MessageIds.next())
            .header("token", caller.token())
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build();
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The code of an answer, 0 for a success. */
  int code(LoginOptions caller, String path, String body) {
    return call(caller, path, body).path("errCode").asInt();
  }

  /** The data of a success; anything else fails. */
  JsonNode data(LoginOptions caller, String path, String body) {
    JsonNode answer = call(caller, path, body);
    assertThat(answer.path("errCode").asInt()).as(path + ": " + answer).isZero();
    return answer.path("data");
  }

  /** The tips of a notification (notifications.md 1.2). */
  static String detail(String content) {
    return JSON.readTree(content).path("detail").asString();
  }

  /** A text in base64, as the key of {@code /msg/send_simple_msg} is. */
  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    http.close();
  }
}
