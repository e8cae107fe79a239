package im.hongyan.relation.conversation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Changes conversation rows and removes them. Safe for use by several threads. */
public final class ConversationSettingsStore {
  private static final int OWNERS_A_STEP = 500;

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public ConversationSettingsStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Changes rows of one conversation; those of pairs are made where they are missing.
   *
   * @param rows of its owners
   * @param change gives a row as it becomes
   * @param setsMark whether it says what {@code groupAtType} is, be it the same as before
   * @param notifications gets the owners whose rows have changed
   * @throws im.hongyan.wire.error.ImException 1001 when the conversation belongs to others, 1004
   *     when a row of a group is missing: its owner is no member
   */
  void change(
      List<ConversationRow> rows,
      UnaryOperator<Conversation> change,
      boolean setsMark,
      Function<List<UserId>, List<Notification>> notifications,
      long nowMillis) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              OwnerRows.claim(handle, pairs(rows));
              ConversationRows.lock(
                  handle, rows.stream().map(ConversationRow::ownerUserId).toList());
              addMissingPairs(handle, rows, nowMillis);
              List<UserId> changed = new ArrayList<>();
              for (ConversationRow row : rows) {
                Conversation before = stored(handle, row);
                Conversation after = change.apply(before);
                if (!after.equals(before)) {
                  update(handle, after, nowMillis);
                  changed.add(row.ownerUserId());
                }
              }
              ConversationId id = rows.getFirst().conversationId();
              if (setsMark) {
                ConversationRows.setMarked(
                    handle,
                    id,
                    rows.stream().map(ConversationRow::ownerUserId).toList(),
                    nowMillis);
              }
              log(handle, changed, id, nowMillis);
              OutboxRows.append(handle, notifications.apply(changed));
              return true;
            });
  }

  /** Changes those rows of one conversation that exist; parameters as above. */
  void changeExisting(
      ConversationId id,
      List<UserId> owners,
      UnaryOperator<Conversation> change,
      boolean setsMark,
      long nowMillis) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              ConversationRows.lock(handle, owners);
              List<UserId> changed = new ArrayList<>();
              for (Conversation before : ConversationRows.find(handle, id, owners)) {
                Conversation after = change.apply(before);
                if (!after.equals(before)) {
                  update(handle, after, nowMillis);
                  changed.add(new UserId(before.getOwnerUserID()));
                }
              }
              if (setsMark) {
                ConversationRows.setMarked(handle, id, owners, nowMillis);
              }
              log(handle, changed, id, nowMillis);
              return true;
            });
  }

  private static Set<ConversationOwner> pairs(List<ConversationRow> rows) {
    return Set.copyOf(
        rows.stream()
            .filter(row -> row.groupId().value().isEmpty())
            .map(row -> ConversationOwner.pair(row.ownerUserId().value(), row.peerUserId().value()))
            .toList());
  }

  private static void addMissingPairs(Handle handle, List<ConversationRow> rows, long nowMillis) {
    List<ConversationRow> pairs =
        rows.stream().filter(row -> row.groupId().value().isEmpty()).toList();
    if (!pairs.isEmpty()) {
      ConversationRows.addMissing(handle, pairs, nowMillis);
    }
  }

  private static Conversation stored(Handle handle, ConversationRow row) {
    return ConversationRows.find(handle, row.conversationId(), List.of(row.ownerUserId())).stream()
        .findFirst()
        .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("conversation not found"));
  }

  /** A destruct time that is new is due at once; MySQL sets columns from left to right. */
  private static void update(Handle handle, Conversation row, long nowMillis) {
    boolean destructs = row.getIsMsgDestruct() && row.getMsgDestructTime() > 0;
    handle.execute(
        "UPDATE conversation SET destruct_at = IF(?, IF(is_msg_destruct = 1"
            + " AND msg_destruct_time = ?, COALESCE(destruct_at, ?), ?), NULL),"
            + " recv_msg_opt = ?, is_pinned = ?, attached_info = ?, ex = ?,"
            + " burn_duration = ?, group_at_type = ?, msg_destruct_time = ?, is_msg_destruct = ?,"
            + " is_private_chat = ?, latest_msg_destruct_time = ?"
            + " WHERE owner_user_id = ? AND conversation_id = ?",
        destructs,
        row.getMsgDestructTime(),
        nowMillis,
        nowMillis,
        row.getRecvMsgOpt(),
        row.getIsPinned(),
        row.getAttachedInfo(),
        row.getEx(),
        row.getBurnDuration(),
        row.getGroupAtType(),
        row.getMsgDestructTime(),
        row.getIsMsgDestruct(),
        row.getIsPrivateChat(),
        row.getLatestMsgDestructTime(),
        new UserId(row.getOwnerUserID()),
        new ConversationId(row.getConversationID()));
  }

  private static void log(
      Handle handle, List<UserId> changed, ConversationId conversationId, long nowMillis) {
    if (!changed.isEmpty()) {
      ConversationRows.log(
          handle,
          changed.stream().map(UserId::value).toList(),
          conversationId.value(),
          State.UPDATED,
          nowMillis);
    }
  }

  /**
   * Removes those of an owner's rows that exist; who reads the list sees it so. Rows of groups that
   * the owner is in stay all the same: without them nothing of the group could be read.
   */
  void remove(UserId owner, Collection<ConversationId> ids, long nowMillis) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              if (ids.isEmpty()) {
                return false;
              }
              ConversationRows.lock(handle, List.of(owner));
              List<ConversationId> there =
                  handle
                      .createQuery(
                          "SELECT conversation_id FROM conversation"
                              + " WHERE owner_user_id = :owner AND conversation_id IN (<ids>)")
                      .bind("owner", owner)
                      .bindList("ids", List.copyOf(ids))
                      .mapTo(ConversationId.class)
                      .list();
              if (there.isEmpty()) {
                return false;
              }
              handle
                  .createUpdate(
                      "DELETE FROM conversation"
                          + " WHERE owner_user_id = :owner AND conversation_id IN (<ids>)"
                          + " AND NOT EXISTS (SELECT 1 FROM group_member WHERE"
                          + " group_member.group_id = conversation.group_id"
                          + " AND user_id = :owner)")
                  .bind("owner", owner)
                  .bindList("ids", there)
                  .execute();
              VersionLogs.advance(
                  handle,
                  Kind.CONVERSATIONS,
                  owner.value(),
                  there.stream().map(ConversationId::value).toList(),
                  State.DELETED,
                  nowMillis);
              return true;
            });
  }

  /**
   * Sets {@code ex} of the next rows of others that are about a user. Rows are read under the lock:
   * one that its owner has deleted meanwhile must not be logged as changed.
   *
   * @param after the last owner of the step before
   * @return owners of this step; the last step has none
   */
  List<UserId> setExOfPeers(UserId peer, String ex, UserId after, long nowMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          List<UserId> owners = ownersAbout(handle, peer, after);
          if (owners.isEmpty()) {
            return owners;
          }
          ConversationRows.lock(handle, owners);
          TreeMap<String, List<String>> byConversation = new TreeMap<>(Utf8Order.INSTANCE);
          handle
              .createQuery(
                  "SELECT owner_user_id, conversation_id FROM conversation"
                      + " WHERE user_id = :peer AND owner_user_id IN (<owners>)")
              .bind("peer", peer)
              .bindList("owners", owners)
              .map((row, _) -> Map.entry(MySql.id(row.getBytes(2)), MySql.id(row.getBytes(1))))
              .forEach(row ->
                  byConversation
                      .computeIfAbsent(row.getKey(), _ -> new ArrayList<>())
                      .add(row.getValue()));
          byConversation.forEach((id, some) -> {
            ConversationRows.log(handle, some, id, State.UPDATED, nowMillis);
            handle
                .createUpdate(
                    "UPDATE conversation SET ex = :ex"
                        + " WHERE owner_user_id IN (<owners>) AND conversation_id = :id")
                .bind("ex", ex)
                .bindList("owners", some.stream().map(UserId::new).toList())
                .bind("id", new ConversationId(id))
                .execute();
          });
          return owners;
        });
  }

  private static List<UserId> ownersAbout(Handle handle, UserId peer, UserId after) {
    return handle
        .createQuery(
            "SELECT DISTINCT owner_user_id FROM conversation"
                + " WHERE user_id = :peer AND owner_user_id > :after"
                + " ORDER BY owner_user_id LIMIT :most")
        .bind("peer", peer)
        .bind("after", after)
        .bind("most", OWNERS_A_STEP)
        .mapTo(UserId.class)
        .list();
  }
}
