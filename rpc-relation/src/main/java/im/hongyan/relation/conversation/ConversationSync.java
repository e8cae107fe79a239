package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetFullOwnerConversationIDsReq;
import im.hongyan.proto.conversation.GetFullOwnerConversationIDsResp;
import im.hongyan.proto.conversation.GetIncrementalConversationReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.proto.conversation.GetUserConversationIDsHashReq;
import im.hongyan.proto.conversation.GetUserConversationIDsHashResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.hash.ListHashes;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.util.List;

/**
 * How devices keep their copy of the list of conversations (rest-message.md 7.6, 7.7). Safe for use
 * by several threads.
 */
public final class ConversationSync implements Feature {
  private final ConversationStore store;

  /** Creates the feature. */
  public ConversationSync(ConversationStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getGetFullOwnerConversationIDsMethod(), this::getFullIds);
    rpcs.unary(conversationGrpc.getGetIncrementalConversationMethod(), this::getChanges);
    rpcs.unary(conversationGrpc.getGetUserConversationIDsHashMethod(), this::getHash);
  }

  private GetFullOwnerConversationIDsResp getFullIds(
      Caller caller, GetFullOwnerConversationIDsReq request) {
    ConversationStore.All all = store.all(new UserId(request.getUserID()));
    List<String> ids = all.ids().stream().map(ConversationId::value).toList();
    boolean equal = ListHashes.idHash(ids) == request.getIdHash();
    return GetFullOwnerConversationIDsResp.newBuilder()
        .setVersion(all.version().number())
        .setVersionID(all.version().id())
        .setEqual(equal)
        .addAllConversationIDs(equal ? List.of() : ids)
        .build();
  }

  /** The hash by which {@link #getFullIds} knows an equal list. */
  private GetUserConversationIDsHashResp getHash(
      Caller caller, GetUserConversationIDsHashReq request) {
    List<String> ids =
        store.ids(new UserId(request.getOwnerUserID())).stream()
            .map(ConversationId::value)
            .toList();
    return GetUserConversationIDsHashResp.newBuilder().setHash(ListHashes.idHash(ids)).build();
  }

  private GetIncrementalConversationResp getChanges(
      Caller caller, GetIncrementalConversationReq request) {
    UserId owner = new UserId(VersionLogs.requireOwner(request.getUserID()));
    VersionDelta delta = store.delta(owner, request.getVersionID(), request.getVersion());
    GetIncrementalConversationResp answer =
        GetIncrementalConversationResp.newBuilder()
            .setVersion(delta.current().number())
            .setVersionID(delta.current().id())
            .setFull(delta.full())
            .addAllDelete(delta.deleted())
            .addAllInsert(rows(owner, delta.inserted()))
            .addAllUpdate(rows(owner, delta.updated()))
            .build();
    return answer.getSerializedSize() <= VersionDelta.MOST_BYTES
        ? answer
        : GetIncrementalConversationResp.newBuilder()
            .setVersion(answer.getVersion())
            .setVersionID(answer.getVersionID())
            .setFull(true)
            .build();
  }

  private List<Conversation> rows(UserId owner, List<String> ids) {
    return store.find(owner, ids.stream().map(ConversationId::new).toList());
  }
}
