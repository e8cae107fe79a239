package im.hongyan.msg.send;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Live;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.lane.PrivateMessages;
import im.hongyan.msg.relation.Groups;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageStatus;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Accepts messages: checks, hooks, rows, ticket, Kafka (messaging.md 3, docs/sequencing.md A1 to
 * A4). Safe for use by several threads; the checks may block.
 */
public final class Sends implements Feature {
  private final Relations relations;
  private final MessageChecks checks;
  private final GroupChecks groupChecks;
  private final MessageHooks hooks;
  private final Acceptance acceptance;
  private final ConversationRates rates;
  private final SendMeters meters;
  private final Live<Boolean> historyForNewMembers;
  private final InstantSource clock;

  /**
   * Creates the feature.
   *
   * @param adminIds senders that neither blacklists nor memberships hold back
   */
  public Sends(
      SendConfig config,
      Set<String> adminIds,
      Relations relations,
      Groups groups,
      MessageHooks hooks,
      Acceptance acceptance,
      ServiceContext context) {
    this.relations = relations;
    this.hooks = hooks;
    this.acceptance = acceptance;
    historyForNewMembers = config.historyForNewMembers();
    clock = context.clock();
    checks = new MessageChecks(relations, hooks, adminIds, config.friendVerify());
    groupChecks = new GroupChecks(groups, hooks, adminIds, clock);
    rates = new ConversationRates(config.conversationRate(), System::nanoTime, context.meters());
    meters = new SendMeters(context.meters());
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(
        msgGrpc.getSendMsgMethod(),
        (Caller caller, SendMsgReq request) -> sendAndWait(caller, request.getMsgData()));
  }

  /**
   * Accepts a message and waits until Kafka has it.
   *
   * @throws ImException when a check refuses it, or the log does not take it
   */
  SendMsgResp sendAndWait(Caller caller, MsgData message) {
    try {
      return send(caller, message).join();
    } catch (CompletionException e) {
      throw coded(e);
    }
  }

  /** The failure that {@link #send} completed with. */
  static ImException coded(Throwable failure) {
    Throwable cause = failure.getCause();
    return RpcErrors.coded(
        failure instanceof CompletionException && cause != null ? cause : failure);
  }

  /**
   * Accepts a message, within the context of its call.
   *
   * @return the reply once Kafka has the message, or a coded failure
   * @throws ImException when a check refuses it
   */
  CompletableFuture<SendMsgResp> send(Caller caller, MsgData incoming) {
    boolean group = incoming.getSessionType() == SessionType.GROUP.number();
    try {
      return accept(caller, incoming)
          .whenComplete((_, failure) -> meters.count(group, failure == null));
    } catch (ImException refusal) {
      meters.count(group, false);
      throw refusal;
    }
  }

  private CompletableFuture<SendMsgResp> accept(Caller caller, MsgData incoming) {
    MsgData.Builder message = incoming.toBuilder();
    checks.checkForm(caller, message);
    stamp(caller, message);
    ContentTypeOptions.apply(message);
    Verified verified = verified(message, !incoming.getClientMsgID().isEmpty());
    MsgData accepted = verified.message();
    InboundRecord record =
        MessageCopies.record(accepted, verified.mentions(), CallContext.current().operationId());
    int burnSeconds = PrivateMessages.burnSeconds(accepted);
    if (burnSeconds > 0 && isStoredChat(record)) {
      record = record.toBuilder().setBurnSeconds(burnSeconds).build();
    }
    if (!historyForNewMembers.get()) {
      record = Joiners.bounded(record, accepted);
    }
    if (!caller.service()) {
      rates.count(record.getCopies(0).getConversationId());
    }
    ensureRows(accepted, record);
    return acceptance
        .accept(accepted, record)
        .thenApply(ids -> {
          if (verified.fresh()) {
            callAfterHooks(accepted);
          }
          SendMsgResp.Builder reply =
              SendMsgResp.newBuilder()
                  .setServerMsgID(ids.serverMsgId())
                  .setClientMsgID(accepted.getClientMsgID())
                  .setSendTime(ids.sendTimeMillis());
          return verified.changed() ? reply.setModify(accepted).build() : reply.build();
        });
  }

  private static boolean isStoredChat(InboundRecord record) {
    Copy first = record.getCopies(0);
    return first.getStored() && !new ConversationId(first.getConversationId()).isNotification();
  }

  /**
   * A message that passed.
   *
   * @param fresh whether it was not accepted before
   * @param changed whether a hook made another message of it
   */
  private record Verified(MsgData message, Mentions mentions, boolean fresh, boolean changed) {
    static Verified resend(MsgData.Builder message) {
      return new Verified(message.build(), Mentions.getDefaultInstance(), false, false);
    }
  }

  /**
   * Checks and hooks are for messages that are new: a resend gets the ids of the first one,
   * whatever has changed since (docs/sequencing.md, What follows). Without hooks the lane is
   * queried only about what a check refuses, which spares the query for all others.
   */
  private Verified verified(MsgData.Builder message, boolean mayBeResend) {
    boolean hooked = !hooks.equals(MessageHooks.NONE);
    if (hooked && mayBeResend && acceptedBefore(message)) {
      return Verified.resend(message);
    }
    try {
      return verify(message);
    } catch (ImException refusal) {
      if (!hooked && mayBeResend && acceptedBefore(message)) {
        return Verified.resend(message);
      }
      throw refusal;
    }
  }

  private boolean acceptedBefore(MsgData.Builder message) {
    return acceptance.known(
        MessageCopies.conversation(message), message.getSendID(), MessageCopies.resendKey(message));
  }

  private Verified verify(MsgData.Builder message) {
    Mentions mentions = Mentions.getDefaultInstance();
    switch (SessionType.of(message.getSessionType())) {
      case SINGLE -> checks.checkSingle(message);
      case GROUP -> mentions = groupChecks.check(message);
      case NOTIFICATION -> {
        checks.requireReceiver(message);
        return new Verified(message.build(), mentions, true, false);
      }
      case WRITE_GROUP -> throw ImError.ARGS.with("unknown sessionType");
    }
    MsgData before = message.build();
    MsgData after =
        ContentType.isHooked(before.getContentType()) ? hooks.beforeModify(before) : before;
    boolean changed = !after.equals(before);
    if (changed) {
      checks.checkModified(after);
    }
    return new Verified(after, mentions, true, changed);
  }

  private void ensureRows(MsgData message, InboundRecord record) {
    SessionType type = SessionType.of(message.getSessionType());
    if (type.isGroup()) {
      return;
    }
    UserId sender = new UserId(message.getSendID());
    UserId receiver = new UserId(message.getRecvID());
    ConversationId chat = ConversationId.chat(type, sender.value(), receiver.value(), "");
    if (record.getCopiesList().stream()
        .anyMatch(copy -> copy.getConversationId().equals(chat.value()))) {
      relations.ensureRows(chat, type, sender, receiver);
    } else {
      relations.ensureOwners(sender, receiver);
    }
  }

  private void callAfterHooks(MsgData message) {
    if (hooks.equals(MessageHooks.NONE) || !ContentType.isHooked(message.getContentType())) {
      return;
    }
    switch (SessionType.of(message.getSessionType())) {
      case SINGLE -> Thread.startVirtualThread(() -> hooks.afterSendSingle(message));
      case GROUP -> Thread.startVirtualThread(() -> hooks.afterSendGroup(message));
      case NOTIFICATION, WRITE_GROUP -> {}
    }
  }

  /** Gives the message its server id and time; a ticket or a resend may bring others. */
  private void stamp(Caller caller, MsgData.Builder message) {
    if (!caller.privileged()) {
      UserFields.apply(message, clock.millis());
      relations
          .user(new UserId(message.getSendID()))
          .ifPresent(user ->
              message.setSenderNickname(user.getNickname()).setSenderFaceURL(user.getFaceURL()));
    }
    message.setServerMsgID(MessageIds.next());
    if (message.getSendTime() == 0) {
      message.setSendTime(clock.millis());
    }
    if (message.getClientMsgID().isEmpty()) {
      message.setClientMsgID(MessageIds.next());
    }
    if (message.getStatus() == MessageStatus.SENDING) {
      message.setStatus(MessageStatus.SENT);
    }
    message.setSeq(0);
  }
}
