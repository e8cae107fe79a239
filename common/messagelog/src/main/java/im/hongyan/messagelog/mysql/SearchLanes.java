package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * What MySQL keeps of an index of words that is in another engine: positions of the follower, how
 * far a lane was built, and the numbers of conversations. A lane's row is locked while the engine
 * is written to, so that another follower of the lane cannot go on meanwhile. Safe for use by
 * several threads.
 */
public final class SearchLanes {
  private static final int IDS_PER_STATEMENT = 500;

  private final Jdbi jdbi;
  private final ConversationNumbers numbers;

  /** Uses the pool; its owner closes it. */
  public SearchLanes(MySql mysql) {
    jdbi = mysql.jdbi();
    numbers = new ConversationNumbers(jdbi);
  }

  /** The position of a lane's follower. */
  public FollowerPosition position(int lane) {
    return jdbi.withHandle(
        handle -> FollowerPositions.position(handle, SearchStore.FOLLOWER, lane));
  }

  /**
   * Moves a position once something was written; a failure of that leaves it where it was.
   *
   * @return false when another follower moved it meanwhile; then nothing was written
   */
  public boolean move(int lane, long expected, FollowerPosition next, Runnable write) {
    return jdbi.inTransaction(handle -> {
      if (!FollowerPositions.move(handle, SearchStore.FOLLOWER, lane, expected, next)) {
        handle.rollback();
        return false;
      }
      write.run();
      return true;
    });
  }

  /** How far a lane was built; of a lane without an index an empty format. */
  public Rebuild rebuild(int lane) {
    return jdbi.withHandle(handle -> SearchLaneRows.find(handle, lane));
  }

  /** A lane is built anew, and follows the log from a position on then. */
  public void restart(int lane, Rebuild from, FollowerPosition at) {
    jdbi.useTransaction(handle -> {
      FollowerPositions.put(handle, SearchStore.FOLLOWER, lane, at);
      SearchLaneRows.put(handle, lane, from);
    });
  }

  /** A lane was built so far, once something was written. */
  public void reach(int lane, Rebuild reached, Runnable write) {
    jdbi.useTransaction(handle -> {
      SearchLaneRows.put(handle, lane, reached);
      write.run();
    });
  }

  /** Numbers of conversations, which get one where they have none. */
  public Map<String, Long> numbers(Collection<String> ids) {
    return numbers.make(ids);
  }

  /** Numbers of those conversations that have one. */
  public Map<String, Long> knownNumbers(Collection<String> ids) {
    return numbers.find(ids);
  }

  /** Ids of conversations by their numbers. */
  public Map<Long, String> ids(Collection<Long> wanted) {
    return numbers.ids(wanted);
  }

  /** Whether the conversation with this number is a group's. */
  public static boolean isGroup(long number) {
    return ConversationNumbers.isGroup(number);
  }

  /** The first seqs that anybody may read, by number; of conversations that have one. */
  public Map<Long, Long> firstReadable(Collection<Long> wanted) {
    Map<Long, Long> firsts = new HashMap<>();
    for (List<Long> some :
        Lists.partition(wanted.stream().distinct().toList(), IDS_PER_STATEMENT)) {
      Map<Long, String> ids = numbers.ids(some);
      Map<String, Long> found =
          jdbi.withHandle(
              handle -> UnreadableSegments.firstReadable(handle, List.copyOf(ids.values())));
      ids.forEach((number, id) -> {
        Long first = found.get(id);
        if (first != null) {
          firsts.put(number, first);
        }
      });
    }
    return firsts;
  }
}
