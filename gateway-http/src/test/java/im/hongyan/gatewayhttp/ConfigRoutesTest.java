package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.wire.json.GoJsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves the routes of rest-message.md 10 and 11 at the socket: rights before anything else, then
 * what is missing, then the body; bodies of answers key by key.
 */
class ConfigRoutesTest {
  private static final String NONE = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}";

  private final List<String> asked = new ArrayList<>();
  private boolean shared = true;
  private boolean restarts = true;

  private final TestGateway gateway =
      new TestGateway(
          new Operations(
              call -> HttpResponse.text(200, "text/plain", "operator"),
              new Centre(),
              service ->
                  service.equals("rpc-relation")
                      ? List.of("10.0.0.5:40123", "[::1]:2")
                      : List.of()));

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** Notes what it is asked for. */
  private final class Centre implements ConfigCentre {
    @Override
    public List<String> names() {
      return List.of("log", "msg");
    }

    @Override
    public List<String> waiting() {
      return List.of("msg.a");
    }

    @Override
    public String section(String name) {
      return "{\"of\":\"" + name + "\"}";
    }

    @Override
    public boolean isShared() {
      return shared;
    }

    @Override
    public void set(String name, String json) throws GoJsonException {
      if (json.equals("no JSON")) {
        throw new GoJsonException("bad text");
      }
      if (json.equals("bad")) {
        throw new ConfigException("msg.a must be a number");
      }
      asked.add("set " + name + " " + json);
    }

    @Override
    public void reset() {
      asked.add("reset");
    }

    @Override
    public boolean isEnabled() {
      return true;
    }

    @Override
    public void enable(boolean on) {
      asked.add("enable " + on);
    }

    @Override
    public boolean canRestart() {
      return restarts;
    }

    @Override
    public void restart() {
      asked.add("restart");
    }
  }

  private java.net.http.HttpResponse<String> post(String path, String body, String user)
      throws Exception {
    return gateway.send("POST", path, body, "operationID", "1", "token", user);
  }

  private String admin(String path, String body) throws Exception {
    java.net.http.HttpResponse<String> answer = post(path, body, "imAdmin");
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }

  @Test
  void whoIsNoAdministratorIsRefusedBeforeAnythingElse() throws Exception {
    shared = false;
    restarts = false;
    for (String path :
        List.of(
            "/config/get_config_list",
            "/config/get_config",
            "/config/set_config",
            "/config/reset_config",
            "/config/set_enable_config_manager",
            "/config/get_enable_config_manager",
            "/restart")) {
      assertThat(post(path, "no JSON", "alice").body())
          .as(path)
          .isEqualTo(
              "{\"errCode\":1002,\"errMsg\":\"NoPermissionError\","
                  + "\"errDlt\":\"user alice is not admin userID\"}");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void everyRouteAnswersAsSpecified() throws Exception {
    assertThat(admin("/config/get_config_list", "not read"))
        .matches(
            "\\{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":"
                + "\\{\"environment\":\"(source|docker|kubernetes)\",\"version\":\"3.8\","
                + "\"configNames\":\\[\"log\",\"msg\"],\"waiting\":\\[\"msg.a\"]}}");
    assertThat(admin("/config/get_config", "{\"configName\":\"msg\"}"))
        .isEqualTo(
            "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":\"{\\\"of\\\":\\\"msg\\\"}\"}");
    assertThat(admin("/config/set_config", "{\"configName\":\"msg\",\"data\":\"{}\"} and more"))
        .isEqualTo(NONE);
    assertThat(admin("/config/reset_config", "not read")).isEqualTo(NONE);
    assertThat(admin("/config/set_enable_config_manager", "{\"enable\":true}")).isEqualTo(NONE);
    assertThat(admin("/config/get_enable_config_manager", "not read"))
        .isEqualTo("{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":{\"enable\":true}}");
    assertThat(admin("/restart", "not read")).isEqualTo(NONE);
    assertThat(asked).containsExactly("set msg {}", "reset", "enable true", "restart");
  }

  @Test
  void badBodiesAreRefusedWith400AndBadValuesWith1001() throws Exception {
    for (String path :
        List.of("/config/get_config", "/config/set_config", "/config/set_enable_config_manager")) {
      for (String body : List.of("", "[", "{\"configName\":1,\"enable\":\"x\"}")) {
        java.net.http.HttpResponse<String> answer = post(path, body, "imAdmin");
        assertThat(answer.statusCode()).as(path + " " + body).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"errCode\":1001,\"errMsg\":\"ArgsError\"");
      }
    }
    String unknown =
        "{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"config name not found\"}";
    assertThat(admin("/config/get_config", "{\"configName\":\"share.yml\"}")).isEqualTo(unknown);
    assertThat(admin("/config/set_config", "{\"configName\":\"x\",\"data\":\"no JSON\"}"))
        .isEqualTo(unknown);
    assertThat(admin("/config/set_config", "{\"configName\":\"msg\",\"data\":\"no JSON\"}"))
        .isEqualTo("{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"bad text\"}");
    assertThat(admin("/config/set_config", "{\"configName\":\"msg\",\"data\":\"bad\"}"))
        .contains("1001", "msg.a must be a number");
    assertThat(asked).isEmpty();
  }

  @Test
  void withoutEtcdTheCodesOfTheSpecificationComeBeforeTheBody() throws Exception {
    shared = false;
    restarts = false;
    Map.of(
            "/config/set_config", "only etcd support set config",
            "/config/reset_config", "only etcd support config manager",
            "/config/set_enable_config_manager", "only etcd support config manager",
            "/restart", "only etcd support config manager")
        .forEach((path, why) -> {
          try {
            assertThat(admin(path, "no JSON"))
                .isEqualTo(
                    "{\"errCode\":500,\"errMsg\":\"ServerInternalError\",\"errDlt\":\""
                        + why
                        + "\"}");
          } catch (Exception e) {
            throw new AssertionError(path, e);
          }
        });
    assertThat(asked).isEmpty();
  }

  @Test
  void targetsAreAnsweredToAnybodyWithoutAnEnvelope() throws Exception {
    for (String name : List.of("user", "group", "friend", "conversation")) {
      var answer = gateway.send("GET", "/prometheus_discovery/" + name, "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(answer.body())
          .isEqualTo(
              "[{\"targets\":[\"10.0.0.5:40123\",\"[::1]:2\"],"
                  + "\"labels\":{\"namespace\":\"default\"}}]");
    }
    for (String name :
        List.of("api", "msg", "third", "auth", "push", "msg_gateway", "msg_transfer")) {
      assertThat(gateway.send("GET", "/prometheus_discovery/" + name, "").body()).isEqualTo("[]");
    }
    assertThat(gateway.send("GET", "/prometheus_discovery/nobody", "").statusCode()).isEqualTo(404);
    assertThat(
            gateway
                .send(
                    "POST", "/prometheus_discovery/api", "", "operationID", "1", "token", "imAdmin")
                .statusCode())
        .isEqualTo(404);
  }
}
