package im.hongyan.gatewayws.request;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of sends to rpc-msg. Every request gets exactly one outcome: a reply, 500 when the
 * stream ends, or 500 after nine seconds. Safe for use by several threads; its creator closes it.
 */
public final class SendStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SendStream.class);
  private static final int MAX_WAITING = 100_000;
  private static final long GIVE_UP_MILLIS = 9_000;
  private static final Duration GIVE_UP_EVERY = Duration.ofMillis(500);
  private static final String OPERATION = "send-stream";

  private final ServiceLocator locator;
  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentMap<Long, Waiting> waiting = new ConcurrentHashMap<>();
  private final Periodic timeouts;
  private @Nullable BatchWriter<SendRequest, SendBatch> writer;
  private long stream;
  private long lastEnded;
  private ImException reason = noAnswer();

  private record Waiting(long stream, long deadlineNanos, Consumer<SendOutcome> outcome) {}

  /** Opens the stream with the first send. */
  public SendStream(ServiceLocator locator) {
    this.locator = locator;
    timeouts = Periodic.every(GIVE_UP_EVERY, "send-timeouts", this::giveUp);
  }

  /** Sends a request; the id is set here. */
  public void send(SendRequest.Builder request, Consumer<SendOutcome> outcome) {
    long id = ids.incrementAndGet();
    long deadlineNanos = System.nanoTime() + GIVE_UP_MILLIS * 1_000_000;
    @Nullable BatchWriter<SendRequest, SendBatch> current;
    ImException away;
    synchronized (this) {
      current = writer == null ? open() : writer;
      away = reason;
      // Under the lock, so that the end of this stream finds the request.
      waiting.put(id, new Waiting(stream, deadlineNanos, outcome));
    }
    if (current == null) {
      finish(failure(id, away));
    } else if (!current.write(request.setId(id).build())) {
      finish(failure(id, ImError.INTERNAL.with("too many sends wait")));
    }
  }

  /** Opens a stream; null when it ended at once, which a channel may report before it returns. */
  private @Nullable BatchWriter<SendRequest, SendBatch> open() {
    Context service = CallContext.service(OPERATION).toGrpc();
    Context previous = service.attach();
    try {
      BatchWriter<SendRequest, SendBatch> opened = connect(++stream);
      if (lastEnded == stream) {
        opened.close();
        return null;
      }
      writer = opened;
      return opened;
    } finally {
      service.detach(previous);
    }
  }

  private BatchWriter<SendRequest, SendBatch> connect(long number) {
    StreamObserver<SendBatch> requests =
        SendingGrpc.newStub(locator.channel(ServiceName.MSG))
            .send(
                new StreamObserver<>() {
                  @Override
                  public void onNext(SendOutcomes outcomes) {
                    outcomes.getOutcomesList().forEach(SendStream.this::finish);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    LOG.warn("stream of sends ended: {}", failure.toString());
                    ended(number, away(failure));
                  }

                  @Override
                  public void onCompleted() {
                    ended(number, noAnswer());
                  }
                });
    return new BatchWriter<>(
        requests, MAX_WAITING, batch -> SendBatch.newBuilder().addAllRequests(batch).build());
  }

  private void ended(long number, ImException why) {
    synchronized (this) {
      lastEnded = Math.max(lastEnded, number);
      reason = why;
      if (writer != null && stream == number) {
        writer.close();
        writer = null;
      }
    }
    waiting.forEach((id, waited) -> {
      if (waited.stream() == number) {
        finish(failure(id, why));
      }
    });
  }

  private void finish(SendOutcome outcome) {
    Waiting waited = waiting.remove(outcome.getId());
    if (waited != null) {
      waited.outcome().accept(outcome);
    }
  }

  private void giveUp() {
    long now = System.nanoTime();
    waiting.forEach((id, waited) -> {
      if (now - waited.deadlineNanos() > 0) {
        finish(failure(id, ImError.INTERNAL.with("no answer in time")));
      }
    });
  }

  private static ImException noAnswer() {
    return ImError.INTERNAL.with("rpc-msg does not answer");
  }

  /** Clients get the same answer as for their other requests. */
  private static ImException away(Throwable failure) {
    return failure instanceof StatusRuntimeException status
        ? RpcErrors.fromStatus(status, msgGrpc.SERVICE_NAME)
        : RpcErrors.coded(failure);
  }

  private static SendOutcome failure(long id, ImException why) {
    return SendOutcome.newBuilder()
        .setId(id)
        .setErrorCode(why.code())
        .setErrorText(why.text())
        .setErrorDetail(why.detail())
        .build();
  }

  @Override
  public void close() {
    timeouts.close();
    long last;
    synchronized (this) {
      last = stream;
    }
    ended(last, noAnswer());
  }
}
