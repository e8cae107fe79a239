package im.hongyan.gatewayhttp;

import im.hongyan.gatewayhttp.SentMessages.ToOne;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.rpc.ParallelCalls;
import im.hongyan.kit.rpc.ParallelCalls.CallResult;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.batchsends.BatchSendsGrpc;
import im.hongyan.proto.batchsends.BeginBatchSend;
import im.hongyan.proto.batchsends.CancelBatchSend;
import im.hongyan.proto.batchsends.FindBatchSend;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.rest.BatchReceivers;
import im.hongyan.proto.rest.BatchSendForm;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One message to many users (rest-message.md 5.5). So many as an answer can wait for are sent
 * within the request; more, and all users, become a job of rpc-relation, which can be asked for
 * (docs/protocol/messages.md). Safe for use by several threads; blocks.
 */
final class BatchRoutes {
  /** Receivers that are sent to within a request. */
  static final int MOST_IN_REQUEST = 1_000;

  /** Enough for messages to go through the log in batches. */
  private static final int AT_ONCE = 16;

  /** Who has had no turn by then has failed. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);

  private final ServiceLocator locator;
  private final Set<String> adminIds;
  private final MessageComposer composer;

  BatchRoutes(ServiceLocator locator, Set<String> adminIds, MessageComposer composer) {
    this.locator = locator;
    this.adminIds = Set.copyOf(adminIds);
    this.composer = composer;
  }

  /** The routes by path. */
  Map<String, OwnRoute> routes() {
    return Map.of(
        "/msg/batch_send_msg", this::send,
        "/msg/get_batch_send", this::find,
        "/msg/cancel_batch_send", this::cancel);
  }

  private byte[] send(CallContext caller, HttpRequest call) {
    // All of the body is read before any of it is required.
    BatchReceivers receivers = SendBody.readForm(call.body(), BatchReceivers.getDefaultInstance());
    SendBody body = SendBody.read(call.body(), false);
    SendBody.requireThat(
        SendBody.member(call.body(), "recvIDs").isPresent(), "recvIDs is required");
    MessageRoutes.requireAdmin(caller, adminIds);
    MsgData message = composer.compose(body.form(), body.content());
    if (message.getSessionType() == SessionType.GROUP.number()) {
      return sendToGroup(message, receivers);
    }
    if (receivers.getIsSendAll()) {
      return begin(message, List.of());
    }
    Set<String> each = new LinkedHashSet<>(receivers.getRecvIDsList());
    return each.size() > MOST_IN_REQUEST
        ? begin(message, List.copyOf(each))
        : sendToEach(message, receivers.getRecvIDsList(), List.copyOf(each));
  }

  /** The group gets it once; each receiver has an entry in the answer. */
  private static List<String> entries(BatchReceivers receivers) {
    return receivers.getIsSendAll() ? List.of("") : receivers.getRecvIDsList();
  }

  private byte[] sendToGroup(MsgData message, BatchReceivers receivers) {
    List<String> entries = entries(receivers);
    Map<String, CallResult<SendMsgResp>> outcomes = new HashMap<>();
    if (!entries.isEmpty()) {
      CallResult<SendMsgResp> outcome = sendAtOnce(List.of(message)).getFirst();
      entries.forEach(entry -> outcomes.put(entry, outcome));
    }
    return answer(message, entries, outcomes);
  }

  private byte[] begin(MsgData message, List<String> receivers) {
    String jobId =
        RpcChannels.callAsService(
                locator.channel(ServiceName.RELATION),
                BatchSendsGrpc.getBeginMethod(),
                BeginBatchSend.newBuilder().setMessage(message).addAllReceivers(receivers).build())
            .getJobId();
    return SentMessages.batch(List.of(), List.of(), jobId);
  }

  private byte[] sendToEach(MsgData message, List<String> entries, List<String> receivers) {
    long end = System.nanoTime() + REQUEST_LIMIT.toNanos();
    Map<String, CallResult<SendMsgResp>> outcomes = new HashMap<>();
    for (int from = 0; from < receivers.size(); from += AT_ONCE) {
      if (System.nanoTime() - end > 0) {
        break;
      }
      List<String> some = receivers.subList(from, Math.min(from + AT_ONCE, receivers.size()));
      List<CallResult<SendMsgResp>> sent =
          sendAtOnce(some.stream().map(receiver -> to(message, receiver)).toList());
      for (int i = 0; i < some.size(); i++) {
        outcomes.put(some.get(i), sent.get(i));
      }
    }
    return answer(message, entries, outcomes);
  }

  private static MsgData to(MsgData message, String receiver) {
    return message.getSessionType() == SessionType.GROUP.number()
        ? message
        : message.toBuilder().setRecvID(receiver).build();
  }

  private List<CallResult<SendMsgResp>> sendAtOnce(List<MsgData> messages) {
    try {
      return ParallelCalls.call(
          locator.channel(ServiceName.MSG),
          msgGrpc.getSendMsgMethod(),
          messages.stream()
              .map(message -> SendMsgReq.newBuilder().setMsgData(message).build())
              .toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImException.internal("interrupted", e);
    }
  }

  private static byte[] answer(
      MsgData message, List<String> entries, Map<String, CallResult<SendMsgResp>> outcomes) {
    List<ToOne> sent = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (String receiver : entries) {
      CallResult<SendMsgResp> outcome = outcomes.get(receiver);
      SendMsgResp answer = outcome == null ? null : outcome.answer();
      if (answer == null) {
        failed.add(receiver);
      } else {
        sent.add(new ToOne(receiver, to(message, receiver), answer));
      }
    }
    return SentMessages.batch(sent, failed, null);
  }

  private byte[] find(CallContext caller, HttpRequest call) throws GoJsonException {
    BatchSendForm form = GoJsonReader.readRequest(call.body(), BatchSendForm.getDefaultInstance());
    MessageRoutes.requireAdmin(caller, adminIds);
    return ApiEnvelope.success(
        RpcChannels.callAsService(
            locator.channel(ServiceName.RELATION),
            BatchSendsGrpc.getFindMethod(),
            FindBatchSend.newBuilder().setJobID(form.getJobID()).build()));
  }

  private byte[] cancel(CallContext caller, HttpRequest call) throws GoJsonException {
    BatchSendForm form = GoJsonReader.readRequest(call.body(), BatchSendForm.getDefaultInstance());
    MessageRoutes.requireAdmin(caller, adminIds);
    return ApiEnvelope.success(
        RpcChannels.callAsService(
            locator.channel(ServiceName.RELATION),
            BatchSendsGrpc.getCancelMethod(),
            CancelBatchSend.newBuilder().setJobID(form.getJobID()).build()));
  }
}
