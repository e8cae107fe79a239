package im.hongyan.gatewayhttp;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * REST to gRPC (rest-account.md 0): CORS, operationID, token, route, in this order. Safe for use by
 * several threads; blocks, so it runs on virtual threads.
 */
final class Gateway implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Map<String, String> CORS =
      Map.of(
          "Access-Control-Allow-Origin",
          "*",
          "Access-Control-Allow-Methods",
          "*",
          "Access-Control-Allow-Headers",
          "*",
          "Access-Control-Expose-Headers",
          "Content-Length, Access-Control-Allow-Origin, Access-Control-Allow-Headers,"
              + "Cache-Control,Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar",
          "Access-Control-Max-Age",
          "172800",
          "Access-Control-Allow-Credentials",
          "false",
          "Content-Type",
          "application/json");

  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY = 429;

  /** Others are one to the meters, since clients invent them. */
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS", "POST");

  private final ServiceLocator locator;
  private final MeterRegistry meters;
  private final ConcurrencyLimit limit;
  private final SecretGuesses guesses;

  Gateway(
      ServiceLocator locator, MeterRegistry meters, int maxConcurrentCalls, SecretGuesses guesses) {
    this.locator = locator;
    this.meters = meters;
    this.guesses = guesses;
    limit = new ConcurrencyLimit("http", maxConcurrentCalls, meters);
  }

  @Override
  public HttpResponse handle(HttpRequest call) {
    HttpResponse answer = answer(call);
    meters
        .counter(
            "http_count",
            "path",
            Routes.BY_PATH.containsKey(call.path()) ? call.path() : "<404>",
            "method",
            METHODS.contains(call.method()) ? call.method() : "other",
            "status",
            Integer.toString(answer.status()))
        .increment();
    return answer;
  }

  @Override
  public HttpResponse refuse(int status) {
    return status == TOO_LARGE
        ? json(status, ApiEnvelope.failure(ImError.ARGS.with("http request body is too large")))
        : text(status, "");
  }

  private HttpResponse answer(HttpRequest call) {
    if (call.method().equals("OPTIONS")) {
      return json("\"Options Request!\"".getBytes(StandardCharsets.UTF_8));
    }
    if (!call.method().equals("POST")) {
      return notFound();
    }
    Optional<String> beside = Routes.besideSlash(call.path());
    if (beside.isPresent()) {
      return redirect(beside.get(), call.query());
    }
    if (!limit.enter()) {
      return json(TOO_MANY, ApiEnvelope.failure(ImError.TOO_MANY_REQUESTS.bare()));
    }
    int code = 0;
    try {
      byte[] body = post(call);
      return body == null ? notFound() : json(body);
    } catch (ImException e) {
      code = e.code();
      return json(ApiEnvelope.failure(e));
    } finally {
      limit.leave();
      if (Routes.BY_PATH.containsKey(call.path())) {
        meters
            .counter(
                "api_count", "path", call.path(), "method", "POST", "code", Integer.toString(code))
            .increment();
      }
    }
  }

  /** The answer's body; null for unknown paths. */
  private byte @org.jspecify.annotations.Nullable [] post(HttpRequest call) {
    String operationId = call.header("operationID");
    if (operationId.isEmpty()) {
      throw ImError.ARGS.with("header must have operationID");
    }
    CallContext context = CallContext.user(operationId, "", "", "");
    if (Routes.needsToken(call.path())) {
      String token = call.header("token");
      if (token.isEmpty()) {
        throw ImError.ARGS.with("header must have token");
      }
      context = caller(context, token);
    }
    Route<?, ?> route = Routes.BY_PATH.get(call.path());
    if (route == null) {
      return null;
    }
    CallContext caller = context;
    Supplier<byte[]> answer =
        () -> within(caller, () -> route.call(locator.channel(route.service()), call.body()));
    return route.comparesSecret() ? guesses.guess(call.client(), answer) : answer.get();
  }

  private CallContext caller(CallContext anonymous, String token) {
    parseTokenResp owner =
        within(
            anonymous,
            () ->
                RpcChannels.call(
                    locator.channel(ServiceName.AUTH),
                    AuthGrpc.getParseTokenMethod(),
                    parseTokenReq.newBuilder().setToken(token).build()));
    return CallContext.user(
        anonymous.operationId(), owner.getUserID(), Platform.labelOf(owner.getPlatformID()), "");
  }

  private static <T> T within(CallContext context, java.util.concurrent.Callable<T> body) {
    try {
      return context.call(body);
    } catch (ImException e) {
      throw e;
    } catch (GoJsonException e) {
      // The one case where errMsg is the parser's text (rest-account.md 0.2).
      throw ImError.ARGS.named(String.valueOf(e.getMessage()), "");
    } catch (Exception e) {
      LOG.error("operation {} failed", context.operationId(), e);
      throw ImException.internal(String.valueOf(e.getMessage()), e);
    }
  }

  private static HttpResponse json(byte[] body) {
    return json(200, body);
  }

  private static HttpResponse json(int status, byte[] body) {
    return new HttpResponse(status, headers(), body);
  }

  private static HttpResponse notFound() {
    return text(404, "404 page not found");
  }

  private static HttpResponse text(int status, String body) {
    Map<String, String> headers = headers();
    headers.put("Content-Type", "text/plain");
    return new HttpResponse(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Keeps the method and the body, unlike a 301 (rest-account.md 0.4). */
  private static HttpResponse redirect(String path, String query) {
    Map<String, String> headers = headers();
    headers.put("Location", query.isEmpty() ? path : path + "?" + query);
    return new HttpResponse(307, headers, new byte[0]);
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(CORS);
    headers.put("X-HTTP-ID", UUID.randomUUID().toString());
    return headers;
  }
}
