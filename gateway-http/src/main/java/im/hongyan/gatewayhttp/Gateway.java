package im.hongyan.gatewayhttp;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.OperationIds;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.BodyAdmission;
import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcErrors;
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
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * REST to gRPC (rest-account.md 0): CORS, rate, operationID, token, route, in this order. Safe for
 * use by several threads; blocks, so it runs on virtual threads.
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

  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY = 429;
  private static final int UNAVAILABLE = 503;

  /** Of routes that take no token: theirs have a secret or a token, and no more. */
  private static final int MAX_OPEN_BODY_BYTES = 65_536;

  /** Others are one to the meters, since clients invent them. */
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS", "POST");

  private final RouteTable routes = RouteTable.declared();
  private final Map<String, OwnRoute> ownRoutes;
  private final Map<String, OpenRead> openReads;
  private final ServiceLocator locator;
  private final MeterRegistry meters;
  private final Admission admission;
  private final AnswerReports reports;
  private final Map<String, HttpResponse> pages;

  /**
   * Answers the declared routes.
   *
   * @param openReads answered to GET, whoever asks
   * @param pages what is answered to GET, by path
   */
  Gateway(
      ServiceLocator locator,
      MeterRegistry meters,
      Admission admission,
      AnswerReports reports,
      Map<String, OwnRoute> ownRoutes,
      Map<String, OpenRead> openReads,
      Map<String, HttpResponse> pages) {
    if (!ownRoutes.keySet().equals(routes.ownPaths())) {
      throw new IllegalStateException(
          "declared are " + routes.ownPaths() + ", answered " + ownRoutes.keySet());
    }
    if (!openReads.keySet().equals(routes.openReads())) {
      throw new IllegalStateException(
          "declared are " + routes.openReads() + ", answered " + openReads.keySet());
    }
    this.ownRoutes = Map.copyOf(ownRoutes);
    this.openReads = Map.copyOf(openReads);
    this.locator = locator;
    this.meters = meters;
    this.admission = admission;
    this.reports = reports;
    this.pages = Map.copyOf(pages);
  }

  @Override
  public HttpResponse handle(HttpRequest call) {
    HttpResponse answer = withoutRoute(call);
    if (answer == null) {
      answer = Objects.requireNonNull(withinLimit(call, () -> answer(call)));
    }
    return counted(call, answer);
  }

  /** Makes every check that headers allow; no route without a token takes a large body. */
  @Override
  public BodyAdmission admit(HttpRequest head) {
    HttpResponse refusal = withoutRoute(head);
    if (refusal == null) {
      refusal = withinLimit(head, () -> admittance(head));
    }
    if (refusal != null) {
      return new BodyAdmission.Refused(counted(head, refusal));
    }
    return routes.needsToken(head.path())
        ? BodyAdmission.ANY
        : new BodyAdmission.UpTo(MAX_OPEN_BODY_BYTES);
  }

  private @Nullable HttpResponse admittance(HttpRequest head) {
    Entrant entrant = entrant(head);
    if (!entrant.caller().userId().isEmpty()) {
      admission.rates().giveBackToAddress(head);
    }
    return entrant.isLost() ? notFound() : null;
  }

  private HttpResponse counted(HttpRequest call, HttpResponse answer) {
    meters
        .counter(
            "http_count",
            "path",
            isKnown(call.path()) ? call.path() : "<404>",
            "method",
            METHODS.contains(call.method()) ? call.method() : "other",
            "status",
            Integer.toString(answer.status()))
        .increment();
    return answer;
  }

  private boolean isKnown(String path) {
    return routes.contains(path) || openReads.containsKey(path) || pages.containsKey(path);
  }

  @Override
  public HttpResponse refuse(int status) {
    return switch (status) {
      case TOO_LARGE ->
          json(status, ApiEnvelope.failure(ImError.ARGS.with("http request body is too large")));
      case UNAVAILABLE -> json(status, ApiEnvelope.failure(ImError.TOO_MANY_REQUESTS.bare()));
      default -> text(status, "");
    };
  }

  /** The answer that needs neither token nor route; null where it needs them. */
  private @Nullable HttpResponse withoutRoute(HttpRequest call) {
    if (call.method().equals("OPTIONS")) {
      return json("\"Options Request!\"".getBytes(StandardCharsets.UTF_8));
    }
    if (!call.method().equals("POST")) {
      return call.method().equals("GET") ? page(call) : notFound();
    }
    return routes
        .besideSlash(call.path())
        .map(beside -> redirect(beside, call.query()))
        .orElse(null);
  }

  /** Within the limit of calls; failures become answers, and what is answered is timed. */
  private @Nullable HttpResponse withinLimit(
      HttpRequest call, Supplier<@Nullable HttpResponse> body) {
    if (!admission.limit().enter()) {
      return tooMany(new TooManyRequestsException(admission.maxConcurrentCalls(), 0));
    }
    int code = 0;
    long begin = System.nanoTime();
    HttpResponse answer;
    try {
      answer = body.get();
    } catch (ImException e) {
      code = e.code();
      answer = code == TOO_MANY ? tooMany(e, Map.of()) : json(ApiEnvelope.failure(e));
    } catch (TooManyRequestsException e) {
      code = TOO_MANY;
      answer = tooMany(e);
    } catch (BadRequestException e) {
      code = e.failure().code();
      answer = json(BAD_REQUEST, ApiEnvelope.failure(e.failure()));
    } finally {
      admission.limit().leave();
    }
    if (answer != null) {
      record(call.path(), code, System.nanoTime() - begin);
    }
    return answer;
  }

  private void record(String path, int code, long nanos) {
    if (routes.contains(path)) {
      meters
          .counter("api_count", "path", path, "method", "POST", "code", Integer.toString(code))
          .increment();
      meters.timer("api_duration", "path", path).record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private HttpResponse answer(HttpRequest call) {
    Entrant entrant = entrant(call);
    CallContext caller = entrant.caller();
    if (!caller.userId().isEmpty()) {
      admission.rates().takeOfUser(call, caller.userId());
      // Not of one that is refused: its token is looked at each time.
      admission.rates().giveBackToAddress(call);
    }
    OwnRoute own = entrant.own();
    if (own != null) {
      return json(within(caller, () -> own.answer(caller, call)));
    }
    Route route = entrant.route();
    if (route == null) {
      return notFound();
    }
    if (route.echoes()) {
      String callId = reports.newCallId();
      byte[] body = answer(route, caller.withAwaitedId(callId), call);
      return json(body).then(() -> reports.answered(callId));
    }
    Supplier<byte[]> answer = () -> answer(route, caller, call);
    return json(
        route.comparesSecret() ? admission.guesses().guess(call.client(), answer) : answer.get());
  }

  private byte[] answer(Route route, CallContext caller, HttpRequest call) {
    return within(caller, () -> route.call(locator.channel(route.service()), call.body()));
  }

  /** Who asks, and for which of the two kinds of routes. */
  private record Entrant(CallContext caller, @Nullable Route route, @Nullable OwnRoute own) {
    /** Whether there is no such path. */
    boolean isLost() {
      return route == null && own == null;
    }
  }

  /** The rate, then the headers in the order of rest-account.md 0.1. */
  private Entrant entrant(HttpRequest call) {
    admission.rates().takeOfAddress(call);
    String operationId = OperationIds.cut(call.header("operationID"));
    if (operationId.isEmpty()) {
      throw ImError.ARGS.with("header must have operationID");
    }
    CallContext context = CallContext.user(operationId, "", "", "");
    if (routes.needsToken(call.path())) {
      String token = call.header("token");
      if (token.isEmpty()) {
        throw ImError.ARGS.with("header must have token");
      }
      context = caller(context, token);
    }
    return new Entrant(context, routes.find(call.path()), ownRoutes.get(call.path()));
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

  private static <T> T within(CallContext context, ThrowingSupplier<T, GoJsonException> body) {
    try {
      return context.call(body);
    } catch (ImException | BadRequestException e) {
      throw e;
    } catch (GoJsonException e) {
      // The one case where errMsg is the parser's text (rest-account.md 0.2).
      throw ImError.ARGS.named(String.valueOf(e.getMessage()), "");
    } catch (RuntimeException e) {
      LOG.error("operation {} failed", context.operationId(), e);
      throw RpcErrors.coded(e);
    }
  }

  private static HttpResponse json(byte[] body) {
    return json(200, body);
  }

  private static HttpResponse json(int status, byte[] body) {
    return new HttpResponse(status, headers(), body);
  }

  private static HttpResponse tooMany(TooManyRequestsException refusal) {
    return tooMany(
        ImError.TOO_MANY_REQUESTS.bare(),
        Map.of(
            "X-RateLimit-Limit", Integer.toString(refusal.limit()),
            "Retry-After", Long.toString(refusal.retryAfterSeconds())));
  }

  /** As the peer's limiter says it, whichever limit of ours it was (rest-account.md 0.11). */
  private static HttpResponse tooMany(ImException failure, Map<String, String> more) {
    Map<String, String> headers = headers();
    headers.put("X-RateLimit-Policy", "BBR");
    headers.put("X-RateLimit-Remaining", "0");
    headers.put("Retry-After", "1");
    headers.putAll(more);
    return new HttpResponse(TOO_MANY, headers, ApiEnvelope.failure(failure));
  }

  private HttpResponse page(HttpRequest call) {
    OpenRead read = openReads.get(call.path());
    if (read != null) {
      Supplier<@Nullable HttpResponse> answer =
          () -> {
            admission.rates().takeOfAddress(call);
            return json(read.answer());
          };
      return Objects.requireNonNull(withinLimit(call, answer));
    }
    HttpResponse page = pages.get(call.path());
    if (page == null) {
      return notFound();
    }
    Map<String, String> headers = headers();
    headers.putAll(page.headers());
    return new HttpResponse(page.status(), headers, page.body());
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
