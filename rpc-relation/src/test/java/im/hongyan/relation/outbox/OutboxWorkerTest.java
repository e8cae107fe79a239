package im.hongyan.relation.outbox;

import static im.hongyan.relation.outbox.Notes.note;
import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that workers bring what waits to rpc-msg, over gRPC, and that a slow one delays no other.
 */
class OutboxWorkerTest {
  private final FakeOutboxStore store = new FakeOutboxStore();
  private final InProcessLocator locator = new InProcessLocator("relation");
  private final FakeMsg msg = new FakeMsg();
  private OutboxWorker worker;

  /** rpc-msg, as far as the worker asks it. */
  private static final class FakeMsg extends msgGrpc.msgImplBase {
    private final Collection<String> sent = new ConcurrentLinkedQueue<>();
    private final Collection<String> refusals = new ConcurrentLinkedQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @Override
    public void sendMsg(SendMsgReq request, StreamObserver<SendMsgResp> reply) {
      Unary.reply(
          reply,
          () -> {
            String text = Notes.text(request.getMsgData());
            CallContext by = CallContext.current();
            if (!by.service() || !by.operationId().equals("op")) {
              throw ImError.NO_PERMISSION.with("not as a service");
            }
            if (text.equals("slow")) {
              await();
            }
            if (refusals.remove(text)) {
              throw ImError.INTERNAL.bare();
            }
            sent.add(text);
            return SendMsgResp.getDefaultInstance();
          });
    }

    private void await() {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static io.grpc.ServerServiceDefinition inContext(io.grpc.BindableService service) {
    return io.grpc.ServerInterceptors.intercept(
        service,
        new io.grpc.ServerInterceptor() {
          @Override
          public <A, B> io.grpc.ServerCall.Listener<A> interceptCall(
              io.grpc.ServerCall<A, B> call,
              io.grpc.Metadata headers,
              io.grpc.ServerCallHandler<A, B> next) {
            return io.grpc.Contexts.interceptCall(
                CallContext.readFrom(headers).toGrpc(), call, headers, next);
          }
        });
  }

  @BeforeEach
  void start() {
    locator.serve(ServiceName.MSG, List.of(inContext(msg)));
    worker =
        OutboxWorker.start(
            store,
            new RpcMessageSender(locator),
            InstantSource.system(),
            Duration.ofHours(1),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() {
    msg.release.countDown();
    worker.close();
    locator.close();
  }

  private void write(String conversation, String... texts) {
    for (String text : texts) {
      store.append(List.of(note(conversation, text, 0)));
    }
    worker.wake();
  }

  @Test
  void everythingArrivesAndAFailureIsRepeated() {
    msg.refusals.add("2");
    write("n_a", "1", "2", "3");
    eventually(() -> assertThat(msg.sent).containsExactly("1", "2", "3"));
    eventually(() -> assertThat(store.waiting("n_a", 1)).isEmpty());
  }

  @Test
  void aSlowConversationDelaysNoOther() {
    write("n_slow", "slow", "behind");
    for (int i = 0; i < 50; i++) {
      write("n_" + i, "quick");
    }
    eventually(() -> assertThat(msg.sent).hasSize(50).containsOnly("quick"));
    msg.release.countDown();
    eventually(() -> assertThat(msg.sent).endsWith("slow", "behind"));
  }

  @Test
  void whatWasWrittenByAProcessThatDiedIsFoundWithoutBeingTold() {
    store.append(List.of(note("n_a", "1", 0)));
    eventually(() -> assertThat(msg.sent).containsExactly("1"));
  }
}
