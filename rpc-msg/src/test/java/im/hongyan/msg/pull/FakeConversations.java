package im.hongyan.msg.pull;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationIDsReq;
import im.hongyan.proto.conversation.GetConversationIDsResp;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** rpc-relation, as far as pulls ask it, for one user's rows. */
public final class FakeConversations extends conversationGrpc.conversationImplBase {
  private final Map<String, Conversation> rows = new ConcurrentHashMap<>();

  /** Adds a row; 0 is no bound. */
  void add(String conversationId, long minSeq, long maxSeq) {
    rows.put(
        conversationId,
        Conversation.newBuilder()
            .setConversationID(conversationId)
            .setMinSeq(minSeq)
            .setMaxSeq(maxSeq)
            .build());
  }

  /** Adds a row of a kind. */
  public void add(Conversation row) {
    rows.put(row.getConversationID(), row);
  }

  @Override
  public void getConversationIDs(
      GetConversationIDsReq request, StreamObserver<GetConversationIDsResp> reply) {
    Unary.reply(
        reply,
        () -> GetConversationIDsResp.newBuilder().addAllConversationIDs(rows.keySet()).build());
  }

  @Override
  public void getConversation(
      GetConversationReq request, StreamObserver<GetConversationResp> reply) {
    Unary.reply(
        reply,
        () -> {
          Conversation row = rows.get(request.getConversationID());
          if (row == null) {
            throw ImError.RECORD_NOT_FOUND.bare();
          }
          return GetConversationResp.newBuilder().setConversation(row).build();
        });
  }
}
