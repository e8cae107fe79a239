package im.hongyan.kit.rpc;

import static im.hongyan.kit.rpc.RpcServer.ALICE;
import static im.hongyan.kit.rpc.RpcServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.call.CallContext;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.wire.authz.Caller;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves that a stream has its context, and its messages their rights, but no limit. */
class StreamCallHandlerTest {
  private final RpcServer server = new RpcServer(1);

  @AfterEach
  void close() {
    server.close();
  }

  /** Answers each batch with an empty one and notes who sent it. */
  private static final class Echo extends SendingGrpc.SendingImplBase {
    private final BlockingQueue<Caller> callers = new LinkedBlockingQueue<>();

    @Override
    public StreamObserver<SendBatch> send(StreamObserver<SendOutcomes> reply) {
      return new StreamObserver<>() {
        @Override
        public void onNext(SendBatch batch) {
          callers.add(CallContext.currentCaller());
          reply.onNext(SendOutcomes.getDefaultInstance());
        }

        @Override
        public void onError(Throwable gone) {
          // the test has ended
        }

        @Override
        public void onCompleted() {
          reply.onCompleted();
        }
      };
    }
  }

  /** What a stream answers, each as one text. */
  private static final class Answers implements StreamObserver<SendOutcomes> {
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    @Override
    public void onNext(SendOutcomes batch) {
      answers.add("batch");
    }

    @Override
    public void onError(Throwable failure) {
      var refused = RpcErrors.fromStatus((StatusRuntimeException) failure, "");
      answers.add(refused.code() + " " + refused.detail());
    }

    @Override
    public void onCompleted() {
      answers.add("end");
    }

    String next() throws InterruptedException {
      return String.valueOf(answers.poll(10, TimeUnit.SECONDS));
    }
  }

  private StreamObserver<SendBatch> open(CallContext as, Answers answers) {
    var stub = SendingGrpc.newStub(server.channel());
    return as.call(() -> stub.send(answers));
  }

  @Test
  void streamsPassWithoutALimitAndKnowTheirCaller() throws Exception {
    Echo echo = new Echo();
    server.rpcs.streaming(echo);
    Answers one = new Answers();
    Answers two = new Answers();
    StreamObserver<SendBatch> first = open(SERVICE, one);
    StreamObserver<SendBatch> second = open(SERVICE, two);
    for (int i = 0; i < 2; i++) {
      first.onNext(SendBatch.getDefaultInstance());
      second.onNext(SendBatch.getDefaultInstance());
      assertThat(one.next()).isEqualTo("batch");
      assertThat(two.next()).isEqualTo("batch");
    }
    assertThat(echo.callers).containsOnly(Caller.SERVICE);
    first.onCompleted();
    assertThat(one.next()).isEqualTo("end");
    assertThat(count("0")).isEqualTo(1);
  }

  @Test
  void aMessageOfSomebodyWhoMayNotSendItEndsTheStream() throws Exception {
    Echo echo = new Echo();
    server.rpcs.streaming(echo);
    Answers answers = new Answers();
    StreamObserver<SendBatch> stream = open(ALICE, answers);
    stream.onNext(SendBatch.getDefaultInstance());
    assertThat(answers.next()).isEqualTo("1002 internal method");
    assertThat(echo.callers).isEmpty();
    assertThat(count("1002")).isEqualTo(1);
  }

  private double count(String code) {
    return server
        .meters
        .get("rpc_count")
        .tags("name", "hongyan.sending.Sending", "path", "hongyan.sending.Sending/Send")
        .tag("code", code)
        .counter()
        .count();
  }
}
