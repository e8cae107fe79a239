package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.MarkStore;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationOwner;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** {@link MarkStore} as its store holds it. Safe for use by several threads. */
public final class MySqlMarkStore implements MarkStore {
  private static final int IDS_PER_STATEMENT = 200;

  private static final int SEQS_PER_STATEMENT = 500;
  private static final int USERS_PER_STATEMENT = 500;

  private final Jdbi jdbi;

  /** Uses the pool; its owner closes it. */
  public MySqlMarkStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public Map<String, Place> places(String userId, Collection<String> conversationIds) {
    List<String> ids = List.copyOf(conversationIds);
    Map<String, Place> places = new HashMap<>();
    for (List<String> part : Lists.partition(ids, IDS_PER_STATEMENT)) {
      List<byte[]> some = part.stream().map(MySql::id).toList();
      jdbi.useHandle(handle ->
          // One statement, so that row and window are of one moment.
          handle
              .createQuery(
                  "SELECT 0, conversation_id, 0, min_seq, max_seq, max_version, read_seq"
                      + " FROM seq_user WHERE user_id = :user AND conversation_id IN (<ids>)"
                      + " UNION ALL SELECT 1, conversation_id, membership_version, 0, 0, 0, 0"
                      + " FROM conversation"
                      + " WHERE owner_user_id = :user AND conversation_id IN (<ids>)"
                      + " UNION ALL SELECT 2, conversation_id, 0, min_seq, 0, 0, 0"
                      + " FROM conversation_min WHERE conversation_id IN (<ids>)")
              .bind("user", MySql.id(userId))
              .bindList("ids", some)
              .map((row, context) ->
                  places.merge(MySql.id(row.getBytes(2)), place(row), Place::with))
              .forEach(ignored -> {}));
    }
    return places;
  }

  private static Place place(ResultSet row) throws SQLException {
    long min = row.getLong(4);
    return switch (row.getInt(1)) {
      case 0 ->
          new Place(
              new UserWindow(0, min, row.getLong(5), row.getLong(6), row.getLong(7)), false, 0);
      case 1 -> new Place(UserWindow.OPEN, true, row.getLong(3));
      default -> new Place(new UserWindow(min, 0, 0, 0, 0), false, 0);
    };
  }

  @Override
  public Map<String, UserWindow> windows(String conversationId, Collection<String> userIds) {
    Map<String, UserWindow> windows = new HashMap<>();
    for (List<String> some : Lists.partition(List.copyOf(userIds), USERS_PER_STATEMENT)) {
      jdbi.useHandle(handle ->
          handle
              .createQuery(
                  "SELECT user_id, min_seq, max_seq, max_version, read_seq FROM seq_user"
                      + " WHERE conversation_id = :id AND user_id IN (<users>)")
              .bind("id", MySql.id(conversationId))
              .bindList("users", some.stream().map(MySql::id).toList())
              .map((row, _) ->
                  windows.put(
                      MySql.id(row.getBytes(1)),
                      new UserWindow(
                          0, row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5))))
              .forEach(_ -> {}));
    }
    return windows;
  }

  @Override
  public Map<String, ConversationOwner> owners(Collection<String> keys) {
    Map<String, ConversationOwner> owners = new HashMap<>();
    for (List<String> some : Lists.partition(List.copyOf(keys), IDS_PER_STATEMENT)) {
      jdbi.useHandle(handle ->
          handle
              .createQuery(
                  "SELECT conversation_key, first_id, second_id FROM conversation_owner"
                      + " WHERE conversation_key IN (<keys>)")
              .bindList("keys", some.stream().map(MySql::id).toList())
              .map((row, _) ->
                  owners.put(
                      MySql.id(row.getBytes(1)),
                      new ConversationOwner(MySql.id(row.getBytes(2)), MySql.id(row.getBytes(3)))))
              .forEach(_ -> {}));
    }
    return owners;
  }

  @Override
  public Map<Long, MessageMarks> marks(
      String userId, String conversationId, Collection<Long> seqs) {
    List<Long> all = List.copyOf(seqs);
    Map<Long, MessageMarks> marks = new HashMap<>();
    for (List<Long> some : Lists.partition(all, SEQS_PER_STATEMENT)) {
      jdbi.useHandle(handle ->
          handle
              .createQuery(
                  "SELECT seq, is_read, is_erased, 0, revocation FROM message_mark"
                      + " WHERE conversation_id = :id AND seq IN (<seqs>)"
                      + " UNION ALL SELECT seq, 0, 0, 1, NULL FROM message_deleted"
                      + " WHERE user_id = :user AND conversation_id = :id AND seq IN (<seqs>)")
              .bind("user", MySql.id(userId))
              .bind("id", MySql.id(conversationId))
              .bindList("seqs", some)
              .map((row, context) -> marks.merge(row.getLong(1), mark(row), MessageMarks::with))
              .forEach(ignored -> {}));
    }
    return marks;
  }

  private static MessageMarks mark(ResultSet row) throws SQLException {
    return new MessageMarks(
        row.getInt(2) != 0, row.getInt(3) != 0, row.getInt(4) != 0, revocation(row.getBytes(5)));
  }

  private static @Nullable Revocation revocation(byte @Nullable [] stored) {
    try {
      return stored == null ? null : Revocation.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("message_mark is damaged", e);
    }
  }

  @Override
  public OptionalLong newestBelow(String userId, String conversationId, long seq) {
    return jdbi.withHandle(handle -> {
      Query query =
          handle.createQuery(
              "SELECT m.seq FROM message m LEFT JOIN message_mark k"
                  + " ON k.conversation_id = m.conversation_id AND k.seq = m.seq"
                  + " LEFT JOIN message_deleted d ON d.user_id = ?"
                  + " AND d.conversation_id = m.conversation_id AND d.seq = m.seq"
                  + " WHERE m.conversation_id = ? AND m.seq < ? AND d.seq IS NULL"
                  + " AND (k.is_erased IS NULL OR k.is_erased = 0)"
                  + " ORDER BY m.seq DESC LIMIT 1");
      return query
          .bind(0, MySql.id(userId))
          .bind(1, MySql.id(conversationId))
          .bind(2, seq)
          .mapTo(Long.class)
          .findOne()
          .map(OptionalLong::of)
          .orElseGet(OptionalLong::empty);
    });
  }
}
