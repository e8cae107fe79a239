package im.hongyan.kit.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.discovery.FakeRegistry;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.NetworkLocator;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.testkit.Eventually;
import io.grpc.Context;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Proves on both transports and in both directions that a reader which takes nothing stops the
 * writer before much piles up, that nothing accepted is lost once it reads again, and that a reader
 * which never does ends the stream.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BatchWriterTest {
  private static final int WAITING = 50;
  private static final ByteString BODY = ByteString.copyFrom(new byte[20_000]);

  /** More would pile up than sockets, windows and one batch hold. */
  private static final int MOST_ITEMS = 1_000;

  /** So many refusals in a row say that the writer itself waits. */
  private static final int REFUSALS = 300;

  enum Transport {
    IN_PROCESS {
      @Override
      ServiceLocator open() {
        return new InProcessLocator("node");
      }
    },
    TCP {
      @Override
      ServiceLocator open() {
        return new NetworkLocator(
            "node",
            new RpcConfig("127.0.0.1", 0, "127.0.0.1", 4 << 20),
            new Secret("s"),
            new FakeRegistry().join());
      }
    };

    abstract ServiceLocator open();
  }

  private final BlockingQueue<ServerCallStreamObserver<SendOutcomes>> opened =
      new LinkedBlockingQueue<>();
  private final Queue<Long> received = new ConcurrentLinkedQueue<>();
  private final AtomicInteger written = new AtomicInteger();
  private final CompletableFuture<Integer> filled = new CompletableFuture<>();
  private ServiceLocator locator = new InProcessLocator("unused");

  @AfterEach
  void stop() {
    locator.close();
  }

  private SendingGrpc.SendingStub serve(Transport transport) {
    locator.close();
    locator = transport.open();
    locator.serve(ServiceName.MSG, List.of(new Hesitant().bindService()));
    return SendingGrpc.newStub(locator.channel(ServiceName.MSG));
  }

  /** Reads only what it is asked for. */
  private final class Hesitant extends SendingGrpc.SendingImplBase {
    @Override
    public StreamObserver<SendBatch> send(StreamObserver<SendOutcomes> reply) {
      var call = (ServerCallStreamObserver<SendOutcomes>) reply;
      call.disableAutoRequest();
      call.setOnCancelHandler(() -> {});
      BatchWriter<SendOutcome, SendOutcomes> writer = outcomes(call);
      opened.add(call);
      return new StreamObserver<>() {
        @Override
        public void onNext(SendBatch batch) {
          batch.getRequestsList().forEach(request -> received.add(request.getId()));
          if (batch.getRequests(0).getUserId().equals("answer")) {
            Thread.startVirtualThread(() -> fill(writer, BatchWriterTest::outcome));
          }
        }

        @Override
        public void onError(Throwable gone) {
          writer.close();
        }

        @Override
        public void onCompleted() {
          writer.close();
        }
      };
    }
  }

  private BatchWriter<SendOutcome, SendOutcomes> outcomes(StreamObserver<SendOutcomes> stream) {
    return new BatchWriter<>(
        stream,
        WAITING,
        batch -> {
          written.addAndGet(batch.size());
          return SendOutcomes.newBuilder().addAllOutcomes(batch).build();
        });
  }

  private BatchWriter<SendRequest, SendBatch> requests(
      StreamObserver<SendBatch> stream, Duration stalled) {
    return new BatchWriter<>(
        stream,
        WAITING,
        batch -> {
          written.addAndGet(batch.size());
          return SendBatch.newBuilder().addAllRequests(batch).build();
        },
        stalled);
  }

  private static SendRequest request(long id) {
    return SendRequest.newBuilder().setId(id).setMessage(BODY).build();
  }

  private static SendOutcome outcome(long id) {
    return SendOutcome.newBuilder().setId(id).setResponse(BODY).build();
  }

  /** Writes until nothing more is taken, or far too much was; how many were taken. */
  private <T extends com.google.protobuf.MessageLite> int fill(
      BatchWriter<T, ?> writer, java.util.function.LongFunction<T> item) {
    int taken = 0;
    int refused = 0;
    while (refused < REFUSALS && taken < 10 * MOST_ITEMS) {
      if (writer.write(item.apply(taken))) {
        taken++;
        refused = 0;
      } else {
        refused++;
        LockSupport.parkNanos(1_000_000);
      }
    }
    filled.complete(taken);
    return taken;
  }

  private static StreamObserver<SendBatch> open(
      SendingGrpc.SendingStub stub, StreamObserver<SendOutcomes> replies) {
    Context context = CallContext.service("test").toGrpc();
    Context previous = context.attach();
    try {
      return stub.send(replies);
    } finally {
      context.detach(previous);
    }
  }

  /** What would never be written is refused, also what came while the stream ended. */
  @Test
  void nothingIsTakenOnceTheStreamHasEnded() {
    StreamObserver<SendBatch> ended =
        new StreamObserver<>() {
          @Override
          public void onNext(SendBatch batch) {
            throw new IllegalStateException("the stream has ended");
          }

          @Override
          public void onError(Throwable failure) {}

          @Override
          public void onCompleted() {}
        };
    try (var writer = requests(ended, BatchWriter.STALLED)) {
      Eventually.eventually(() -> assertThat(writer.write(request(1))).isFalse());
    }
    var closed = requests(ended, BatchWriter.STALLED);
    closed.close();
    Eventually.eventually(() -> assertThat(closed.write(request(1))).isFalse());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientWaitsForAServiceThatDoesNotRead(Transport transport) throws Exception {
    StreamObserver<SendBatch> stream = open(serve(transport), new Ignoring());
    try (var writer = requests(stream, BatchWriter.STALLED)) {
      int taken = fill(writer, BatchWriterTest::request);
      assertThat(taken).isBetween(WAITING, MOST_ITEMS);
      opened.take().request(Integer.MAX_VALUE);
      await(() -> received.size() == taken);
      assertThat(List.copyOf(received)).isSorted().doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aServiceWaitsForAClientThatDoesNotRead(Transport transport) throws Exception {
    Reluctant replies = new Reluctant();
    StreamObserver<SendBatch> stream = open(serve(transport), replies);
    opened.take().request(1);
    stream.onNext(
        SendBatch.newBuilder().addRequests(SendRequest.newBuilder().setUserId("answer")).build());
    int taken = filled.get();
    assertThat(taken).isBetween(WAITING, MOST_ITEMS);
    replies.stream.get().request(Integer.MAX_VALUE);
    await(() -> replies.ids.size() == taken);
    assertThat(List.copyOf(replies.ids)).isSorted().doesNotHaveDuplicates();
    stream.onError(new IllegalStateException("end of the test"));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aReaderThatNeverReadsEndsTheStream(Transport transport) throws Exception {
    Ignoring replies = new Ignoring();
    StreamObserver<SendBatch> stream = open(serve(transport), replies);
    try (var writer = requests(stream, Duration.ofMillis(50))) {
      fill(writer, BatchWriterTest::request);
      assertThat(replies.ended.get()).isNotNull();
      assertThat(written.get()).isLessThan(MOST_ITEMS);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    Eventually.eventually(() -> assertThat(condition.getAsBoolean()).isTrue());
  }

  private static class Ignoring implements StreamObserver<SendOutcomes> {
    final CompletableFuture<Throwable> ended = new CompletableFuture<>();

    @Override
    public void onNext(SendOutcomes outcomes) {}

    @Override
    public void onError(Throwable failure) {
      ended.complete(failure);
    }

    @Override
    public void onCompleted() {
      ended.complete(new IllegalStateException("completed"));
    }
  }

  private static final class Reluctant extends Ignoring
      implements ClientResponseObserver<SendBatch, SendOutcomes> {
    final Queue<Long> ids = new ConcurrentLinkedQueue<>();
    final CompletableFuture<ClientCallStreamObserver<SendBatch>> stream = new CompletableFuture<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<SendBatch> call) {
      call.disableAutoRequestWithInitial(0);
      stream.complete(call);
    }

    @Override
    public void onNext(SendOutcomes outcomes) {
      outcomes.getOutcomesList().forEach(outcome -> ids.add(outcome.getId()));
    }
  }
}
