package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.gatewayhttp.GatewayHttpConfig.OpenApi;
import im.hongyan.gatewayhttp.openapi.OpenApiDocument;
import im.hongyan.kit.config.ConfigException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Proves how the document and its page are served, that they load nothing, and that they go off.
 */
class OpenApiPagesTest {
  private static final List<String> FILES =
      List.of("/openapi/", "/openapi/page.js", "/openapi/page.css");

  @Test
  void theDocumentNeedsNoTokenAndHasTheHeadersOfEveryAnswer() throws Exception {
    try (TestGateway gateway = new TestGateway()) {
      HttpResponse<String> document = gateway.send("GET", "/openapi.json", "");
      assertThat(document.statusCode()).isEqualTo(200);
      assertThat(document.body())
          .isEqualTo(new String(OpenApiDocument.ofServedRoutes(), StandardCharsets.UTF_8));
      assertThat(document.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(document.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
      assertThat(document.headers().firstValue("X-HTTP-ID"))
          .hasValueSatisfying(UUID::fromString)
          .isNotEqualTo(gateway.send("GET", "/openapi.json", "").headers().firstValue("X-HTTP-ID"));
      assertThat(gateway.send("GET", "/openapi", "").headers().firstValue("Location"))
          .contains("/openapi/");
      assertThat(gateway.send("POST", "/openapi.json", "").body()).contains("operationID");
      assertThat(gateway.send("GET", "/openapi/other.js", "").statusCode()).isEqualTo(404);
      assertThat(
              gateway
                  .meters()
                  .get("http_count")
                  .tags("path", "/openapi.json", "method", "GET", "status", "200")
                  .counter()
                  .count())
          .isEqualTo(2);
    }
  }

  /** So that nothing that a browser is made to load comes from elsewhere, or stands in the page. */
  @Test
  void thePageLoadsItsOwnFilesAlone() throws Exception {
    try (TestGateway gateway = new TestGateway()) {
      for (String path : FILES) {
        HttpResponse<String> file = gateway.send("GET", path, "");
        assertThat(file.statusCode()).as(path).isEqualTo(200);
        assertThat(file.body()).as(path).doesNotContain("http:", "https:", "innerHTML", "eval(");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(file.headers().firstValue("Content-Security-Policy"))
            .hasValueSatisfying(policy ->
                assertThat(policy)
                    .startsWith("default-src 'none'; script-src 'self'; ")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*", "http"));
      }
      assertThat(gateway.send("GET", "/openapi/", "").body())
          .contains("src=\"page.js\"", "href=\"page.css\"")
          .doesNotContainPattern("<script(?! src=\"page.js\")|<style|style=| on\\w+=");
      assertThat(gateway.send("GET", "/openapi/page.js", "").headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("text/javascript"));
    }
  }

  @Test
  void itIsSwitchedOffByASettingAndByDefaultBeyondLoopback() throws Exception {
    try (TestGateway gateway = new TestGateway("gateway.http.openapi", "off")) {
      for (String path : FILES) {
        assertThat(gateway.send("GET", path, "").statusCode()).as(path).isEqualTo(404);
      }
      assertThat(gateway.send("GET", "/openapi.json", "").statusCode()).isEqualTo(404);
    }
    assertThat(OpenApi.LOOPBACK.isServed(true)).isTrue();
    assertThat(OpenApi.LOOPBACK.isServed(false)).isFalse();
    assertThat(OpenApi.ON.isServed(false)).isTrue();
    assertThat(OpenApi.OFF.isServed(true)).isFalse();
    assertThatThrownBy(() -> new TestGateway("gateway.http.openapi", "maybe"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("gateway.http.openapi must be loopback, on or off, not 'maybe'");
  }
}
