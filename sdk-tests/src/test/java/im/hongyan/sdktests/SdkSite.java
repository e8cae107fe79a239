package im.hongyan.sdktests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page of the tests, and the SDK's files below {@code /sdk}, on a free port of loopback.
 * Its creator closes it.
 */
final class SdkSite implements AutoCloseable {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html",
          "js", "text/javascript",
          "wasm", "application/wasm");
  private static final String SDK = "/sdk/";
  private static final int FOUND = 200;
  private static final int NOT_FOUND = 404;
  private static final int NO_BODY = -1;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final Path sdk;

  private SdkSite(HttpServer server, Path sdk) {
    this.server = server;
    this.sdk = sdk;
  }

  /** Serves an installed SDK. */
  static SdkSite serve(Path sdk) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      SdkSite site = new SdkSite(server, sdk);
      server.setExecutor(site.threads);
      server.createContext("/", site::answer);
      server.start();
      return site;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page. */
  URI page() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/index.html");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] file = file(path);
      if (file == null) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
        return;
      }
      String ending = path.substring(path.lastIndexOf('.') + 1);
      exchange
          .getResponseHeaders()
          .set("Content-Type", TYPES.getOrDefault(ending, "application/octet-stream"));
      boolean isHead = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(FOUND, isHead ? NO_BODY : file.length);
      if (!isHead) {
        exchange.getResponseBody().write(file);
      }
    }
  }

  private byte @Nullable [] file(String path) throws IOException {
    if (path.startsWith(SDK)) {
      Path file = sdk.resolve(path.substring(SDK.length())).normalize();
      return file.startsWith(sdk) && Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
    }
    try (InputStream in = SdkSite.class.getResourceAsStream("/page" + path)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
