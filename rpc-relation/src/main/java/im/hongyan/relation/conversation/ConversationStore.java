package im.hongyan.relation.conversation;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where conversation rows are kept. Safe for use by several threads. */
public interface ConversationStore {
  /** Adds the rows that are missing and leaves the others as they are. */
  void addMissing(List<ConversationRow> rows, long nowMillis);

  /** One row, if it exists. */
  Optional<ConversationRow> find(String ownerUserId, String conversationId);

  /** All conversation ids of a user. */
  List<String> ids(String ownerUserId);

  /** The pinned ones of a user. */
  List<String> pinnedIds(String ownerUserId);

  /** The receive options of these users for a conversation, by user; those of 0 are left out. */
  Map<String, Integer> recvMsgOpts(String conversationId, Collection<String> ownerUserIds);
}
