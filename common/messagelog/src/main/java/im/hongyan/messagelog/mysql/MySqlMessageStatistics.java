package im.hongyan.messagelog.mysql;

import static im.hongyan.messagelog.mysql.SentBlocks.DAY_MILLIS;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.statistics.MessageStatistics;
import im.hongyan.proto.sequencing.SentBlock;
import im.hongyan.proto.sequencing.SentDay;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Utf8Order;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * {@link MessageStatistics} in MySQL, over the rows of {@link MySqlStatisticsStore}: whole days by
 * their counts, the parts of days at both ends and what is not counted yet by the blocks. Keeps one
 * number a sender in memory while it counts. Safe for use by several threads.
 */
public final class MySqlMessageStatistics implements MessageStatistics {
  private static final int DAYS_AT_ONCE = 32;

  private final Jdbi jdbi;
  private final List<Integer> lanes;
  private final int maxIds;

  /** Uses the pool; its owner closes it. */
  public MySqlMessageStatistics(MySql mysql, int lanes) {
    this(mysql, lanes, 1_000_000);
  }

  MySqlMessageStatistics(MySql mysql, int lanes, int maxIds) {
    jdbi = mysql.jdbi();
    this.lanes = IntStream.range(0, lanes).boxed().toList();
    this.maxIds = maxIds;
  }

  /** Moments from one to another, the latter not included. */
  private record Range(long from, long to) {
    boolean contains(long millis) {
      return millis >= from && millis < to;
    }

    /** The first day that is in it as a whole. */
    long firstWhole() {
      return -Math.floorDiv(-from, DAY_MILLIS);
    }

    /** The day behind the last that is in it as a whole. */
    long behindWhole() {
      return Math.floorDiv(to, DAY_MILLIS);
    }

    /** The days at its ends that are in it by a part. */
    List<Long> partDays() {
      long first = Math.floorDiv(from, DAY_MILLIS);
      long last = Math.floorDiv(to - 1, DAY_MILLIS);
      return LongStream.of(first, last)
          .filter(day -> day < firstWhole() || day >= behindWhole())
          .distinct()
          .boxed()
          .toList();
    }
  }

  private final class Sums {
    private final By by;
    private final Map<String, long[]> byId = new HashMap<>();
    private final Map<Long, long[]> byDay = new HashMap<>();
    private long messages;

    private Sums(By by) {
      this.by = by;
    }

    /** Adds the messages of a block that are in a range. */
    private void add(SentBlock block, Range range) {
      int[] counts = new int[block.getIdsCount()];
      long millis = 0;
      for (int i = 0; i < block.getSendersCount(); i++) {
        millis += block.getAfterMillis(i);
        int id = id(block, i);
        if (id >= 0 && range.contains(millis)) {
          counts[id]++;
          addDay(Math.floorDiv(millis, DAY_MILLIS), 1);
        }
      }
      for (int id = 0; id < counts.length; id++) {
        if (counts[id] > 0) {
          add(block.getIds(id), counts[id]);
        }
      }
    }

    /** Adds what is counted of a day. */
    private void add(long day, SentDay counts) {
      long sum = 0;
      for (int i = 0; i < counts.getIdsCount(); i++) {
        long more =
            switch (by) {
              case SENDER_OF_SINGLE -> counts.getInSingleChats(i);
              case SENDER -> counts.getInSingleChats(i) + counts.getInGroups(i);
              case GROUP -> counts.getIntoGroup(i);
            };
        if (more > 0) {
          add(counts.getIds(i), more);
          sum += more;
        }
      }
      if (sum > 0) {
        addDay(day, sum);
      }
    }

    /** By whom or what a message of a block counts, as a place among its ids; -1 for not at all. */
    private int id(SentBlock block, int message) {
      int group = block.getGroups(message) - 1;
      return switch (by) {
        case SENDER_OF_SINGLE -> group < 0 ? block.getSenders(message) : -1;
        case SENDER -> block.getSenders(message);
        case GROUP -> group;
      };
    }

    private void add(String id, long more) {
      byId.computeIfAbsent(id, _ -> new long[1])[0] += more;
      if (byId.size() > maxIds) {
        throw ImError.ARGS.with(
            "more than " + maxIds + " have sent in this time, a shorter one is needed");
      }
    }

    private void addDay(long day, long more) {
      messages += more;
      byDay.computeIfAbsent(day, _ -> new long[1])[0] += more;
    }

    private SortedMap<String, Long> days() {
      SortedMap<String, Long> days = new TreeMap<>();
      byDay.forEach((day, count) -> days.put(LocalDate.ofEpochDay(day).toString(), count[0]));
      return days;
    }
  }

  @Override
  public Answer count(Question question) {
    Range range = new Range(Math.max(0, question.fromMillis()), question.toMillis());
    Sums sums = new Sums(question.by());
    if (range.from() < range.to()) {
      jdbi.useTransaction(
          TransactionIsolationLevel.REPEATABLE_READ, handle -> read(handle, range, sums));
    }
    Comparator<Count> order = Comparator.comparingLong(Count::messages);
    List<Count> page =
        sums.byId.entrySet().stream()
            .map(entry -> new Count(entry.getKey(), entry.getValue()[0]))
            .sorted(
                (question.ascending() ? order : order.reversed())
                    .thenComparing(Count::id, Utf8Order.INSTANCE))
            .skip(question.skip())
            .limit(question.most())
            .toList();
    return new Answer(sums.messages, sums.byId.size(), sums.days(), page);
  }

  private void read(Handle handle, Range range, Sums sums) {
    if (range.firstWhole() < range.behindWhole()) {
      wholeDays(handle, range, sums);
    }
    for (long day : range.partDays()) {
      blocks(handle, SentRows.COUNTED, day, day, range, sums);
    }
    long first = Math.floorDiv(range.from(), DAY_MILLIS);
    long last = Math.floorDiv(range.to() - 1, DAY_MILLIS);
    blocks(handle, SentRows.PACKED, first, last, range, sums);
    blocks(handle, SentRows.OPEN, SentRows.NO_DAY, SentRows.NO_DAY, range, sums);
  }

  /** Lane by lane and some days at a time, since what is read at once is in memory. */
  private void wholeDays(Handle handle, Range range, Sums sums) {
    for (int lane : lanes) {
      Optional<Long> day = nextDay(handle, lane, range.firstWhole(), range.behindWhole());
      while (day.isPresent()) {
        long behind = Math.min(range.behindWhole(), day.get() + DAYS_AT_ONCE);
        wholeDays(handle, lane, day.get(), behind, sums);
        day = nextDay(handle, lane, behind, range.behindWhole());
      }
    }
  }

  /** The next day of which anything is counted; most ranges begin long before the first. */
  private static Optional<Long> nextDay(Handle handle, int lane, long from, long behind) {
    return handle
        .createQuery(
            "SELECT day FROM sent_day WHERE lane = ? AND day >= ? AND day < ? ORDER BY day LIMIT 1")
        .bind(0, lane)
        .bind(1, from)
        .bind(2, behind)
        .mapTo(Long.class)
        .findOne();
  }

  private static void wholeDays(Handle handle, int lane, long from, long behind, Sums sums) {
    handle
        .createQuery("SELECT day, data FROM sent_day WHERE lane = ? AND day >= ? AND day < ?")
        .bind(0, lane)
        .bind(1, from)
        .bind(2, behind)
        .map((row, _) -> {
          sums.add(row.getLong(1), DayCounts.parse(row.getBytes(2)));
          return true;
        })
        .forEach(_ -> {});
  }

  /** Lane by lane, since all of a busy day's are many. */
  private void blocks(
      Handle handle, int state, long firstDay, long lastDay, Range range, Sums sums) {
    for (int lane : lanes) {
      handle
          .createQuery(
              "SELECT data FROM sent_block WHERE lane = :lane AND state = :state"
                  + " AND day >= :firstDay AND day <= :lastDay"
                  + " AND first_sent < :to AND last_sent >= :from")
          .bind("lane", lane)
          .bind("state", state)
          .bind("firstDay", firstDay)
          .bind("lastDay", lastDay)
          .bind("from", range.from())
          .bind("to", range.to())
          .map((row, _) -> SentBlocks.parse(row.getBytes(1)))
          .forEach(block -> sums.add(block, range));
    }
  }
}
