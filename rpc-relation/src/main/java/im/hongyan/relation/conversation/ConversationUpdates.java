package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.SetConversationMinSeqReq;
import im.hongyan.proto.conversation.SetConversationMinSeqResp;
import im.hongyan.proto.conversation.SetConversationReq;
import im.hongyan.proto.conversation.SetConversationResp;
import im.hongyan.proto.conversation.UpdateConversationReq;
import im.hongyan.proto.conversation.UpdateConversationResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.List;

/**
 * Settings of conversations as app servers write them (protobuf/conversation.md). Seqs are bounds
 * of the log: within a row they are ignored, as in {@link ConversationSettings}. Safe for use by
 * several threads; may block.
 */
public final class ConversationUpdates implements Feature {
  private final ConversationSettingsStore store;
  private final MessageReads messages;
  private final OutboxSignal outbox;
  private final RelationCacheInvalidator caches;
  private final InstantSource clock;

  /** Creates the feature. */
  public ConversationUpdates(
      ConversationSettingsStore store,
      MessageReads messages,
      OutboxSignal outbox,
      RelationCacheInvalidator caches,
      InstantSource clock) {
    this.store = store;
    this.messages = messages;
    this.outbox = outbox;
    this.caches = caches;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getSetConversationMethod(), this::set);
    rpcs.unary(conversationGrpc.getUpdateConversationMethod(), this::update);
    rpcs.unary(conversationGrpc.getSetConversationMinSeqMethod(), this::setMinSeq);
  }

  /** All settings of one owner's row; the owner's devices get 1300 where anything has changed. */
  private SetConversationResp set(Caller caller, SetConversationReq request) {
    Conversation wanted = request.getConversation();
    ConversationRow row =
        ConversationRow.of(
            new UserId(wanted.getOwnerUserID()),
            ConversationReq.newBuilder()
                .setConversationID(wanted.getConversationID())
                .setConversationType(wanted.getConversationType())
                .setUserID(wanted.getUserID())
                .setGroupID(wanted.getGroupID())
                .build());
    long now = clock.millis();
    store.change(
        List.of(row),
        stored ->
            wanted.toBuilder()
                .setUserID(stored.getUserID())
                .setGroupID(stored.getGroupID())
                .setMinSeq(stored.getMinSeq())
                .setMaxSeq(stored.getMaxSeq())
                .build(),
        /* setsMark= */ true,
        owners ->
            owners.stream()
                .map(owner -> ConversationNotifications.changed(owner, row.conversationId(), now))
                .toList(),
        now);
    outbox.wake();
    caches.invalidate(row.ownerUserId());
    return SetConversationResp.getDefaultInstance();
  }

  /** A bound of the log, which the rows and 1300 follow; it never falls. */
  private SetConversationMinSeqResp setMinSeq(Caller caller, SetConversationMinSeqReq request) {
    List<UserId> owners =
        request.getOwnerUserIDList().stream().distinct().map(UserId::new).toList();
    if (!owners.isEmpty()) {
      messages.setFirstSeq(
          new ConversationId(request.getConversationID()), owners, request.getMinSeq());
    }
    return SetConversationMinSeqResp.getDefaultInstance();
  }

  /** Settings that are named, in the rows that exist; nobody is notified. */
  private UpdateConversationResp update(Caller caller, UpdateConversationReq request) {
    List<UserId> owners = request.getUserIDsList().stream().distinct().map(UserId::new).toList();
    ConversationChange change = new ConversationChange(named(request));
    store.changeExisting(
        new ConversationId(request.getConversationID()),
        owners,
        row -> withRest(change.applied(row), request),
        change.setsMark(),
        clock.millis());
    caches.invalidate(owners);
    return UpdateConversationResp.getDefaultInstance();
  }

  private static ConversationReq named(UpdateConversationReq request) {
    ConversationReq.Builder named = ConversationReq.newBuilder();
    if (request.hasRecvMsgOpt()) {
      named.setRecvMsgOpt(request.getRecvMsgOpt());
    }
    if (request.hasIsPinned()) {
      named.setIsPinned(request.getIsPinned());
    }
    if (request.hasAttachedInfo()) {
      named.setAttachedInfo(request.getAttachedInfo());
    }
    if (request.hasEx()) {
      named.setEx(request.getEx());
    }
    if (request.hasBurnDuration()) {
      named.setBurnDuration(request.getBurnDuration());
    }
    if (request.hasGroupAtType()) {
      named.setGroupAtType(request.getGroupAtType());
    }
    if (request.hasMsgDestructTime()) {
      named.setMsgDestructTime(request.getMsgDestructTime());
    }
    if (request.hasIsMsgDestruct()) {
      named.setIsMsgDestruct(request.getIsMsgDestruct());
    }
    return named.build();
  }

  /** What users do not set, or set on both sides. */
  private static Conversation withRest(Conversation row, UpdateConversationReq request) {
    Conversation.Builder changed = row.toBuilder();
    if (request.hasIsPrivateChat()) {
      changed.setIsPrivateChat(request.getIsPrivateChat().getValue());
    }
    if (request.hasLatestMsgDestructTime()) {
      changed.setLatestMsgDestructTime(request.getLatestMsgDestructTime().getValue());
    }
    return changed.build();
  }
}
