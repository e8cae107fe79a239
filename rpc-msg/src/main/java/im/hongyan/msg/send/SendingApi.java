package im.hongyan.msg.send;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.proto.sending.SendingProto;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionException;

/** Takes the sends of a gateway as a stream; each is checked on a virtual thread of its own. */
public final class SendingApi extends SendingGrpc.SendingImplBase {
  private static final int MAX_WAITING = 100_000;

  private final SendService sends;

  /** Creates the endpoint. */
  public SendingApi(SendService sends) {
    this.sends = sends;
  }

  /** Only gateways. */
  public static AuthorisationTable access() {
    var service = SendingProto.getDescriptor().findServiceByName("Sending");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Send", Access.internal())
        .build();
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
          Thread.startVirtualThread(() -> handle(request, outcomes));
        }
      }

      @Override
      public void onError(Throwable gone) {
        outcomes.close();
      }

      @Override
      public void onCompleted() {
        outcomes.close();
        reply.onCompleted();
      }
    };
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
                .send(MsgData.parseFrom(request.getMessage()))
                .whenComplete((answer, failure) ->
                    outcomes.write(
                        failure == null
                            ? success(request, answer)
                            : failure(request, unwrap(failure))));
          } catch (InvalidProtocolBufferException e) {
            outcomes.write(failure(request, ImException.internal("not a message")));
          } catch (RuntimeException e) {
            outcomes.write(failure(request, Unary.logged(e)));
          }
        });
  }

  private static ImException unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return RpcErrors.coded(
        failure instanceof CompletionException && cause != null ? cause : failure);
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
