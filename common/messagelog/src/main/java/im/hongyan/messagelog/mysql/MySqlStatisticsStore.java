package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.messagelog.mysql.SentBlocks.Sent;
import im.hongyan.messagelog.mysql.SentRows.Size;
import im.hongyan.messagelog.statistics.SentMessage;
import im.hongyan.messagelog.statistics.StatisticsStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * {@link StatisticsStore} in MySQL: a batch is one row; once there are enough of these, they are
 * packed by day, and once a day is over or has many messages, these are counted. No row is of one
 * message or sender alone. A lane's calls come from one thread at a time.
 */
public final class MySqlStatisticsStore implements StatisticsStore {
  /** When open blocks are packed by day, and when those of a day that goes on are counted. */
  record Thresholds(int openBlocks, long openMessages, long packedMessages) {}

  private static final Thresholds THRESHOLDS = new Thresholds(64, 16_384, 131_072);

  private static final int BLOCKS_A_STEP = 64;

  private static final int ROWS_A_REMOVAL = 1_000;

  private final Jdbi jdbi;
  private final Thresholds thresholds;
  private final Map<Integer, LaneWork> work = new ConcurrentHashMap<>();

  /** What is to be done in a lane. */
  private static final class LaneWork {
    /** Up to here the log may have what was counted from history; -1 where it cannot. */
    private long throughOffset = -1;

    private long offset = -1;
    private boolean looked;
  }

  /** Uses the pool; its owner closes it. */
  public MySqlStatisticsStore(MySql mysql) {
    this(mysql, THRESHOLDS);
  }

  MySqlStatisticsStore(MySql mysql, Thresholds thresholds) {
    jdbi = mysql.jdbi();
    this.thresholds = thresholds;
  }

  private LaneWork work(int lane) {
    return work.computeIfAbsent(lane, _ -> new LaneWork());
  }

  @Override
  public FollowerPosition position(int lane) {
    return jdbi.withHandle(handle -> FollowerPositions.position(handle, FOLLOWER, lane));
  }

  @Override
  public boolean append(
      int lane, long expectedOffset, FollowerPosition next, List<SentMessage> messages) {
    LaneWork of = work(lane);
    boolean moved =
        jdbi.inTransaction(handle -> {
          if (!FollowerPositions.move(handle, FOLLOWER, lane, expectedOffset, next)) {
            handle.rollback();
            return false;
          }
          List<SentMessage> uncounted =
              of.throughOffset < 0 ? messages : uncounted(handle, lane, messages);
          insert(handle, lane, uncounted);
          return true;
        });
    if (moved) {
      of.offset = next.getOffset();
      of.looked = false;
    }
    return moved;
  }

  private static void insert(Handle handle, int lane, List<SentMessage> messages) {
    List<Sent> sent =
        messages.stream()
            .map(message -> new Sent(message.sendId(), message.groupId(), message.sentMillis()))
            .toList();
    SentRows.insert(handle, lane, SentRows.OPEN, SentRows.NO_DAY, SentBlocks.of(sent));
  }

  private static List<SentMessage> uncounted(Handle handle, int lane, List<SentMessage> messages) {
    List<byte[]> ids =
        messages.stream().map(SentMessage::conversationId).distinct().map(MySql::id).toList();
    if (ids.isEmpty()) {
      return messages;
    }
    Map<String, Long> counted = new HashMap<>();
    for (List<byte[]> some : Lists.partition(ids, ROWS_A_REMOVAL)) {
      handle
          .createQuery(
              "SELECT conversation_id, seq FROM sent_counted"
                  + " WHERE lane = :lane AND conversation_id IN (<ids>)")
          .bind("lane", lane)
          .bindList("ids", some)
          .map((row, _) -> counted.put(MySql.id(row.getBytes(1)), row.getLong(2)))
          .forEach(_ -> {});
    }
    return messages.stream()
        .filter(message -> message.seq() > counted.getOrDefault(message.conversationId(), 0L))
        .toList();
  }

  @Override
  public void begin(int lane) {
    LaneWork begun = new LaneWork();
    jdbi.useHandle(handle -> {
      begun.offset = FollowerPositions.position(handle, FOLLOWER, lane).getOffset();
      begun.throughOffset =
          handle
              .createQuery("SELECT through_offset FROM sent_lane WHERE lane = ?")
              .bind(0, lane)
              .mapTo(Long.class)
              .findOne()
              .orElse(-1L);
    });
    work.put(lane, begun);
  }

  @Override
  public boolean tidy(int lane, long nowMillis) {
    LaneWork of = work(lane);
    if (of.looked) {
      return false;
    }
    for (Size open : sizes(lane, SentRows.OPEN)) {
      if (open.blocks() >= thresholds.openBlocks()
          || open.messages() >= thresholds.openMessages()) {
        jdbi.useTransaction(handle -> SentRows.pack(handle, lane, BLOCKS_A_STEP));
        return true;
      }
    }
    long today = Math.floorDiv(nowMillis, SentBlocks.DAY_MILLIS);
    for (Size packed : sizes(lane, SentRows.PACKED)) {
      if (packed.day() < today || packed.messages() >= thresholds.packedMessages()) {
        jdbi.useTransaction(handle -> SentRows.count(handle, lane, packed.day(), BLOCKS_A_STEP));
        return true;
      }
    }
    if (of.throughOffset >= 0 && of.offset >= of.throughOffset) {
      if (remove("sent_counted", ", conversation_id", lane) == ROWS_A_REMOVAL) {
        return true;
      }
      jdbi.useHandle(handle ->
          handle.execute("UPDATE sent_lane SET through_offset = -1 WHERE lane = ?", lane));
      of.throughOffset = -1;
    }
    of.looked = true;
    return false;
  }

  private List<Size> sizes(int lane, int state) {
    return jdbi.withHandle(handle -> SentRows.sizes(handle, lane, state));
  }

  /** Removes rows of a lane in the order of their key, and returns how many that were. */
  private int remove(String table, String key, int lane) {
    String sql = "DELETE FROM " + table + " WHERE lane = ? ORDER BY lane" + key + " LIMIT ?";
    return jdbi.withHandle(handle -> handle.execute(sql, lane, ROWS_A_REMOVAL));
  }

  @Override
  public @Nullable Counted counted(int lane) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT conversation_id, seq, done FROM sent_lane WHERE lane = ?")
            .bind(0, lane)
            .map((row, _) ->
                new Counted(MySql.id(row.getBytes(1)), row.getLong(2), row.getInt(3) != 0))
            .findOne()
            .orElse(null));
  }

  @Override
  public boolean forget(int lane) {
    work.remove(lane);
    return remove("sent_block", ", state, day, block", lane) < ROWS_A_REMOVAL
        && remove("sent_day", ", day, part", lane) < ROWS_A_REMOVAL
        && remove("sent_counted", ", conversation_id", lane) < ROWS_A_REMOVAL
        && remove("sent_lane", "", lane) < ROWS_A_REMOVAL;
  }

  @Override
  public void restart(int lane, FollowerPosition at) {
    work.remove(lane);
    jdbi.useTransaction(handle -> {
      FollowerPositions.put(handle, FOLLOWER, lane, at);
      handle.execute(
          "INSERT INTO sent_lane (lane, conversation_id, seq, done, through_offset)"
              + " VALUES (?, ?, ?, 0, -1)",
          lane,
          MySql.id(Counted.NOTHING.conversationId()),
          Counted.NOTHING.seq());
    });
  }

  /** Locks the lane; false where it was not counted just so far. */
  private static boolean reach(
      Handle handle, int lane, Counted from, Counted reached, long throughOffset) {
    return handle.execute(
            "UPDATE sent_lane SET conversation_id = ?, seq = ?, done = ?, through_offset = ?"
                + " WHERE lane = ? AND conversation_id = ? AND seq = ? AND done = 0",
            MySql.id(reached.conversationId()),
            reached.seq(),
            reached.done() ? 1 : 0,
            throughOffset,
            lane,
            MySql.id(from.conversationId()),
            from.seq())
        == 1;
  }

  @Override
  public void fill(
      int lane, Counted from, Counted reached, List<SentMessage> messages, long historyOffset) {
    Map<String, Long> through = new TreeMap<>();
    messages.forEach(message -> through.merge(message.conversationId(), message.seq(), Math::max));
    jdbi.useTransaction(handle -> {
      if (!reach(handle, lane, from, reached, historyOffset)) {
        throw new StoreUnavailableException("lane " + lane + ": another follower counts as well");
      }
      Rows.insert(
          handle,
          "INSERT INTO sent_counted (lane, conversation_id, seq) VALUES",
          through.entrySet().stream()
              .map(entry -> new Object[] {lane, MySql.id(entry.getKey()), entry.getValue()})
              .toList(),
          "ON DUPLICATE KEY UPDATE seq = GREATEST(seq, VALUES(seq))");
      insert(handle, lane, messages);
    });
    work(lane).looked = false;
  }
}
