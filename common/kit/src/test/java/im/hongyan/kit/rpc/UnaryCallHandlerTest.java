package im.hongyan.kit.rpc;

import static im.hongyan.kit.rpc.RpcServer.ADMIN;
import static im.hongyan.kit.rpc.RpcServer.ALICE;
import static im.hongyan.kit.rpc.RpcServer.NOBODY;
import static im.hongyan.kit.rpc.RpcServer.SERVICE;
import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.authz.GroupRoles;
import im.hongyan.wire.error.ImError;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves through a real server what runs before a handler and in which order: context, limit,
 * argument checks, rights, meters, handler, error mapping.
 */
class UnaryCallHandlerTest {
  private static final String PATH = "test.Things/Do";

  private final List<String> steps = Collections.synchronizedList(new ArrayList<>());
  private RpcServer server = new RpcServer();

  @AfterEach
  void close() {
    server.close();
  }

  /** Serves a method whose group look-up and handler note that they were reached. */
  private TestMethod serve(String access, String... checks) {
    TestMethod method = TestMethod.of("Do", access, checks);
    server.rpcs.roles(
        new GroupRoles() {
          @Override
          public int roleLevel(String groupId, String userId) {
            steps.add("rights");
            return groupId.equals("mine") ? 20 : 0;
          }

          @Override
          public void requireGroup(String groupId) {
            steps.add("group");
          }
        });
    server.rpcs.unary(
        method.grpc(),
        (caller, request) -> {
          steps.add("handler");
          return method.response(caller.userId());
        });
    return method;
  }

  @Test
  void checksComeBeforeRightsAndBothBeforeTheHandler() {
    TestMethod method =
        serve("group_role: MEMBER group: 'text'", "field: 'number' range { min: 1 max: 9 }");
    assertThat(server.call(ALICE, method, "text: 'mine'")).isEqualTo("1001 number is invalid");
    assertThat(steps).isEmpty();
    assertThat(server.call(ALICE, method, "number: 1")).isEqualTo("1002 op user not in group");
    assertThat(steps).containsExactly("rights");
    assertThat(server.call(ALICE, method, "number: 1 text: 'mine'")).isEqualTo("alice");
    assertThat(steps).containsExactly("rights", "rights", "handler");
  }

  @Test
  void rightsComeFirstWhereTheOptionSaysSo() {
    TestMethod method =
        serve(
            "group_role: MEMBER group: 'text' group_first: true first: true",
            "field: 'number' range { min: 1 max: 9 }");
    assertThat(server.call(ALICE, method, "")).isEqualTo("1002 op user not in group");
    assertThat(server.call(ALICE, method, "text: 'mine'")).isEqualTo("1001 number is invalid");
    assertThat(steps).containsExactly("group", "rights", "group", "rights");
  }

  @Test
  void aCheckCanComeAfterTheRightsAlone() {
    TestMethod method =
        serve(
            "self: 'text'",
            "field: 'blob' not_empty: true after_access: true",
            "field: 'number' range { min: 1 max: 9 } order: 1");
    assertThat(server.call(ALICE, method, "")).isEqualTo("1001 number is invalid");
    assertThat(server.call(ALICE, method, "number: 1")).isEqualTo("1002 ownerUserID, =MISSING");
    assertThat(server.call(ALICE, method, "number: 1 text: 'alice'"))
        .isEqualTo("1001 blob is empty");
    assertThat(server.call(ALICE, method, "number: 1 text: 'alice' blob: 'b'")).isEqualTo("alice");
  }

  @Test
  void theHandlerGetsTheCallerAndFindsItsContext() {
    TestMethod method = TestMethod.of("Do", "is: ANONYMOUS");
    server.rpcs.unary(
        method.grpc(),
        (caller, request) -> {
          assertThat(CallContext.currentCaller()).isSameAs(caller);
          assertThat(CallContext.current().operationId()).isEqualTo("op");
          CallContext.service("inner")
              .call(() -> {
                assertThatThrownBy(CallContext::currentCaller)
                    .isInstanceOf(IllegalStateException.class);
                return "";
              });
          return method.response(caller.toString());
        });
    assertThat(server.call(ALICE, method, ""))
        .isEqualTo(new Caller("alice", false, false).toString());
    assertThat(server.call(ADMIN, method, ""))
        .isEqualTo(new Caller("imAdmin", true, false).toString());
    assertThat(server.call(NOBODY, method, "")).isEqualTo(Caller.ANONYMOUS.toString());
    assertThat(server.call(SERVICE, method, "")).isEqualTo(Caller.SERVICE.toString());
  }

  @Test
  void failuresOfTheHandlerAreMapped() {
    TestMethod method = TestMethod.of("Do", "is: ANY_USER");
    server.rpcs.unary(
        method.grpc(),
        (caller, request) -> {
          if (request.getAllFields().isEmpty()) {
            throw ImError.RECORD_NOT_FOUND.with("no such thing");
          }
          throw new IllegalArgumentException("a fault");
        });
    assertThat(server.call(ALICE, method, "")).isEqualTo("1004 no such thing");
    assertThat(server.call(ALICE, method, "number: 1"))
        .isEqualTo("500 unforeseen failure, see the log");
    assertThat(count("1004")).isEqualTo(1);
    assertThat(count("500")).isEqualTo(1);
  }

  @Test
  void callsAreCountedByCodeAndTimedRefusedOnesToo() {
    TestMethod method = serve("is: ANY_USER", "field: 'number' none_of: 7");
    server.call(ALICE, method, "");
    server.call(ALICE, method, "");
    server.call(ALICE, method, "number: 7");
    server.call(NOBODY, method, "");
    assertThat(count("0")).isEqualTo(2);
    assertThat(count("1001")).isEqualTo(1);
    assertThat(count("1002")).isEqualTo(1);
    assertThat(
            server
                .meters
                .get("rpc_duration")
                .tags("name", "test.Things", "path", PATH)
                .timer()
                .count())
        .isEqualTo(4);
  }

  private double count(String code) {
    return server
        .meters
        .get("rpc_count")
        .tags("name", "test.Things", "path", PATH, "code", code)
        .counter()
        .count();
  }

  @Test
  void callsBeyondTheLimitAreRefusedBeforeAnythingLooksAtThem() throws Exception {
    server.close();
    server = new RpcServer(1);
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch mayGo = new CountDownLatch(1);
    TestMethod method = TestMethod.of("Do", "is: ANY_USER");
    server.rpcs.unary(
        method.grpc(),
        (caller, request) -> {
          entered.countDown();
          await(mayGo);
          return method.response("done");
        });
    server.channel();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first = threads.submit(() -> server.call(ALICE, method, ""));
      await(entered);
      assertThat(server.call(NOBODY, method, "")).isEqualTo("429 ");
      mayGo.countDown();
      assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("done");
    }
    assertThat(server.meters.get("limit_rejected").tag("limit", "test.Things").counter().count())
        .isEqualTo(1);
    assertThat(server.meters.find("rpc_count").tag("code", "429").counter()).isNull();
    // The place is free once the server knows that its answer has gone.
    String answer = "429 ";
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        answer.equals("429 ") && System.nanoTime() < end; ) {
      answer = server.call(ALICE, method, "");
    }
    assertThat(answer).isEqualTo("done");
  }

  @Test
  void aCallThatWaitsHasNoPlaceUnderTheLimitUntilItsEvent() throws Exception {
    server.close();
    server = new RpcServer(1);
    CompletableFuture<Void> event = new CompletableFuture<>();
    CountDownLatch mayGo = new CountDownLatch(1);
    AtomicInteger waiting = new AtomicInteger();
    TestMethod method = TestMethod.of("Do", "is: ANY_USER");
    server.rpcs.waiting(
        method.grpc(),
        (caller, request) -> {
          if (request.getAllFields().isEmpty()) {
            waiting.incrementAndGet();
            return new Reply.After<>(
                event,
                () -> {
                  await(mayGo);
                  return method.response(CallContext.currentCaller().userId() + " waited");
                });
          }
          return new Reply.Now<>(method.response("now"));
        });
    server.channel();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // One after the other, since the limit has one place.
      Future<String> first = threads.submit(() -> server.call(ALICE, method, ""));
      eventually(() -> assertThat(waiting).hasValue(1));
      eventually(() -> assertThat(active()).isZero());
      Future<String> second = threads.submit(() -> server.call(ALICE, method, ""));
      eventually(() -> assertThat(waiting).hasValue(2));
      eventually(() -> assertThat(active()).isZero());
      assertThat(server.call(ALICE, method, "number: 1")).isEqualTo("now");
      eventually(() -> assertThat(active()).isZero());
      event.complete(null);
      eventually(() -> assertThat(first.isDone() || second.isDone()).isTrue());
      mayGo.countDown();
      assertThat(List.of(first.get(10, TimeUnit.SECONDS), second.get(10, TimeUnit.SECONDS)))
          .containsExactlyInAnyOrder("alice waited", "429 ");
    }
    eventually(() -> assertThat(active()).isZero());
  }

  private double active() {
    return server.meters.get("limit_active").tag("limit", "test.Things").gauge().value();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCallWithoutAnOperationIdIsRefusedBeforeTheLimit() throws Exception {
    TestMethod method = serve("is: ANONYMOUS");
    var bare = InProcessServerBuilder.forName("bare").addService(server.rpcs.services().getFirst());
    var running = bare.build().start();
    var channel = InProcessChannelBuilder.forName("bare").build();
    try {
      assertThatThrownBy(() ->
              ClientCalls.blockingUnaryCall(
                  channel,
                  method.grpc(),
                  io.grpc.CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                  method.request("")))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              refused ->
                  assertThat(refused.getStatus().getCode())
                      .isEqualTo(Status.Code.INVALID_ARGUMENT));
      assertThat(steps).isEmpty();
    } finally {
      channel.shutdownNow();
      running.shutdownNow();
    }
  }
}
