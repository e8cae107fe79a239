package im.hongyan.gatewayhttp;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.RawConnection;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A gateway over a socket with a token service behind it, where a token is the user's id, and one
 * that begins with a minus has expired. Its creator closes it.
 */
public final class TestGateway implements AutoCloseable {
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Lifecycle lifecycle = new Lifecycle();
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  /** Starts it with settings, names and values in turn. */
  public TestGateway(String... settings) {
    this(TestOperations.ALONE, settings);
  }

  TestGateway(Operations operations, String... settings) {
    Map<String, String> all = new HashMap<>(Map.of("gateway.http.port", "0"));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    InProcessLocator locator = lifecycle.add("locator", new InProcessLocator("n1"));
    locator.serve(ServiceName.AUTH, List.of(new Tokens().bindService()));
    ServiceContext context =
        new ServiceContext(
            "n1", InstantSource.system(), meters, locator, lifecycle, new Readiness());
    port =
        GatewayHttpModule.start(
                GatewayHttpConfig.from(Settings.load(Path.of("none.yml"), Map.of(), all)),
                context,
                operations)
            .port();
  }

  private static final class Tokens extends AuthGrpc.AuthImplBase {
    @Override
    public void getAdminToken(getAdminTokenReq request, StreamObserver<getAdminTokenResp> answer) {
      answer.onNext(getAdminTokenResp.newBuilder().setToken("imAdmin").build());
      answer.onCompleted();
    }

    @Override
    public void parseToken(parseTokenReq request, StreamObserver<parseTokenResp> answer) {
      if (request.getToken().startsWith("-")) {
        answer.onError(RpcErrors.toStatus(ImError.TOKEN_EXPIRED.bare()));
        return;
      }
      answer.onNext(
          parseTokenResp.newBuilder().setUserID(request.getToken()).setPlatformID(5).build());
      answer.onCompleted();
    }
  }

  /** The gateway's meters. */
  public PrometheusMeterRegistry meters() {
    return meters;
  }

  /** A connection that sends whatever it is given. */
  public RawConnection connect() throws IOException {
    return new RawConnection(port);
  }

  /** A request with headers, names and values in turn. */
  public HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.close();
    lifecycle.close();
  }
}
