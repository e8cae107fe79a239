package im.hongyan.msg.send;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.logging.RareLog;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.wire.bounds.RequestProtobuf;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the sends of gateways as streams; each is checked on a virtual thread of its own. So many
 * and so many bytes of them are taken at once, over all streams, from their arrival to their
 * outcome; more are answered with 429. A gateway that does not read its outcomes loses its stream.
 */
public final class StreamedSends extends SendingGrpc.SendingImplBase implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(StreamedSends.class);
  private static final int MAX_WAITING = 100_000;

  private final Sends sends;
  private final Set<String> adminIds;
  private final RareLog lines = new RareLog();
  private final SendLimit limit;

  /**
   * Creates the feature.
   *
   * @param adminIds since the stream's caller is a gateway, and each send has one of its own
   * @param limit sends at once
   */
  public StreamedSends(Sends sends, Set<String> adminIds, SendLimit limit) {
    this.sends = sends;
    this.limit = limit;
    this.adminIds = Set.copyOf(adminIds);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.streaming(this);
  }

  @Override
  public StreamObserver<SendBatch> send(StreamObserver<SendOutcomes> reply) {
    BatchWriter<SendOutcome, SendOutcomes> outcomes =
        new BatchWriter<>(
            reply, MAX_WAITING, batch -> SendOutcomes.newBuilder().addAllOutcomes(batch).build());
    return new StreamObserver<>() {
      @Override
      public void onNext(SendBatch batch) {
        for (SendRequest request : batch.getRequestsList()) {
          begin(request, outcomes);
        }
      }

      @Override
      public void onError(Throwable ended) {
        outcomes.close();
      }

      @Override
      public void onCompleted() {
        outcomes.close();
        reply.onCompleted();
      }
    };
  }

  private void begin(SendRequest request, BatchWriter<SendOutcome, SendOutcomes> outcomes) {
    if (outcomes.isClosed()) {
      return;
    }
    if (limit.enter(request.getMessage().size())) {
      Thread.startVirtualThread(() -> handle(request, outcomes));
    } else {
      write(failure(request, ImError.TOO_MANY_REQUESTS.bare()), outcomes);
    }
  }

  /** Writes the outcome of a send that was taken. */
  private void finish(
      SendRequest request, SendOutcome outcome, BatchWriter<SendOutcome, SendOutcomes> outcomes) {
    limit.leave(request.getMessage().size());
    write(outcome, outcomes);
  }

  /** Its senders get 500 when the stream ends, and their resends the same ids. */
  private static void write(SendOutcome outcome, BatchWriter<SendOutcome, SendOutcomes> outcomes) {
    if (!outcomes.write(outcome) && !outcomes.isClosed()) {
      LOG.warn("a gateway does not take the outcomes of its sends; its stream is ended");
      outcomes.end(
          Status.UNAVAILABLE.withDescription("outcomes are not taken").asRuntimeException());
    }
  }

  private void handle(SendRequest request, BatchWriter<SendOutcome, SendOutcomes> outcomes) {
    CallContext context =
        CallContext.user(
            request.getOperationId(),
            request.getUserId(),
            Platform.labelOf(request.getPlatformId()),
            request.getConnId());
    context
        .toGrpc()
        .run(() -> {
          try {
            sends
                .send(
                    context.caller(adminIds),
                    RequestProtobuf.read(request.getMessage(), MsgData.getDefaultInstance()))
                .whenComplete((answer, failure) ->
                    finish(
                        request,
                        failure == null
                            ? success(request, answer)
                            : failure(request, logged(request, Sends.coded(failure))),
                        outcomes));
          } catch (RuntimeException e) {
            finish(request, failure(request, RpcErrors.logged(e)), outcomes);
          }
        });
  }

  /** One line a minute where the log takes nothing, since then every send fails. */
  private ImException logged(SendRequest request, ImException failure) {
    if (failure.is(ImError.INTERNAL) && lines.due(System.nanoTime())) {
      LOG.warn(
          "sends fail, such as operation {}: {}",
          request.getOperationId(),
          RpcErrors.forOperator(failure));
    }
    return failure;
  }

  private static SendOutcome success(SendRequest request, SendMsgResp answer) {
    return SendOutcome.newBuilder()
        .setId(request.getId())
        .setResponse(answer.toByteString())
        .build();
  }

  private static SendOutcome failure(SendRequest request, ImException failure) {
    return SendOutcome.newBuilder()
        .setId(request.getId())
        .setErrorCode(failure.code())
        .setErrorText(failure.text())
        .setErrorDetail(failure.detail())
        .build();
  }
}
