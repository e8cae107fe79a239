package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.proto.delivery.AnsweredCalls;
import im.hongyan.proto.delivery.AnsweredCallsTaken;
import im.hongyan.proto.delivery.AnswersGrpc;
import im.hongyan.proto.msg.GetServerTimeReq;
import im.hongyan.proto.msg.GetServerTimeResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.error.ImError;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that every WebSocket gateway learns which calls are answered, not before their clients
 * have the answers, of routes that echo alone; and that a gateway which does not answer holds up
 * neither clients nor others.
 */
class AnswerReportsTest {
  private static final String ECHOES = "/msg/set_conversation_has_read_seq";
  private static final int CALLS = 200;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Lifecycle lifecycle = new Lifecycle();
  private final BlockingQueue<String> awaited = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> reported = new LinkedBlockingQueue<>();
  private int port;

  private static final class Tokens extends AuthGrpc.AuthImplBase {
    @Override
    public void parseToken(parseTokenReq request, StreamObserver<parseTokenResp> answer) {
      answer.onNext(parseTokenResp.newBuilder().setUserID("u1").setPlatformID(5).build());
      answer.onCompleted();
    }
  }

  private static final class Messages extends msgGrpc.msgImplBase {
    @Override
    public void setConversationHasReadSeq(
        SetConversationHasReadSeqReq request,
        StreamObserver<SetConversationHasReadSeqResp> answer) {
      if (request.getHasReadSeq() == 0) {
        answer.onError(RpcErrors.toStatus(ImError.ARGS.bare()));
      } else {
        answer.onNext(SetConversationHasReadSeqResp.getDefaultInstance());
        answer.onCompleted();
      }
    }

    @Override
    public void getServerTime(GetServerTimeReq request, StreamObserver<GetServerTimeResp> answer) {
      answer.onNext(GetServerTimeResp.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class Answers extends AnswersGrpc.AnswersImplBase {
    @Override
    public void report(AnsweredCalls answered, StreamObserver<AnsweredCallsTaken> taken) {
      reported.addAll(answered.getCallIdsList());
      taken.onNext(AnsweredCallsTaken.getDefaultInstance());
      taken.onCompleted();
    }
  }

  private static final class Stuck extends AnswersGrpc.AnswersImplBase {
    @Override
    public void report(AnsweredCalls answered, StreamObserver<AnsweredCallsTaken> taken) {
      // as a process that was stopped
    }
  }

  /** Two gateways, of which one takes every call and answers none. */
  private record TwoGateways(InProcessLocator all, InProcessLocator stuck)
      implements ServiceLocator {
    @Override
    public Channel channel(ServiceName service) {
      return all.channel(service);
    }

    @Override
    public Map<String, Channel> nodes(ServiceName service) {
      return Map.of("works", all.channel(service), "stuck", stuck.channel(service));
    }

    @Override
    public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
      all.serve(service, definitions);
    }

    @Override
    public void withdraw() {
      all.withdraw();
    }

    @Override
    public void close() {
      stuck.close();
      all.close();
    }
  }

  private ServerServiceDefinition recorded(BindableService service) {
    return ServerInterceptors.intercept(
        service,
        new ServerInterceptor() {
          @Override
          public <A, B> ServerCall.Listener<A> interceptCall(
              ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            awaited.add(CallContext.readFrom(headers).awaitedId());
            return next.startCall(call, headers);
          }
        });
  }

  @BeforeEach
  void serve() {
    TwoGateways locator =
        lifecycle.add(
            "locator",
            new TwoGateways(new InProcessLocator("works"), new InProcessLocator("stuck")));
    locator.serve(ServiceName.AUTH, List.of(new Tokens().bindService()));
    locator.serve(ServiceName.MSG, List.of(recorded(new Messages())));
    locator.serve(ServiceName.GATEWAY_WS, List.of(new Answers().bindService()));
    locator.stuck().serve(ServiceName.GATEWAY_WS, List.of(new Stuck().bindService()));
    port =
        GatewayHttpModule.start(
                GatewayHttpConfig.from(
                    Settings.load(Path.of("none.yml"), Map.of(), Map.of("gateway.http.port", "0"))),
                new ServiceContext(
                    "n1", InstantSource.system(), meters, locator, lifecycle, new Readiness()),
                TestOperations.ALONE)
            .port();
  }

  @AfterEach
  void stop() {
    lifecycle.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static void ask(Socket client, String path, String body) throws IOException {
    String head = "POST %s HTTP/1.1\r\nHost: x\r\noperationID: 1\r\ntoken: t\r\n".formatted(path);
    String request = head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    client.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
  }

  private static String answer(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    String headers = head.toString();
    int at = headers.indexOf("content-length: ") + 16;
    int length = Integer.parseInt(headers.substring(at, headers.indexOf('\r', at)));
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static @Nullable String next(BlockingQueue<String> queue) throws InterruptedException {
    return queue.poll(60, TimeUnit.SECONDS);
  }

  @Test
  void aCallIsReportedWhenItsClientHasTheAnswer() throws Exception {
    Set<String> ids = new HashSet<>();
    try (Socket client = connect()) {
      for (int i = 0; i < CALLS; i++) {
        ask(client, ECHOES, "{\"hasReadSeq\":1}");
        String id = next(awaited);
        assertThat(next(reported)).isNotEmpty().isEqualTo(id);
        assertThat(client.getInputStream().available()).as("call %d", i).isPositive();
        assertThat(answer(client)).contains("\"errCode\":0");
        ids.add(id);
      }
    }
    assertThat(ids).as("each call has an id of its own").hasSize(CALLS);
  }

  @Test
  void otherRoutesAndRefusedCallsAreNotReported() throws Exception {
    try (Socket client = connect()) {
      ask(client, "/msg/get_server_time", "{}");
      assertThat(answer(client)).contains("\"errCode\":0");
      assertThat(next(awaited)).isEmpty();
      ask(client, ECHOES, "{\"hasReadSeq\":0}");
      assertThat(answer(client)).contains("\"errCode\":1001");
      assertThat(next(awaited)).isNotEmpty();
      ask(client, ECHOES, "{\"hasReadSeq\":1}");
      assertThat(next(reported)).as("the first report").isEqualTo(next(awaited));
    }
  }

  @Test
  void invariant26AGatewayThatDoesNotAnswerLosesItsOwnReportsAlone() throws Exception {
    try (Socket client = connect()) {
      for (int i = 0; i < CALLS; i++) {
        ask(client, ECHOES, "{\"hasReadSeq\":1}");
        assertThat(answer(client)).contains("\"errCode\":0");
      }
    }
    Eventually.until("all reports", () -> reported.size() == CALLS);
    assertThat(reported).containsExactlyInAnyOrderElementsOf(awaited);
    Eventually.until(
        "those of the other are given up",
        () -> meters.counter("http_answer_reports_lost").count() == CALLS);
  }
}
