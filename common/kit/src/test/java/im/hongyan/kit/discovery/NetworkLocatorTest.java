package im.hongyan.kit.discovery;

import static im.hongyan.kit.discovery.Services.SECRET;
import static im.hongyan.kit.discovery.Services.answering;
import static im.hongyan.kit.discovery.Services.ask;
import static im.hongyan.kit.discovery.Services.await;
import static im.hongyan.kit.discovery.Services.config;
import static im.hongyan.kit.discovery.Services.process;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.call.CallContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Proves how processes find and call each other over real sockets. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class NetworkLocatorTest {
  private final FakeRegistry registry = new FakeRegistry();

  @Test
  void contextAndCodedErrorsHoldAnyLetter() {
    try (NetworkLocator server = process("server", registry);
        NetworkLocator client = process("client", registry)) {
      server.serve(
          ServiceName.AUTH,
          List.of(
              answering(text -> {
                CallContext context = CallContext.current();
                if (text.equals("refuse")) {
                  throw new ImException(1402, "нельзя", "雁 " + context.userId(), null);
                }
                return context.operationId() + "|" + context.userId() + "|" + text;
              })));
      Channel channel = client.channel(ServiceName.AUTH);
      assertThat(ask(channel, "用户é%/ +", "鸿雁")).isEqualTo("op-用户é%/ +|用户é%/ +|鸿雁");
      assertThatThrownBy(() -> ask(channel, "用户", "refuse"))
          .isInstanceOfSatisfying(
              ImException.class,
              e -> {
                assertThat(e.code()).isEqualTo(1402);
                assertThat(e.text()).isEqualTo("нельзя");
                assertThat(e.detail()).isEqualTo("雁 用户");
              });
    }
  }

  @Test
  void instancesTakeTurnsAndSeveralServicesShareAPort() {
    try (NetworkLocator one = process("one", registry);
        NetworkLocator two = process("two", registry);
        NetworkLocator client = process("client", registry)) {
      one.serve(ServiceName.AUTH, List.of(answering(text -> "one")));
      int port = one.port().orElseThrow();
      one.serve(ServiceName.MSG, List.of());
      two.serve(ServiceName.AUTH, List.of(answering(text -> "two")));
      assertThat(one.port()).hasValue(port);
      Channel channel = client.channel(ServiceName.AUTH);
      Set<String> seen = new HashSet<>();
      await(
          "both answer",
          () -> {
            seen.add(ask(channel, "u", ""));
            return seen.equals(Set.of("one", "two"));
          });
      Map<String, Channel> nodes = client.nodes(ServiceName.AUTH);
      assertThat(nodes).containsOnlyKeys("one", "two");
      nodes.forEach((node, direct) -> assertThat(ask(direct, "u", "")).isEqualTo(node));
      assertThat(client.nodes(ServiceName.MSG)).containsOnlyKeys("one");
    }
  }

  @Test
  void anAbsentServiceIsRefusedByName() {
    try (NetworkLocator client = process("client", registry)) {
      Channel any = client.channel(ServiceName.AUTH);
      assertThatThrownBy(() -> ask(any, "u", ""))
          .isInstanceOfSatisfying(
              ImException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ImError.INTERNAL.code());
                assertThat(e.text()).contains("no instance of auth is registered");
              });
    }
  }

  @Test
  void aNodeThatLeavesComesBackUnderTheSameChannel() {
    try (NetworkLocator client = process("client", registry)) {
      Channel any = client.channel(ServiceName.AUTH);
      Channel direct;
      try (NetworkLocator first = process("node", registry)) {
        first.serve(ServiceName.AUTH, List.of(answering(text -> "first")));
        direct = client.nodes(ServiceName.AUTH).values().iterator().next();
        assertThat(ask(direct, "u", "")).isEqualTo("first");
        assertThat(ask(any, "u", "")).isEqualTo("first");
      }
      assertThat(client.nodes(ServiceName.AUTH)).isEmpty();
      assertThatThrownBy(() -> ask(direct, "u", "")).isInstanceOf(ImException.class);
      try (NetworkLocator second = process("node", registry)) {
        second.serve(ServiceName.AUTH, List.of(answering(text -> "second")));
        await("the node answers again", () -> answers(direct) && answers(any));
        assertThat(ask(direct, "u", "")).isEqualTo("second");
      }
    }
  }

  private static boolean answers(Channel channel) {
    try {
      ask(channel, "u", "");
      return true;
    } catch (ImException e) {
      return false;
    }
  }

  @Test
  void aCallWaitsForARegisteredInstanceThatIsNotReachableYet() throws Exception {
    try (NetworkLocator client = process("client", registry)) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      int port;
      try (ServerSocket refusing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = refusing.getLocalPort();
        registry.put(ServiceName.AUTH, new Instance("late", "127.0.0.1", port));
        Channel channel = client.channel(ServiceName.AUTH);
        Thread.ofVirtual()
            .start(() -> {
              try {
                answer.complete(ask(channel, "u", ""));
              } catch (ImException e) {
                answer.completeExceptionally(e);
              }
            });
        refusing.accept().close();
      }
      try (NetworkLocator late =
          new NetworkLocator("late", config(port), SECRET, registry.join())) {
        late.serve(ServiceName.AUTH, List.of(answering(text -> "late")));
        assertThat(answer.get()).isEqualTo("late");
      }
    }
  }

  @Test
  void theDeadlineTravels() throws InterruptedException {
    try (NetworkLocator server = process("server", registry);
        NetworkLocator client = process("client", registry)) {
      CountDownLatch cancelled = new CountDownLatch(1);
      server.serve(
          ServiceName.AUTH,
          List.of(
              answering(text -> {
                Context context = Context.current();
                assertThat(context.getDeadline()).isNotNull();
                context.addListener(ended -> cancelled.countDown(), Runnable::run);
                awaitQuietly(cancelled);
                return "too late";
              })));
      Channel channel = client.channel(ServiceName.AUTH);
      Context context = CallContext.user("op", "u", "", "").toGrpc();
      Context previous = context.attach();
      try {
        assertThatThrownBy(() ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    AuthGrpc.getParseTokenMethod(),
                    CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS),
                    Services.request("")))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
      } finally {
        context.detach(previous);
      }
      cancelled.await();
    }
  }

  @Test
  void aWithdrawnProcessAnswersWhatItHasTaken() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (NetworkLocator server = process("server", registry);
        NetworkLocator client = process("client", registry)) {
      server.serve(
          ServiceName.AUTH,
          List.of(
              answering(text -> {
                taken.countDown();
                awaitQuietly(go);
                return "answered";
              })));
      Channel channel = client.channel(ServiceName.AUTH);
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(() -> ask(channel, "u", ""), Thread::startVirtualThread);
      taken.await();
      Thread withdrawing = Thread.startVirtualThread(server::withdraw);
      await("it is no longer found", () -> client.nodes(ServiceName.AUTH).isEmpty());
      assertThat(answer).isNotDone();
      go.countDown();
      assertThat(answer.get()).isEqualTo("answered");
      withdrawing.join();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aPortThatIsTakenIsNamedInOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        NetworkLocator server =
            new NetworkLocator("server", config(taken.getLocalPort()), SECRET, registry.join())) {
      assertThatThrownBy(() -> server.serve(ServiceName.AUTH, List.of()))
          .hasMessageStartingWith(
              "cannot listen on rpc.listen 127.0.0.1, rpc.port " + taken.getLocalPort());
    }
  }
}
