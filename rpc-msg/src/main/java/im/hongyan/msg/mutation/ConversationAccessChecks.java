package im.hongyan.msg.mutation;

import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What mutations check: whose conversation it is and what is there. Safe for use by several
 * threads; may block.
 */
public final class ConversationAccessChecks {
  private final Relations relations;
  private final UserReader reader;

  public ConversationAccessChecks(Relations relations, UserReader reader) {
    this.relations = relations;
    this.reader = reader;
  }

  /** A user's chat: its kind, and who is on the other side. */
  record Chat(ConversationId id, SessionType type, UserId peer, GroupId group) {
    /** A notification to the peer or to the group, and to the sender's own devices. */
    LoggedNotification notification(UserId sender, LoggedNotification.Content content, long now) {
      return type.isGroup()
          ? LoggedNotification.toGroup(sender, group, content, now)
          : LoggedNotification.toUser(type, sender, peer, content, now);
    }
  }

  /**
   * A user's chat.
   *
   * @throws im.hongyan.wire.error.ImException 1004 when the user has no row of it; 1001 when others
   *     have the conversation
   */
  Chat chat(UserId user, ConversationId id) {
    Conversation row = relations.conversation(user, id).orElseThrow(() -> missing(user, id));
    return new Chat(
        id,
        SessionType.of(row.getConversationType()),
        new UserId(row.getUserID()),
        new GroupId(row.getGroupID()));
  }

  private ImException missing(UserId user, ConversationId id) {
    reader.requireNotOthers(user, List.of(id));
    return ImError.RECORD_NOT_FOUND.with("conversation not found");
  }

  /** What a user may read of a conversation. */
  ConversationAccess access(UserId user, ConversationId id) {
    return reader.access(user, id.value());
  }

  /** Those of these chats of which the user has a row, and what the user may read of them. */
  Map<ConversationId, ConversationAccess> own(UserId user, Collection<String> conversationIds) {
    Map<ConversationId, ConversationAccess> own = new LinkedHashMap<>();
    reader
        .accesses(
            user,
            conversationIds.stream()
                .filter(id -> !new ConversationId(id).isNotification())
                .distinct()
                .toList())
        .forEach((id, access) -> {
          if (access.takesPart()) {
            own.put(new ConversationId(id), access);
          }
        });
    return own;
  }

  /** Ids of all chats of a user. */
  List<String> ids(UserId user) {
    return relations.conversationIds(user);
  }

  /** Messages as a user finds them. */
  Map<Long, StoredMessage> page(UserId user, ConversationId id, Collection<Long> seqs) {
    return reader.page(user, id.value(), seqs);
  }

  /** A user's role in a group, empty for none. */
  Optional<Integer> role(GroupId group, UserId user) {
    return relations.member(group, user).map(GroupMemberFullInfo::getRoleLevel);
  }

  /**
   * A member's role in a group.
   *
   * @throws ImException 1002 for who is none, such as a former member, whose row is still there
   */
  int requireMember(GroupId group, UserId user) {
    return role(group, user).orElseThrow(() -> ImError.NO_PERMISSION.with("not in the group"));
  }

  /** Whether a user may do in a group what concerns everybody. */
  boolean leads(GroupId group, UserId user) {
    return role(group, user).filter(role -> role >= GroupRole.ADMIN.level()).isPresent();
  }
}
