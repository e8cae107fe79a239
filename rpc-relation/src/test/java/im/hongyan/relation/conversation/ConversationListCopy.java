package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetFullOwnerConversationIDsReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.proto.conversation.GetOwnerConversationReq;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.relation.version.ListCopy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The copy of a list of conversations that an official client keeps (client-sync.md 7.5). */
final class ConversationListCopy extends ListCopy<Conversation> {
  private final ConversationWorld world;
  private final String owner;

  ConversationListCopy(ConversationWorld world, String owner) {
    super(100);
    this.world = world;
    this.owner = owner;
  }

  /** Brings the copy up to date. */
  void sync() {
    GetIncrementalConversationResp answer = world.changes(owner, versionId(), version());
    take(
        new Answer<>(
            answer.getFull(),
            answer.getVersionID(),
            answer.getVersion(),
            answer.getDeleteList(),
            answer.getInsertList(),
            answer.getUpdateList(),
            false,
            false));
  }

  @Override
  protected String id(Conversation row) {
    return row.getConversationID();
  }

  @Override
  protected List<String> readIds() {
    return world
        .call(
            owner,
            conversationGrpc.getGetFullOwnerConversationIDsMethod(),
            GetFullOwnerConversationIDsReq.newBuilder().setUserID(owner).build())
        .getConversationIDsList();
  }

  @Override
  protected List<Conversation> readPage(int number, int rowsPerPage) {
    return world
        .call(
            owner,
            conversationGrpc.getGetOwnerConversationMethod(),
            GetOwnerConversationReq.newBuilder()
                .setUserID(owner)
                .setPagination(
                    RequestPagination.newBuilder().setPageNumber(number).setShowNumber(rowsPerPage))
                .build())
        .getConversationsList();
  }

  /**
   * It is what a client has that reads everything, but for rows that the owner deleted and has all
   * the same.
   *
   * @param deleted conversations of groups that the owner deleted as a member
   */
  void assertEqualsFresh(Set<String> deleted) {
    ConversationListCopy fresh = new ConversationListCopy(world, owner);
    fresh.sync();
    assertThat(Set.copyOf(fresh.order())).isEqualTo(fresh.rows().keySet());
    assertThat(Set.copyOf(order())).isEqualTo(rows().keySet());
    Map<String, Conversation> expected = new HashMap<>(fresh.rows());
    deleted.stream().filter(id -> !rows().containsKey(id)).forEach(expected::remove);
    assertThat(rows()).isEqualTo(expected);
  }
}
