package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.ConversationProto;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.CreateSingleChatConversationsResp;
import im.hongyan.proto.conversation.GetConversationIDsReq;
import im.hongyan.proto.conversation.GetConversationIDsResp;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.conversation.GetPinnedConversationIDsReq;
import im.hongyan.proto.conversation.GetPinnedConversationIDsResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.SessionType;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The gRPC endpoint of conversation rows. */
public final class ConversationApi extends conversationGrpc.conversationImplBase {
  private final ConversationStore store;
  private final InstantSource clock;

  /** Creates the endpoint. */
  public ConversationApi(ConversationStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Who may call what; methods that are not built have no entry and are refused. */
  public static AuthorisationTable access() {
    var service = ConversationProto.getDescriptor().findServiceByName("conversation");
    return AuthorisationTable.builder()
        .allow(service, "CreateSingleChatConversations", Access.internal())
        .allow(service, "GetConversation", Access.self("ownerUserID"))
        .allow(service, "GetConversationIDs", Access.self("userID"))
        .allow(service, "GetPinnedConversationIDs", Access.self("userID"))
        .build();
  }

  /** Rows for both sides of a chat; for a notification account, the receiver's alone. */
  @Override
  public void createSingleChatConversations(
      CreateSingleChatConversationsReq request,
      StreamObserver<CreateSingleChatConversationsResp> reply) {
    Unary.reply(
        reply,
        () -> {
          String id = request.getConversationID();
          int type = request.getConversationType();
          String sender = request.getSendID();
          String receiver = request.getRecvID();
          List<ConversationRow> rows = new ArrayList<>();
          rows.add(ConversationRow.fresh(receiver, id, type, sender, ""));
          if (type == SessionType.SINGLE.number()) {
            rows.add(ConversationRow.fresh(sender, id, type, receiver, ""));
          }
          store.addMissing(rows, clock.millis());
          return CreateSingleChatConversationsResp.getDefaultInstance();
        });
  }

  @Override
  public void getConversation(
      GetConversationReq request, StreamObserver<GetConversationResp> reply) {
    Unary.reply(
        reply,
        () ->
            store
                .find(request.getOwnerUserID(), request.getConversationID())
                .map(row -> GetConversationResp.newBuilder().setConversation(info(row)).build())
                .orElseThrow(ImError.RECORD_NOT_FOUND::bare));
  }

  @Override
  public void getConversationIDs(
      GetConversationIDsReq request, StreamObserver<GetConversationIDsResp> reply) {
    Unary.reply(
        reply,
        () ->
            GetConversationIDsResp.newBuilder()
                .addAllConversationIDs(store.ids(request.getUserID()))
                .build());
  }

  @Override
  public void getPinnedConversationIDs(
      GetPinnedConversationIDsReq request, StreamObserver<GetPinnedConversationIDsResp> reply) {
    Unary.reply(
        reply,
        () ->
            GetPinnedConversationIDsResp.newBuilder()
                .addAllConversationIDs(store.pinnedIds(request.getUserID()))
                .build());
  }

  private static Conversation info(ConversationRow row) {
    return Conversation.newBuilder()
        .setOwnerUserID(row.ownerUserId())
        .setConversationID(row.conversationId())
        .setConversationType(row.type())
        .setUserID(row.peerUserId())
        .setGroupID(row.groupId())
        .setRecvMsgOpt(row.recvMsgOpt())
        .setIsPinned(row.pinned())
        .setMinSeq(row.minSeq())
        .setMaxSeq(row.maxSeq())
        .build();
  }
}
