package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.messagelog.mysql.SegmentRows.Segment;
import im.hongyan.messagelog.search.Posting;
import im.hongyan.messagelog.search.PostingBlocks;
import im.hongyan.messagelog.search.PostingBlocks.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/**
 * Reads the postings of terms out of segments: by one look-up for each term and segment, and one
 * more where the postings of a term fill blocks. Counts the blocks that it read. Single-threaded;
 * all its statements are of one transaction, so that what is merged meanwhile is still there.
 */
final class SegmentReader {
  private static final int LOOK_UPS_PER_STATEMENT = 64;

  /** A segment's postings of one term fit in a third of it. */
  private static final int MAX_BLOCKS = 4_000;

  private final Handle handle;
  private int blocks;

  SegmentReader(Handle handle) {
    this.handle = handle;
  }

  /** How many blocks were read. */
  int blocks() {
    return blocks;
  }

  private record LookUp(Segment segment, long term) {}

  /** Messages that have all terms, segment by segment; each with the facts of its first term. */
  Map<Segment, List<Posting>> having(
      List<Segment> segments, Set<Long> terms, Predicate<Posting> wanted) {
    List<LookUp> lookUps = new ArrayList<>();
    for (Segment segment : segments) {
      terms.forEach(term -> lookUps.add(new LookUp(segment, term)));
    }
    Map<LookUp, List<Posting>> read = new HashMap<>();
    for (List<LookUp> some : Lists.partition(lookUps, LOOK_UPS_PER_STATEMENT)) {
      read(some, wanted, read);
    }
    Map<Segment, List<Posting>> found = new HashMap<>();
    for (Segment segment : segments) {
      List<List<Posting>> lists =
          terms.stream()
              .map(term -> read.getOrDefault(new LookUp(segment, term), List.of()))
              .toList();
      List<Posting> common = common(lists);
      if (!common.isEmpty()) {
        found.put(segment, common);
      }
    }
    return found;
  }

  private void read(
      List<LookUp> lookUps, Predicate<Posting> wanted, Map<LookUp, List<Posting>> into) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < lookUps.size(); i++) {
      sql.append(i == 0 ? "(SELECT " : " UNION ALL (SELECT ")
          .append(i)
          .append(" AS arm, block, last_term, data FROM search_block")
          .append(" WHERE lane = ? AND segment = ? AND last_term >= ?")
          .append(" ORDER BY last_term, block LIMIT 1)");
    }
    var query = handle.createQuery(sql.toString());
    int at = 0;
    for (LookUp lookUp : lookUps) {
      query
          .bind(at++, lookUp.segment().lane())
          .bind(at++, lookUp.segment().number())
          .bind(at++, lookUp.term());
    }
    record First(int arm, Block block) {}
    List<First> firsts =
        query
            .map((row, _) ->
                new First(row.getInt(1), new Block(row.getInt(2), row.getLong(3), row.getBytes(4))))
            .list();
    for (First first : firsts) {
      LookUp lookUp = lookUps.get(first.arm());
      List<Posting> postings = into.computeIfAbsent(lookUp, _ -> new ArrayList<>());
      add(lookUp, first.block(), wanted, postings);
      if (first.block().lastTerm() == lookUp.term()) {
        rest(lookUp, first.block(), wanted, postings);
      }
    }
  }

  private void rest(LookUp lookUp, Block first, Predicate<Posting> wanted, List<Posting> into) {
    Segment segment = lookUp.segment();
    handle
        .createQuery(
            "(SELECT block, last_term, data FROM search_block WHERE lane = ? AND segment = ?"
                + " AND last_term = ? AND block > ? ORDER BY last_term, block LIMIT ?)"
                + " UNION ALL (SELECT block, last_term, data FROM search_block WHERE lane = ?"
                + " AND segment = ? AND last_term > ? ORDER BY last_term, block LIMIT 1)")
        .bind(0, segment.lane())
        .bind(1, segment.number())
        .bind(2, lookUp.term())
        .bind(3, first.number())
        .bind(4, MAX_BLOCKS)
        .bind(5, segment.lane())
        .bind(6, segment.number())
        .bind(7, lookUp.term())
        .map((row, _) -> new Block(row.getInt(1), row.getLong(2), row.getBytes(3)))
        .list()
        .stream()
        .sorted((a, b) -> Integer.compare(a.number(), b.number()))
        .forEach(block -> add(lookUp, block, wanted, into));
  }

  private void add(LookUp lookUp, Block block, Predicate<Posting> wanted, List<Posting> into) {
    blocks++;
    PostingBlocks.read(
        block.data(),
        lookUp.segment().minSent(),
        term -> term == lookUp.term(),
        posting -> {
          if (wanted.test(posting)) {
            into.add(posting);
          }
        });
  }

  /** What is in all lists, which are in the order of their messages. */
  static List<Posting> common(List<List<Posting>> lists) {
    List<Posting> least =
        lists.stream().min((a, b) -> Integer.compare(a.size(), b.size())).orElse(List.of());
    List<Posting> found = new ArrayList<>();
    int[] at = new int[lists.size()];
    for (Posting posting : least) {
      boolean all = true;
      for (int i = 0; i < at.length && all; i++) {
        List<Posting> list = lists.get(i);
        while (at[i] < list.size() && before(list.get(at[i]), posting)) {
          at[i]++;
        }
        all = at[i] < list.size() && list.get(at[i]).samePlace(posting);
      }
      if (all) {
        found.add(posting);
      }
    }
    return found;
  }

  private static boolean before(Posting a, Posting b) {
    return a.conversation() != b.conversation()
        ? a.conversation() < b.conversation()
        : a.seq() < b.seq();
  }
}
