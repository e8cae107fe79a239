package im.hongyan.relation.group;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.relation.conversation.ConversationRows;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.group.GroupAtType;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The table {@code group_mention}, into which the writer of history puts who is mentioned, and what
 * it asks for, in steps of some members each. A mention has its effect once, whatever is repeated.
 * Safe for use by several threads and processes.
 */
public final class GroupMentionStore {
  private static final int USERS_A_STEP = 500;

  private static final String SELECT =
      "SELECT id, group_id, seq, sender_user_id, at_millis, everyone, named, done_to, marked, last_step"
          + " FROM group_mention";

  private final Jdbi jdbi;

  /**
   * What is left of a mention.
   *
   * @param seq of the message; 0 of an announcement
   * @param sender gets no mark of everyone
   * @param atMillis when the message was sent, or the announcement made
   * @param everyone the mark of members that are not named; 0: none
   * @param doneTo the last user looked at
   * @param marked are to be notified before it goes on
   * @param lastStep whether nobody comes after {@code doneTo}
   */
  record Job(
      long id,
      GroupId groupId,
      long seq,
      UserId sender,
      long atMillis,
      int everyone,
      List<String> named,
      UserId doneTo,
      List<UserId> marked,
      boolean lastStep) {
    ConversationId conversationId() {
      return ConversationId.group(groupId.value());
    }
  }

  /** Creates a store over the pool. */
  public GroupMentionStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Marks every member of a group for its announcement, within the caller's transaction. */
  static void announce(Handle handle, GroupId groupId, long nowMillis) {
    handle.execute(
        "INSERT INTO group_mention"
            + " (group_id, seq, sender_user_id, at_millis, everyone, named, marked)"
            + " VALUES (?, 0, '', ?, ?, '', '')",
        groupId,
        nowMillis,
        GroupAtType.ANNOUNCEMENT);
  }

  /** Groups of the oldest mentions, each once. */
  List<GroupId> waiting(int most) {
    return jdbi
        .withHandle(handle ->
            handle
                .createQuery("SELECT group_id FROM group_mention ORDER BY id LIMIT ?")
                .bind(0, most)
                .mapTo(GroupId.class)
                .list())
        .stream()
        .distinct()
        .toList();
  }

  /** The oldest mention in a group, which goes first. */
  Optional<Job> next(GroupId groupId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(SELECT + " WHERE group_id = ? ORDER BY id LIMIT 1")
            .bind(0, groupId)
            .map((row, context) ->
                new Job(
                    row.getLong("id"),
                    groupId,
                    row.getLong("seq"),
                    new UserId(MySql.id(row.getBytes("sender_user_id"))),
                    row.getLong("at_millis"),
                    row.getInt("everyone"),
                    users(row.getBytes("named")),
                    new UserId(MySql.id(row.getBytes("done_to"))),
                    users(row.getBytes("marked")).stream().map(UserId::new).toList(),
                    row.getBoolean("last_step")))
            .findOne());
  }

  private static List<String> users(byte[] mentions) {
    try {
      return Mentions.parseFrom(mentions).getUserIdsList();
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("group_mention is damaged", e);
    }
  }

  /** Marks the rows of the next users, unless another process has meanwhile. */
  void mark(Job job, long nowMillis) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              if (!isAt(handle, job)) {
                return false;
              }
              List<UserId> users = next(handle, job);
              boolean last = users.size() < USERS_A_STEP;
              List<String> marked =
                  users.isEmpty() ? List.of() : mark(handle, job, users, nowMillis);
              if (last && marked.isEmpty()) {
                delete(handle, job);
                return true;
              }
              handle.execute(
                  "UPDATE group_mention SET done_to = ?, marked = ?, last_step = ? WHERE id = ?",
                  users.getLast(),
                  Mentions.newBuilder().addAllUserIds(marked).build().toByteArray(),
                  last,
                  job.id());
              return true;
            });
  }

  private static boolean isAt(Handle handle, Job job) {
    return handle
        .createQuery(
            "SELECT 1 FROM group_mention WHERE id = ? AND done_to = ? AND last_step = ?"
                + " AND (marked = '') = ? FOR UPDATE")
        .bind(0, job.id())
        .bind(1, job.doneTo())
        .bind(2, job.lastStep())
        .bind(3, job.marked().isEmpty())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private static List<UserId> next(Handle handle, Job job) {
    if (job.everyone() != 0) {
      return GroupRows.membersAfter(handle, job.groupId(), job.doneTo(), USERS_A_STEP).stream()
          .map(Member::userId)
          .toList();
    }
    return job.named().stream()
        .filter(user -> Utf8Order.INSTANCE.compare(user, job.doneTo().value()) > 0)
        .sorted(Utf8Order.INSTANCE)
        .limit(USERS_A_STEP)
        .map(UserId::new)
        .toList();
  }

  /** Returns the users whose row has changed. */
  private static List<String> mark(Handle handle, Job job, List<UserId> users, long nowMillis) {
    ConversationRows.lock(handle, users);
    Set<String> named = new HashSet<>(job.named());
    List<UserId> some = users.stream().filter(user -> named.contains(user.value())).toList();
    if (job.everyone() == 0) {
      return set(handle, job, some, GroupAtType.ME, nowMillis);
    }
    List<UserId> others =
        users.stream()
            .filter(user -> !named.contains(user.value()) && !user.equals(job.sender()))
            .toList();
    List<UserId> namedOthers = some.stream().filter(user -> !user.equals(job.sender())).toList();
    List<String> changed = new ArrayList<>();
    changed.addAll(set(handle, job, namedOthers, GroupAtType.ALL_AND_ME, nowMillis));
    changed.addAll(set(handle, job, others, job.everyone(), nowMillis));
    return changed;
  }

  private static List<String> set(
      Handle handle, Job job, Collection<UserId> owners, int mark, long nowMillis) {
    if (owners.isEmpty()) {
      return List.of();
    }
    List<String> changed =
        ConversationRows.mark(
            handle, job.conversationId(), owners, mark, job.seq(), job.atMillis());
    if (!changed.isEmpty()) {
      ConversationRows.log(handle, changed, job.conversationId().value(), State.UPDATED, nowMillis);
    }
    return changed;
  }

  /** Notifies users of their marks, unless another process has meanwhile. */
  void notified(Job job, List<Notification> notifications) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              if (!isAt(handle, job)) {
                return false;
              }
              OutboxRows.append(handle, notifications);
              if (job.lastStep()) {
                delete(handle, job);
              } else {
                handle.execute("UPDATE group_mention SET marked = '' WHERE id = ?", job.id());
              }
              return true;
            });
  }

  private static void delete(Handle handle, Job job) {
    handle.execute("DELETE FROM group_mention WHERE id = ?", job.id());
  }
}
