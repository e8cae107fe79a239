package im.hongyan.kit.rpc;

import static im.hongyan.kit.rpc.RpcServer.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DynamicMessage;
import im.hongyan.kit.rpc.ParallelCalls.CallResult;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Proves that calls go on at once, and that each has its own outcome at its own place. */
class ParallelCallsTest {
  @AutoClose private final RpcServer server = new RpcServer();

  @Test
  void eachCallHasItsOutcomeWhileOthersGoOn() throws Exception {
    TestMethod method = TestMethod.of("Echo", "is: ANY_USER");
    CountDownLatch all = new CountDownLatch(3);
    server.rpcs.add(rows ->
        rows.unary(
            method.grpc(),
            (caller, request) -> {
              all.countDown();
              if (!await(all)) {
                throw new IllegalStateException("one after the other");
              }
              String text =
                  (String) request.getField(request.getDescriptorForType().findFieldByName("text"));
              if (text.equals("b")) {
                throw ImError.BLOCKED_BY_PEER.with("of " + caller.userId());
              }
              return method.response(text);
            }));
    List<CallResult<DynamicMessage>> outcomes =
        ALICE.call(() ->
            ParallelCalls.call(
                server.channel(),
                method.grpc(),
                List.of(
                    method.request("text: 'a'"),
                    method.request("text: 'b'"),
                    method.request("text: 'c'"))));
    assertThat(outcomes).hasSize(3);
    assertThat(method.text(Objects.requireNonNull(outcomes.get(0).answer()))).isEqualTo("a");
    assertThat(outcomes.get(1).answer()).isNull();
    ImException refused = Objects.requireNonNull(outcomes.get(1).failure());
    assertThat(refused.code() + " " + refused.detail()).isEqualTo("1302 of alice");
    assertThat(method.text(Objects.requireNonNull(outcomes.get(2).answer()))).isEqualTo("c");
    assertThat(outcomes.get(2).failure()).isNull();
  }

  private static boolean await(CountDownLatch all) {
    try {
      return all.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void nothingIsCalledForNoRequest() throws Exception {
    TestMethod method = TestMethod.of("Echo", "is: ANY_USER");
    assertThat(ALICE.call(() -> ParallelCalls.call(server.channel(), method.grpc(), List.of())))
        .isEmpty();
  }
}
