package im.hongyan.msg.mutation;

import im.hongyan.kit.call.CallContext;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.Seen;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What mutations check: who calls, whose conversation it is, what is there. Safe for use by several
 * threads; may block.
 */
public final class ConversationAccessChecks {
  static final int OWNER = 100;
  static final int ADMIN = 60;
  static final int ORDINARY = 20;

  private final Relations relations;
  private final UserReader reader;
  private final Set<String> adminIds;

  /** Creates checks. */
  public ConversationAccessChecks(Relations relations, UserReader reader, Set<String> adminIds) {
    this.relations = relations;
    this.reader = reader;
    this.adminIds = Set.copyOf(adminIds);
  }

  /** A user's chat: its kind, and who is on the other side. */
  record Chat(String id, SessionType type, String peerId, String groupId) {
    /** Something told in it: to the peer or to the group, and to the sender's own devices. */
    Notice notice(String sendId, Notice.Content content, long now) {
      return type.isGroup()
          ? Notice.toGroup(sendId, groupId, content, now)
          : Notice.toUser(type, sendId, peerId, content, now);
    }
  }

  /** The current call's user. */
  Caller caller() {
    return CallContext.current().caller(adminIds);
  }

  /**
   * Lets the user itself pass, and administrators.
   *
   * @throws im.hongyan.wire.error.ImException 1002 for others
   */
  void requireSelf(String userId) {
    Caller caller = caller();
    if (!caller.privileged() && !caller.userId().equals(userId)) {
      throw ImError.NO_PERMISSION.with("ownerUserID, " + userId + "=MISSING");
    }
  }

  /**
   * Refuses an empty field.
   *
   * @throws im.hongyan.wire.error.ImException 1001
   */
  static void require(String field, String value) {
    if (value.isEmpty()) {
      throw ImError.ARGS.with(field + " is empty");
    }
  }

  /**
   * Refuses seqs that are none.
   *
   * @throws im.hongyan.wire.error.ImException 1001
   */
  static void requireSeqs(List<Long> seqs, int most) {
    if (seqs.stream().anyMatch(seq -> seq <= 0)) {
      throw ImError.ARGS.with("seqs has 0 value is invalid");
    }
    if (seqs.size() > most) {
      throw ImError.ARGS.with("more than " + most + " seqs at once");
    }
  }

  /**
   * A user's chat.
   *
   * @throws im.hongyan.wire.error.ImException 1004 when the user has no row of it
   */
  Chat chat(String userId, String conversationId) {
    Conversation row =
        relations
            .conversation(userId, conversationId)
            .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("conversation not found"));
    return new Chat(
        conversationId,
        SessionType.of(row.getConversationType()),
        row.getUserID(),
        row.getGroupID());
  }

  /** How a user stands in a conversation. */
  ConversationAccess access(String userId, String conversationId) {
    return reader.access(userId, conversationId);
  }

  /** Those of these checks of which the user has a row, with how the user stands in them. */
  Map<String, ConversationAccess> own(String userId, Collection<String> conversationIds) {
    Map<String, ConversationAccess> own =
        reader.accesses(
            userId,
            conversationIds.stream()
                .filter(id -> !new ConversationId(id).isNotification())
                .distinct()
                .toList());
    own.values().removeIf(access -> !access.takesPart());
    return own;
  }

  /** All checks of a user. */
  List<String> ids(String userId) {
    return relations.conversationIds(userId);
  }

  /** Messages as a user finds them. */
  Map<Long, Seen> page(String userId, String conversationId, Collection<Long> seqs) {
    return reader.page(userId, conversationId, seqs);
  }

  /** A user's role in a group, empty for none. */
  Optional<Integer> role(String groupId, String userId) {
    return relations.member(groupId, userId).map(GroupMemberFullInfo::getRoleLevel);
  }

  /** Whether a user may do in a group what concerns everybody. */
  boolean leads(String groupId, String userId) {
    return role(groupId, userId).filter(role -> role >= ADMIN).isPresent();
  }

  Relations relations() {
    return relations;
  }
}
