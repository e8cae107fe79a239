package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.SetConversationsReq;
import im.hongyan.proto.conversation.SetConversationsResp;
import im.hongyan.proto.conversation.UpdateConversationsByUserReq;
import im.hongyan.proto.conversation.UpdateConversationsByUserResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.outbox.OutboxSignal;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.List;

/** Settings of conversations (rest-message.md 7.5, 7.12). Safe for use by several threads. */
public final class ConversationSettings implements Feature {
  private final ConversationSettingsStore store;
  private final OutboxSignal outbox;
  private final RelationCacheInvalidator caches;
  private final InstantSource clock;

  /** Creates the feature. */
  public ConversationSettings(
      ConversationSettingsStore store,
      OutboxSignal outbox,
      RelationCacheInvalidator caches,
      InstantSource clock) {
    this.store = store;
    this.outbox = outbox;
    this.caches = caches;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getSetConversationsMethod(), this::set);
    rpcs.unary(conversationGrpc.getUpdateConversationsByUserMethod(), this::updateOfPeers);
  }

  private SetConversationsResp set(Caller caller, SetConversationsReq request) {
    ConversationReq wanted = request.getConversation();
    List<ConversationRow> rows =
        request.getUserIDsList().stream()
            .distinct()
            .map(owner -> ConversationRow.of(new UserId(owner), wanted))
            .toList();
    ConversationChange change = new ConversationChange(wanted);
    if (!change.isEmpty()) {
      change(rows, change);
    }
    if (wanted.hasIsPrivateChat()) {
      rows.stream()
          .filter(row -> !row.isGroup())
          .forEach(row -> setPrivate(row, wanted.getIsPrivateChat().getValue()));
    }
    return SetConversationsResp.getDefaultInstance();
  }

  private void change(List<ConversationRow> rows, ConversationChange change) {
    long now = clock.millis();
    ConversationId id = rows.getFirst().conversationId();
    store.change(
        rows,
        change::applied,
        change.setsMark(),
        owners ->
            owners.stream()
                .map(owner -> ConversationNotifications.changed(owner, id, now))
                .toList(),
        now);
    outbox.wake();
    // Also rows that were so already: the process that wrote them may have died before this line.
    caches.invalidate(rows.stream().map(ConversationRow::ownerUserId).toList());
  }

  /** On both sides, whatever was so already: both see the message. */
  private void setPrivate(ConversationRow row, boolean on) {
    long now = clock.millis();
    UserId owner = row.ownerUserId();
    UserId peer = row.peerUserId();
    ConversationId id = row.conversationId();
    store.change(
        List.of(row, ConversationRow.ofPair(/* owner= */ peer, id, row.type(), /* peer= */ owner)),
        side -> side.toBuilder().setIsPrivateChat(on).build(),
        /* setsMark= */ false,
        sides -> List.of(ConversationNotifications.privateChat(owner, peer, id, on, now)),
        now);
    outbox.wake();
    caches.invalidate(List.of(owner, peer));
  }

  /** In steps; owners learn of it with their next syncing. */
  private UpdateConversationsByUserResp updateOfPeers(
      Caller caller, UpdateConversationsByUserReq request) {
    if (!request.hasEx()) {
      return UpdateConversationsByUserResp.getDefaultInstance();
    }
    UserId peer = new UserId(request.getUserID());
    UserId last = new UserId("");
    while (true) {
      List<UserId> owners =
          store.setExOfPeers(peer, request.getEx().getValue(), last, clock.millis());
      if (owners.isEmpty()) {
        return UpdateConversationsByUserResp.getDefaultInstance();
      }
      caches.invalidate(owners);
      last = owners.getLast();
    }
  }
}
