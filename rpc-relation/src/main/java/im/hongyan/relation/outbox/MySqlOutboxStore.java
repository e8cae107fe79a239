package im.hongyan.relation.outbox;

import com.google.common.collect.Lists;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Notifications in the table {@code outbox}, with one row of {@code outbox_conversation} for each
 * conversation that has any. No lock is held while something is sent.
 */
public final class MySqlOutboxStore implements OutboxStore {
  private static final int MOST_REASON_CHARACTERS = 1024;
  private static final int MOST_REMOVED_AT_ONCE = 100;

  /** In place of the time of the oldest notification where none waits. */
  private static final long NOTHING = Long.MIN_VALUE;

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlOutboxStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public List<Claim> take(int most, long nowMillis, long leaseMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          List<Claim> due =
              handle
                  .createQuery(
                      "SELECT conversation_id, claim, attempts FROM outbox_conversation"
                          + " WHERE due_at <= ? ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED")
                  .bind(0, nowMillis)
                  .bind(1, most)
                  .map((row, context) ->
                      new Claim(
                          MySql.id(row.getBytes(1)),
                          row.getLong(2) + 1,
                          row.getInt(3),
                          nowMillis + leaseMillis))
                  .list();
          if (!due.isEmpty()) {
            handle
                .createUpdate(
                    "UPDATE outbox_conversation SET due_at = :due, claim = claim + 1"
                        + " WHERE conversation_id IN (<ids>)")
                .bind("due", nowMillis + leaseMillis)
                .bindList("ids", due.stream().map(c -> MySql.id(c.conversationId())).toList())
                .execute();
          }
          return due;
        });
  }

  @Override
  public Map<String, List<Waiting>> waiting(Collection<String> conversationIds, int mostOfEach) {
    String one =
        "(SELECT conversation_id, version, operation_id, created_at, message FROM outbox"
            + " WHERE conversation_id = ? ORDER BY version LIMIT ?)";
    String sql = String.join(" UNION ALL ", Collections.nCopies(conversationIds.size(), one));
    Map<String, List<Waiting>> waiting = new HashMap<>();
    if (conversationIds.isEmpty()) {
      return waiting;
    }
    jdbi.useHandle(handle -> {
      Query query = handle.createQuery(sql);
      int place = 0;
      for (String conversationId : conversationIds) {
        query = query.bind(place, MySql.id(conversationId)).bind(place + 1, mostOfEach);
        place += 2;
      }
      query
          .map((row, context) ->
              new Waiting(
                  MySql.id(row.getBytes(1)),
                  row.getLong(2),
                  MySql.id(row.getBytes(3)),
                  row.getLong(4),
                  message(row.getBytes(5))))
          .forEach(each ->
              waiting.computeIfAbsent(each.conversationId(), id -> new ArrayList<>()).add(each));
    });
    waiting.values().forEach(some -> some.sort(Comparator.comparingLong(Waiting::version)));
    return waiting;
  }

  private static MsgData message(byte[] bytes) {
    try {
      return MsgData.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the outbox holds something that is no message", e);
    }
  }

  @Override
  public void deadLetter(Waiting refused, String reason, long nowMillis) {
    Transactions.run(
        jdbi,
        handle -> {
          handle.execute(
              "INSERT INTO outbox_parked"
                  + " (client_msg_id, conversation_id, reason, parked_at, message)"
                  + " VALUES (?, ?, ?, ?, ?)"
                  + " ON DUPLICATE KEY UPDATE client_msg_id = VALUES(client_msg_id)",
              MySql.id(refused.message().getClientMsgID()),
              MySql.id(refused.conversationId()),
              reason.substring(0, Math.min(reason.length(), MOST_REASON_CHARACTERS)),
              nowMillis,
              refused.message().toByteArray());
          remove(handle, List.of(refused));
          return true;
        });
  }

  @Override
  public void finish(Collection<FinishedClaim> finished) {
    Map<String, FinishedClaim> byConversation = new TreeMap<>(Utf8Order.INSTANCE);
    for (FinishedClaim each : finished) {
      byConversation.merge(each.claim().conversationId(), each, MySqlOutboxStore::later);
    }
    List<Waiting> sent = finished.stream().flatMap(each -> each.sent().stream()).toList();
    if (finished.isEmpty()) {
      return;
    }
    Transactions.run(
        jdbi,
        handle -> {
          List<FinishedClaim> held = held(handle, byConversation);
          for (List<Waiting> some : Lists.partition(sent, MOST_REMOVED_AT_ONCE)) {
            remove(handle, some);
          }
          if (!held.isEmpty()) {
            giveBack(handle, held);
          }
          return true;
        });
  }

  private static FinishedClaim later(FinishedClaim a, FinishedClaim b) {
    return a.claim().number() > b.claim().number() ? a : b;
  }

  /** By client ids too: versions begin again in a conversation that had nothing waiting. */
  private static void remove(Handle handle, List<Waiting> sent) {
    String one = "(conversation_id = ? AND version = ? AND client_msg_id = ?)";
    List<Object> arguments = new ArrayList<>();
    for (Waiting each : sent) {
      arguments.add(MySql.id(each.conversationId()));
      arguments.add(each.version());
      arguments.add(MySql.id(each.message().getClientMsgID()));
    }
    handle.execute(
        "DELETE FROM outbox WHERE " + String.join(" OR ", Collections.nCopies(sent.size(), one)),
        arguments.toArray());
  }

  /** Locks the conversations' rows, so that nothing is written to them before this is decided. */
  private static List<FinishedClaim> held(
      Handle handle, Map<String, FinishedClaim> byConversation) {
    List<FinishedClaim> held = new ArrayList<>();
    handle
        .createQuery(
            "SELECT conversation_id, claim FROM outbox_conversation"
                + " WHERE conversation_id IN (<ids>) ORDER BY conversation_id FOR UPDATE")
        .bindList("ids", byConversation.keySet().stream().map(MySql::id).toList())
        .map((row, context) -> Map.entry(MySql.id(row.getBytes(1)), row.getLong(2)))
        .forEach(head -> {
          FinishedClaim each = byConversation.get(head.getKey());
          if (each != null && each.claim().number() == head.getValue()) {
            held.add(each);
          }
        });
    return held;
  }

  private static void giveBack(Handle handle, List<FinishedClaim> held) {
    Map<String, Long> oldest = new HashMap<>();
    handle
        .createQuery(
            "SELECT conversation_id, (SELECT created_at FROM outbox WHERE outbox.conversation_id"
                + " = outbox_conversation.conversation_id ORDER BY version LIMIT 1)"
                + " FROM outbox_conversation WHERE conversation_id IN (<ids>)")
        .bindList("ids", ids(held))
        .map((row, context) -> {
          String conversationId = MySql.id(row.getBytes(1));
          long createdMillis = row.getLong(2);
          return Map.entry(conversationId, row.wasNull() ? NOTHING : createdMillis);
        })
        .forEach(entry -> oldest.put(entry.getKey(), entry.getValue()));
    List<FinishedClaim> empty = new ArrayList<>();
    for (FinishedClaim each : held) {
      long createdMillis = oldest.getOrDefault(each.claim().conversationId(), NOTHING);
      if (createdMillis == NOTHING) {
        empty.add(each);
      } else {
        handle.execute(
            "UPDATE outbox_conversation SET due_at = ?, attempts = ? WHERE conversation_id = ?",
            Math.max(each.notBeforeMillis(), createdMillis),
            each.attempts(),
            MySql.id(each.claim().conversationId()));
      }
    }
    if (!empty.isEmpty()) {
      handle
          .createUpdate("DELETE FROM outbox_conversation WHERE conversation_id IN (<ids>)")
          .bindList("ids", ids(empty))
          .execute();
    }
  }

  private static List<byte[]> ids(List<FinishedClaim> finished) {
    return finished.stream().map(each -> MySql.id(each.claim().conversationId())).toList();
  }
}
