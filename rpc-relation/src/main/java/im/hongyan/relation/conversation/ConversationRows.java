package im.hongyan.relation.conversation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Reads and writes conversation rows within the caller's transaction. Stateless.
 *
 * <p>Who changes rows locks the lists of their owners first ({@link #lock}).
 */
public final class ConversationRows {
  static final String SELECT =
      "SELECT owner_user_id, conversation_id, conversation_type, user_id, group_id, recv_msg_opt,"
          + " is_pinned, is_private_chat, burn_duration, group_at_type, attached_info, ex, max_seq,"
          + " min_seq, is_msg_destruct, msg_destruct_time, latest_msg_destruct_time"
          + " FROM conversation";

  private static final Comparator<ConversationRow> BY_KEY =
      Comparator.comparing((ConversationRow row) -> row.ownerUserId().value(), Utf8Order.INSTANCE)
          .thenComparing(row -> row.conversationId().value(), Utf8Order.INSTANCE);

  private ConversationRows() {}

  /** Keeps others from changing these owners' rows until the transaction ends. */
  public static void lock(Handle handle, Collection<UserId> owners) {
    VersionLogs.lock(handle, Kind.CONVERSATIONS, owners.stream().map(UserId::value).toList());
  }

  /** A row as clients get it. */
  static Conversation conversation(ResultSet row) throws SQLException {
    return Conversation.newBuilder()
        .setOwnerUserID(MySql.id(row.getBytes("owner_user_id")))
        .setConversationID(MySql.id(row.getBytes("conversation_id")))
        .setConversationType(row.getInt("conversation_type"))
        .setUserID(MySql.id(row.getBytes("user_id")))
        .setGroupID(MySql.id(row.getBytes("group_id")))
        .setRecvMsgOpt(row.getInt("recv_msg_opt"))
        .setIsPinned(row.getBoolean("is_pinned"))
        .setIsPrivateChat(row.getBoolean("is_private_chat"))
        .setBurnDuration(row.getInt("burn_duration"))
        .setGroupAtType(row.getInt("group_at_type"))
        .setAttachedInfo(row.getString("attached_info"))
        .setEx(row.getString("ex"))
        .setMaxSeq(row.getLong("max_seq"))
        .setMinSeq(row.getLong("min_seq"))
        .setIsMsgDestruct(row.getBoolean("is_msg_destruct"))
        .setMsgDestructTime(row.getLong("msg_destruct_time"))
        .setLatestMsgDestructTime(row.getLong("latest_msg_destruct_time"))
        .build();
  }

  /** The rows of these owners of one conversation, in any order. */
  static List<Conversation> find(Handle handle, ConversationId id, Collection<UserId> owners) {
    return handle
        .createQuery(SELECT + " WHERE owner_user_id IN (<owners>) AND conversation_id = :id")
        .bindList("owners", List.copyOf(owners))
        .bind("id", id)
        .map((row, context) -> conversation(row))
        .list();
  }

  /** Adds the rows that are missing, of one conversation, and leaves the others as they are. */
  static void addMissing(Handle handle, List<ConversationRow> rows, long nowMillis) {
    List<ConversationRow> fresh = missing(handle, rows);
    if (fresh.isEmpty()) {
      return;
    }
    List<UserId> owners = fresh.stream().map(ConversationRow::ownerUserId).toList();
    lock(handle, owners);
    fresh = missing(handle, rows);
    if (fresh.isEmpty()) {
      return;
    }
    log(
        handle,
        fresh.stream().map(row -> row.ownerUserId().value()).toList(),
        rows.getFirst().conversationId().value(),
        State.INSERTED,
        nowMillis);
    Rows.insert(
        handle,
        "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type,"
            + " user_id, group_id, attached_info, ex, create_time) VALUES",
        fresh.stream().sorted(BY_KEY).map(row -> values(row, nowMillis)).toList(),
        "ON DUPLICATE KEY UPDATE owner_user_id = VALUES(owner_user_id)");
  }

  private static List<ConversationRow> missing(Handle handle, List<ConversationRow> rows) {
    Set<UserId> known =
        Set.copyOf(
            owners(
                handle,
                rows.getFirst().conversationId(),
                rows.stream().map(ConversationRow::ownerUserId).toList()));
    return rows.stream().filter(row -> !known.contains(row.ownerUserId())).toList();
  }

  /** Those of these users who have a row of a conversation, in any order. */
  static List<UserId> owners(Handle handle, ConversationId id, Collection<UserId> users) {
    return handle
        .createQuery(
            "SELECT owner_user_id FROM conversation"
                + " WHERE owner_user_id IN (<users>) AND conversation_id = :id")
        .bindList("users", List.copyOf(users))
        .bind("id", id)
        .mapTo(UserId.class)
        .list();
  }

  private static Object[] values(ConversationRow row, long nowMillis) {
    return new Object[] {
      row.ownerUserId(),
      row.conversationId(),
      row.type(),
      row.peerUserId(),
      row.groupId(),
      "",
      "",
      nowMillis
    };
  }

  /**
   * Marks a group's conversation in these owners' lists, which are locked. Rows whose window does
   * not hold the message stay as they are, and rows whose mark is of a later moment.
   *
   * @param seq of the message that is the reason; 0 when there is none
   * @param atMillis when the reason came
   * @return the owners whose rows have changed
   */
  public static List<String> mark(
      Handle handle,
      ConversationId id,
      Collection<UserId> owners,
      int groupAtType,
      long seq,
      long atMillis) {
    Map<UserId, Integer> marks =
        handle
            .createQuery(
                "SELECT owner_user_id, group_at_type FROM conversation"
                    + " WHERE owner_user_id IN (<owners>) AND conversation_id = :id"
                    + " AND group_at_since <= :at"
                    + " AND (:seq = 0 OR min_seq <= :seq AND (max_seq = 0 OR max_seq >= :seq))")
            .bindList("owners", List.copyOf(owners))
            .bind("id", id)
            .bind("at", atMillis)
            .bind("seq", seq)
            .reduceRows(
                new HashMap<>(),
                (found, row) -> {
                  found.put(
                      row.getColumn("owner_user_id", UserId.class),
                      row.getColumn("group_at_type", Integer.class));
                  return found;
                });
    if (!marks.isEmpty()) {
      handle
          .createUpdate(
              "UPDATE conversation SET group_at_type = :type, group_at_since = :at"
                  + " WHERE owner_user_id IN (<owners>) AND conversation_id = :id")
          .bindList("owners", List.copyOf(marks.keySet()))
          .bind("id", id)
          .bind("type", groupAtType)
          .bind("at", atMillis)
          .execute();
    }
    return marks.entrySet().stream()
        .filter(entry -> entry.getValue() != groupAtType)
        .map(entry -> entry.getKey().value())
        .toList();
  }

  /** Notes that these owners have set the mark themselves: older reasons change it no more. */
  static void setMarked(
      Handle handle, ConversationId id, Collection<UserId> owners, long nowMillis) {
    handle
        .createUpdate(
            "UPDATE conversation SET group_at_since = :at"
                + " WHERE owner_user_id IN (<owners>) AND conversation_id = :id")
        .bind("at", nowMillis)
        .bindList("owners", List.copyOf(owners))
        .bind("id", id)
        .execute();
  }

  /** Logs a change of one conversation for several owners. */
  public static void log(
      Handle handle,
      Collection<String> owners,
      String conversationId,
      State state,
      long nowMillis) {
    VersionLogs.advanceEach(handle, Kind.CONVERSATIONS, owners, conversationId, state, nowMillis);
  }
}
