package im.hongyan.gatewayhttp.openapi;

import im.hongyan.kit.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The OpenAPI document and the page to try the routes: all that is answered to GET, by path. The
 * page loads nothing from elsewhere, and its policy has browsers refuse that. Stateless.
 */
public final class OpenApiPages {
  private static final String DOCUMENT = "/openapi.json";
  private static final String FOLDER = "/openapi/";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private OpenApiPages() {}

  /** The answers, without the headers that every answer of the gateway has. */
  public static Map<String, HttpResponse> create() {
    return Map.of(
        DOCUMENT,
        new HttpResponse(200, headers("application/json"), OpenApiDocument.ofServedRoutes()),
        FOLDER,
        file("index.html", "text/html; charset=utf-8"),
        FOLDER + "page.js",
        file("page.js", "text/javascript; charset=utf-8"),
        FOLDER + "page.css",
        file("page.css", "text/css; charset=utf-8"),
        "/openapi",
        redirect());
  }

  private static HttpResponse redirect() {
    Map<String, String> headers = headers("text/plain");
    headers.put("Location", FOLDER);
    return new HttpResponse(301, headers, new byte[0]);
  }

  private static HttpResponse file(String name, String contentType) {
    try (InputStream in = OpenApiPages.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its file " + name);
      }
      return new HttpResponse(200, headers(contentType), in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static Map<String, String> headers(String contentType) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", contentType);
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cache-Control", "no-cache");
    return headers;
  }
}
