package im.hongyan.relation.conversation;

import com.google.protobuf.Message;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.DeleteConversationsReq;
import im.hongyan.proto.conversation.GetIncrementalConversationReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.proto.conversation.SetConversationsReq;
import im.hongyan.proto.conversation.UpdateConversationsByUserReq;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.group.GroupViewStore;
import im.hongyan.wire.id.ConversationId;
import io.grpc.MethodDescriptor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Conversations behind their guards, on a database, without messages. The clock goes on by a
 * millisecond at each look.
 */
final class ConversationWorld implements AutoCloseable {
  private final RelationTestServer server;
  private final InProcessLocator noMessages = new InProcessLocator("relation");
  private final AtomicLong millis = new AtomicLong(5_000);

  ConversationWorld(RelationDatabase database) {
    InstantSource clock = () -> Instant.ofEpochMilli(millis.incrementAndGet());
    ConversationStore rows = new ConversationStore(database.mysql());
    ConversationSettingsStore settings = new ConversationSettingsStore(database.mysql());
    server = new RelationTestServer();
    server.serve(
        new Conversations(rows, clock),
        new ConversationSync(rows),
        new ConversationSettings(settings, () -> {}, owners -> {}, clock),
        new ConversationLists(
            rows,
            settings,
            new MessageReads(noMessages),
            server,
            new GroupViewStore(database.mysql())::find,
            owners -> {},
            clock));
  }

  <A extends Message, B extends Message> B call(
      String caller, MethodDescriptor<A, B> method, A request) {
    return server.call(caller, method, request);
  }

  /** What rpc-msg asks for before the first message of a pair. */
  void firstMessage(String from, String to) {
    call(
        RelationTestServer.SERVICE,
        conversationGrpc.getCreateSingleChatConversationsMethod(),
        CreateSingleChatConversationsReq.newBuilder()
            .setSendID(from)
            .setRecvID(to)
            .setConversationID(ConversationId.single(from, to).value())
            .setConversationType(1)
            .build());
  }

  /** Sets what the consumer names, in a chat with another user. */
  void set(String owner, String peer, Consumer<ConversationReq.Builder> settings) {
    ConversationReq.Builder wanted =
        ConversationReq.newBuilder()
            .setConversationID(ConversationId.single(owner, peer).value())
            .setConversationType(1)
            .setUserID(peer);
    settings.accept(wanted);
    set(owner, wanted);
  }

  /** As above, in a group's. */
  void setOfGroup(String owner, String group, Consumer<ConversationReq.Builder> settings) {
    ConversationReq.Builder wanted =
        ConversationReq.newBuilder()
            .setConversationID(ConversationId.group(group).value())
            .setConversationType(3)
            .setGroupID(group);
    settings.accept(wanted);
    set(owner, wanted);
  }

  private void set(String owner, ConversationReq.Builder wanted) {
    call(
        owner,
        conversationGrpc.getSetConversationsMethod(),
        SetConversationsReq.newBuilder().addUserIDs(owner).setConversation(wanted).build());
  }

  void setExOfPeers(String user, String ex) {
    call(
        user,
        conversationGrpc.getUpdateConversationsByUserMethod(),
        UpdateConversationsByUserReq.newBuilder()
            .setUserID(user)
            .setEx(StringValue.newBuilder().setValue(ex))
            .build());
  }

  void delete(String owner, Collection<String> conversationIds) {
    call(
        owner,
        conversationGrpc.getDeleteConversationsMethod(),
        DeleteConversationsReq.newBuilder()
            .setOwnerUserID(owner)
            .addAllConversationIDs(conversationIds)
            .build());
  }

  GetIncrementalConversationResp changes(String owner, String versionId, long version) {
    return call(
        owner,
        conversationGrpc.getGetIncrementalConversationMethod(),
        GetIncrementalConversationReq.newBuilder()
            .setUserID(owner)
            .setVersionID(versionId)
            .setVersion(version)
            .build());
  }

  @Override
  public void close() {
    server.close();
    noMessages.close();
  }
}
