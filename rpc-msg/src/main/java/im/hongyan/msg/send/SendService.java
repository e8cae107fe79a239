package im.hongyan.msg.send;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.hook.MessageHooks;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Accepts messages: checks, rows, ticket, Kafka (messaging.md 3, SEQUENCING.md A1 to A4). Safe for
 * use by several threads; the checks may block.
 */
public final class SendService {
  private static final int SENDING = 1;
  private static final int SENT = 2;

  private final MessageChecks checks;
  private final Relations relations;
  private final MessageHooks hooks;
  private final LaneAcceptors acceptors;
  private final Set<String> adminIds;
  private final InstantSource clock;

  /** Creates a service. */
  public SendService(
      Relations relations,
      MessageHooks hooks,
      LaneAcceptors acceptors,
      Set<String> adminIds,
      InstantSource clock) {
    this.relations = relations;
    this.hooks = hooks;
    this.acceptors = acceptors;
    this.adminIds = Set.copyOf(adminIds);
    this.clock = clock;
    checks = new MessageChecks(relations, hooks, adminIds);
  }

  /**
   * Accepts a message of the current call's user.
   *
   * @return the reply once Kafka has the message, or a coded failure
   * @throws im.hongyan.wire.error.ImException when a check refuses it
   */
  public CompletableFuture<SendMsgResp> send(MsgData incoming) {
    Caller caller = CallContext.current().caller(adminIds);
    MsgData.Builder message = incoming.toBuilder();
    checks.checkForm(caller, message);
    stamp(caller, message);
    Options.applyDefaults(message);
    SessionType type = SessionType.of(message.getSessionType());
    switch (type) {
      case SINGLE -> checks.checkSingle(message);
      case NOTIFICATION -> requireReceiver(message);
      case GROUP -> throw ImError.RECORD_NOT_FOUND.with("group not found");
      case WRITE_GROUP -> throw ImError.ARGS.with("unknown sessionType");
    }
    MsgData before = message.build();
    MsgData accepted = type == SessionType.NOTIFICATION ? before : hooks.beforeModify(before);
    InboundRecord record = MessageCopies.record(accepted, CallContext.current().operationId());
    ConversationId chat =
        ConversationId.chat(
            type, accepted.getSendID(), accepted.getRecvID(), accepted.getGroupID());
    if (record.getCopiesList().stream()
        .anyMatch(copy -> copy.getConversationId().equals(chat.value()))) {
      relations.ensureRows(chat, type, accepted.getSendID(), accepted.getRecvID());
    }
    return acceptors
        .accept(accepted, record)
        .thenApply(ids -> {
          if (type == SessionType.SINGLE) {
            hooks.afterSendSingle(accepted);
          }
          SendMsgResp.Builder reply =
              SendMsgResp.newBuilder()
                  .setServerMsgID(ids.serverMsgId())
                  .setClientMsgID(accepted.getClientMsgID())
                  .setSendTime(ids.sendTimeMillis());
          return accepted.equals(before) ? reply.build() : reply.setModify(accepted).build();
        });
  }

  private static void requireReceiver(MsgData.Builder message) {
    if (message.getRecvID().isEmpty()) {
      throw ImError.ARGS.with("recvID is empty");
    }
  }

  /** Gives the message its server id and time; a ticket or a resend may bring others. */
  private void stamp(Caller caller, MsgData.Builder message) {
    message.setServerMsgID(MessageIds.next());
    if (message.getSendTime() == 0 || !caller.privileged()) {
      message.setSendTime(clock.millis());
    }
    if (message.getClientMsgID().isEmpty()) {
      message.setClientMsgID(MessageIds.next());
    }
    if (message.getStatus() == SENDING) {
      message.setStatus(SENT);
    }
    message.setSeq(0);
  }
}
