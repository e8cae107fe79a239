package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.CreateSingleChatConversationsResp;
import im.hongyan.proto.conversation.GetAllConversationsReq;
import im.hongyan.proto.conversation.GetAllConversationsResp;
import im.hongyan.proto.conversation.GetConversationIDsReq;
import im.hongyan.proto.conversation.GetConversationIDsResp;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.conversation.GetConversationsReq;
import im.hongyan.proto.conversation.GetConversationsResp;
import im.hongyan.proto.conversation.GetNotNotifyConversationIDsReq;
import im.hongyan.proto.conversation.GetNotNotifyConversationIDsResp;
import im.hongyan.proto.conversation.GetOwnerConversationReq;
import im.hongyan.proto.conversation.GetOwnerConversationResp;
import im.hongyan.proto.conversation.GetPinnedConversationIDsReq;
import im.hongyan.proto.conversation.GetPinnedConversationIDsResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Conversation rows (rest-message.md 7). Safe for use by several threads. */
public final class Conversations implements Feature {
  private final ConversationStore store;
  private final InstantSource clock;

  /** Creates the feature. */
  public Conversations(ConversationStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getCreateSingleChatConversationsMethod(), this::createSingleChat);
    rpcs.unary(conversationGrpc.getGetConversationMethod(), this::get);
    rpcs.unary(conversationGrpc.getGetConversationsMethod(), this::getSome);
    rpcs.unary(conversationGrpc.getGetAllConversationsMethod(), this::getAll);
    rpcs.unary(conversationGrpc.getGetOwnerConversationMethod(), this::page);
    rpcs.unary(conversationGrpc.getGetConversationIDsMethod(), this::getIds);
    rpcs.unary(conversationGrpc.getGetNotNotifyConversationIDsMethod(), this::getNotNotifiedIds);
    rpcs.unary(conversationGrpc.getGetPinnedConversationIDsMethod(), this::getPinnedIds);
  }

  /** Rows for both sides of a chat; for a notification account, the receiver's alone. */
  private CreateSingleChatConversationsResp createSingleChat(
      Caller caller, CreateSingleChatConversationsReq request) {
    ConversationId id = new ConversationId(request.getConversationID());
    int type = request.getConversationType();
    UserId sender = new UserId(request.getSendID());
    UserId receiver = new UserId(request.getRecvID());
    List<ConversationRow> rows = new ArrayList<>();
    rows.add(ConversationRow.ofPair(receiver, id, type, sender));
    if (type == SessionType.SINGLE.number() && !sender.equals(receiver)) {
      rows.add(ConversationRow.ofPair(sender, id, type, receiver));
    }
    ConversationOwner owner = ConversationOwner.pair(sender.value(), receiver.value());
    store.addMissing(owner, rows, clock.millis());
    return CreateSingleChatConversationsResp.getDefaultInstance();
  }

  private GetConversationResp get(Caller caller, GetConversationReq request) {
    return store
        .find(new UserId(request.getOwnerUserID()), new ConversationId(request.getConversationID()))
        .map(row -> GetConversationResp.newBuilder().setConversation(row).build())
        .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("conversation not found"));
  }

  private GetConversationsResp getSome(Caller caller, GetConversationsReq request) {
    List<ConversationId> ids =
        request.getConversationIDsList().stream().map(ConversationId::new).toList();
    return GetConversationsResp.newBuilder()
        .addAllConversations(store.find(new UserId(request.getOwnerUserID()), ids))
        .build();
  }

  private GetAllConversationsResp getAll(Caller caller, GetAllConversationsReq request) {
    return GetAllConversationsResp.newBuilder()
        .addAllConversations(
            store.page(new UserId(request.getOwnerUserID()), new Page(0, Integer.MAX_VALUE)))
        .build();
  }

  /** A page that is none has no rows, and is no error here. */
  private GetOwnerConversationResp page(Caller caller, GetOwnerConversationReq request) {
    UserId owner = new UserId(request.getUserID());
    Page page = Page.of(request.getPagination());
    List<Conversation> rows =
        page.isEmpty() || page.offset() < 0 ? List.of() : store.page(owner, page);
    return GetOwnerConversationResp.newBuilder()
        .setTotal(store.count(owner))
        .addAllConversations(rows)
        .build();
  }

  private GetNotNotifyConversationIDsResp getNotNotifiedIds(
      Caller caller, GetNotNotifyConversationIDsReq request) {
    return GetNotNotifyConversationIDsResp.newBuilder()
        .addAllConversationIDs(texts(store.notNotifiedIds(new UserId(request.getUserID()))))
        .build();
  }

  private GetConversationIDsResp getIds(Caller caller, GetConversationIDsReq request) {
    return GetConversationIDsResp.newBuilder()
        .addAllConversationIDs(texts(store.ids(new UserId(request.getUserID()))))
        .build();
  }

  private GetPinnedConversationIDsResp getPinnedIds(
      Caller caller, GetPinnedConversationIDsReq request) {
    return GetPinnedConversationIDsResp.newBuilder()
        .addAllConversationIDs(texts(store.pinnedIds(new UserId(request.getUserID()))))
        .build();
  }

  private static List<String> texts(List<ConversationId> ids) {
    return ids.stream().map(ConversationId::value).toList();
  }
}
