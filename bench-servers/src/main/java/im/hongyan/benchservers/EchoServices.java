package im.hongyan.benchservers;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.BatchWriter;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.catchup.NewestAnswer;
import im.hongyan.proto.delivery.DeliveryBatch;
import im.hongyan.proto.delivery.DeliveryGrpc;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.ConnectRequest;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.token.TokenHash;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The services behind a gateway that is measured by itself: every token is good, every message is
 * accepted at once, numbered in memory and pushed to its receivers; nothing is stored. Safe for use
 * by several threads.
 */
final class EchoServices implements AutoCloseable {
  private static final int MAX_WAITING = 100_000;

  private final ServiceLocator locator;
  private final ConcurrentMap<String, List<String>> groups;
  private final ConcurrentMap<String, AtomicLong> seqs = new ConcurrentHashMap<>();
  private final AtomicLong epochs = new AtomicLong();
  private final Object pushing = new Object();
  private long offset;
  private @org.jspecify.annotations.Nullable BatchWriter<Push, DeliveryBatch> pushes;

  /** Pushes go to the gateways that the locator finds. */
  EchoServices(ServiceLocator locator, ConcurrentMap<String, List<String>> groups) {
    this.locator = locator;
    this.groups = groups;
  }

  /** A token that the echo of rpc-auth takes. */
  static String token(String userId, int platformId) {
    return userId + " " + platformId;
  }

  /** The part of rpc-auth. */
  void registerAuth(Rpcs rpcs) {
    rpcs.unary(LoginsGrpc.getConnectMethod(), this::connect);
  }

  /** The part of rpc-msg. */
  void registerMsg(Rpcs rpcs) {
    rpcs.unary(
        msgGrpc.getGetMaxSeqMethod(), (caller, request) -> GetMaxSeqResp.getDefaultInstance());
    rpcs.unary(
        CatchUpGrpc.getNewestMethod(), (caller, request) -> NewestAnswer.getDefaultInstance());
    rpcs.streaming(
        new SendingGrpc.SendingImplBase() {
          @Override
          public StreamObserver<SendBatch> send(StreamObserver<SendOutcomes> reply) {
            return new Sends(reply);
          }
        });
  }

  private ConnectAnswer connect(Caller caller, ConnectRequest request) {
    String[] parts = request.getToken().split(" ", -1);
    if (parts.length != 2) {
      throw ImError.TOKEN_MALFORMED.bare();
    }
    return ConnectAnswer.newBuilder()
        .setUserId(parts[0])
        .setPlatformId(Integer.parseInt(parts[1]))
        .setTokenHash(TokenHash.of(request.getToken()))
        .setEpoch(epochs.incrementAndGet())
        .build();
  }

  /** One stream of sends. */
  private final class Sends implements StreamObserver<SendBatch> {
    private final StreamObserver<SendOutcomes> reply;
    private final BatchWriter<SendOutcome, SendOutcomes> outcomes;

    Sends(StreamObserver<SendOutcomes> reply) {
      this.reply = reply;
      outcomes =
          new BatchWriter<>(
              reply, MAX_WAITING, batch -> SendOutcomes.newBuilder().addAllOutcomes(batch).build());
    }

    @Override
    public void onNext(SendBatch batch) {
      batch
          .getRequestsList()
          .forEach(request -> {
            boolean _ = outcomes.write(accept(request));
          });
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
  }

  private SendOutcome accept(SendRequest request) {
    try {
      MsgData message = MsgData.parseFrom(request.getMessage());
      String serverId = "s" + request.getId();
      push(request.getOperationId(), message.toBuilder().setServerMsgID(serverId));
      return SendOutcome.newBuilder()
          .setId(request.getId())
          .setResponse(
              SendMsgResp.newBuilder()
                  .setServerMsgID(serverId)
                  .setClientMsgID(message.getClientMsgID())
                  .setSendTime(System.currentTimeMillis())
                  .build()
                  .toByteString())
          .build();
    } catch (InvalidProtocolBufferException | ImException e) {
      return SendOutcome.newBuilder()
          .setId(request.getId())
          .setErrorCode(ImError.ARGS.code())
          .setErrorText(String.valueOf(e.getMessage()))
          .build();
    }
  }

  private void push(String operationId, MsgData.Builder message) {
    SessionType type = SessionType.of(message.getSessionType());
    String conversation =
        ConversationId.chat(type, message.getSendID(), message.getRecvID(), message.getGroupID())
            .value();
    List<String> recipients =
        type.isGroup()
            ? groups.getOrDefault(message.getGroupID(), List.of())
            : List.of(message.getRecvID(), message.getSendID());
    synchronized (pushing) {
      long seq = seqs.computeIfAbsent(conversation, c -> new AtomicLong()).incrementAndGet();
      boolean _ =
          writer()
              .write(
                  Push.newBuilder()
                      .setOffset(++offset)
                      .setOperationId(operationId)
                      .addAllRecipients(recipients)
                      .addCopies(
                          PushedCopy.newBuilder()
                              .setConversationId(conversation)
                              .setSeq(seq)
                              .setMessage(message.setSeq(seq).build().toByteString()))
                      .build());
    }
  }

  private BatchWriter<Push, DeliveryBatch> writer() {
    if (pushes == null) {
      Context service = CallContext.service("echo").toGrpc();
      Context previous = service.attach();
      try {
        StreamObserver<DeliveryBatch> stream =
            DeliveryGrpc.newStub(locator.channel(ServiceName.GATEWAY_WS)).deliver(new Reports());
        pushes =
            new BatchWriter<>(
                stream,
                MAX_WAITING,
                batch -> DeliveryBatch.newBuilder().addAllPushes(batch).build());
      } finally {
        service.detach(previous);
      }
    }
    return pushes;
  }

  /** Nobody asks what became of a push. */
  private static final class Reports implements StreamObserver<DeliveryReport> {
    @Override
    public void onNext(DeliveryReport report) {}

    @Override
    public void onError(Throwable gone) {}

    @Override
    public void onCompleted() {}
  }

  @Override
  public void close() {
    synchronized (pushing) {
      if (pushes != null) {
        pushes.close();
      }
    }
  }
}
