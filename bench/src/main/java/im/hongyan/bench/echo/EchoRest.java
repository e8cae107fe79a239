package im.hongyan.bench.echo;

import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.json.ApiEnvelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** The three routes that a user needs before the first login; everybody gets a token. */
final class EchoRest implements AutoCloseable {
  private final HttpServer server;

  /** Starts on loopback; port 0 takes a free one. */
  EchoRest(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", EchoRest::handle);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void handle(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] answer =
        switch (exchange.getRequestURI().getPath()) {
          case "/auth/get_admin_token" -> ok(getAdminTokenResp.newBuilder().setToken("t").build());
          case "/auth/get_user_token" -> ok(getUserTokenResp.newBuilder().setToken("t").build());
          case "/user/user_register" -> ApiEnvelope.success();
          default -> ApiEnvelope.failure(ImError.ARGS.with("no such route"));
        };
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static byte[] ok(Message data) {
    return ApiEnvelope.success(data);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
