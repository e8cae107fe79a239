package im.hongyan.standalone;

import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.MessageIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls routes as the administrator, and shows bodies as they are. Its creator closes it. */
final class AdminRoutes implements AutoCloseable {
  /** A success without data. */
  static final String OK = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final SystemAddress system;
  private String token = "";

  AdminRoutes(SystemAddress system) {
    this.system = system;
    token =
        data(
                "/auth/get_admin_token",
                "{\"secret\":\""
                    + system.secret()
                    + "\",\"userID\":\""
                    + SystemAddress.ADMIN
                    + "\"}")
            .get("token")
            .asString();
  }

  /** The body of an answer. */
  String body(String path, String request) {
    return send(
        HttpRequest.newBuilder(system.api().resolve(path))
            .header("operationID", MessageIds.next())
            .header("token", token.isEmpty() ? "none" : token)
            .POST(HttpRequest.BodyPublishers.ofString(request))
            .build());
  }

  /** The data of an answer. */
  JsonNode data(String path, String request) {
    return JsonMapper.shared().readTree(body(path, request)).path("data");
  }

  /** What is answered to GET without any header. */
  String get(String path) {
    return send(HttpRequest.newBuilder(system.api().resolve(path)).build());
  }

  private String send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
