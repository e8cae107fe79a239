package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.mysql.SegmentRows.Segment;
import im.hongyan.messagelog.search.Posting;
import im.hongyan.messagelog.search.PostingBlocks;
import im.hongyan.messagelog.search.SearchAnalyzer;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchBatch.Erased;
import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.Terms;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * {@link SearchStore} in MySQL: each batch is a sorted segment of its own, and segments are merged
 * into larger ones, so that an insert never looks for its place in a large index
 * (docs/decisions/0014). A lane's calls come from one thread at a time.
 */
public final class MySqlSearchStore implements SearchStore {
  /** So many segments of a size are merged into one. */
  private static final int FAN_IN = 8;

  /** Segments of so many messages stay as they are. */
  private static final int MAX_MESSAGES = 262_144;

  private static final int BLOCKS_A_REMOVAL = 500;

  private final Jdbi jdbi;
  private final ConversationNumbers numbers;
  private final Map<Integer, LaneWork> work = new ConcurrentHashMap<>();

  /** What is to be done in a lane. */
  private static final class LaneWork {
    private final SearchAnalyzer analyzer = new SearchAnalyzer();
    private boolean looked;
    private @Nullable SegmentMerge merge;
    private final List<Segment> replaced = new ArrayList<>();
  }

  /** Uses the pool; its owner closes it. */
  public MySqlSearchStore(MySql mysql) {
    jdbi = mysql.jdbi();
    numbers = new ConversationNumbers(jdbi);
  }

  private LaneWork work(int lane) {
    return work.computeIfAbsent(lane, _ -> new LaneWork());
  }

  @Override
  public FollowerPosition position(int lane) {
    return jdbi.withHandle(handle -> FollowerPositions.position(handle, FOLLOWER, lane));
  }

  @Override
  public boolean append(int lane, long expectedOffset, FollowerPosition next, SearchBatch batch) {
    List<Posting> postings = postings(work(lane).analyzer, batch);
    work(lane).looked = false;
    return jdbi.inTransaction(handle -> {
      if (!FollowerPositions.move(handle, FOLLOWER, lane, expectedOffset, next)) {
        handle.rollback();
        return false;
      }
      insert(handle, lane, postings, batch);
      return true;
    });
  }

  private static void insert(Handle handle, int lane, List<Posting> postings, SearchBatch batch) {
    if (postings.isEmpty()) {
      return;
    }
    long number = SegmentRows.nextNumber(handle, lane);
    var times = batch.messages().stream().mapToLong(Message::sentMillis).summaryStatistics();
    boolean none = times.getCount() == 0;
    Segment segment =
        new Segment(
            lane,
            number,
            number,
            batch.messages().size(),
            none ? batch.atMillis() : times.getMin(),
            none ? batch.atMillis() : times.getMax());
    SegmentRows.insert(handle, segment, SegmentRows.READ);
    SegmentRows.insert(handle, lane, number, PostingBlocks.of(segment.minSent(), postings));
  }

  private List<Posting> postings(SearchAnalyzer analyzer, SearchBatch batch) {
    if (batch.isEmpty()) {
      return List.of();
    }
    Set<String> ids = new HashSet<>();
    batch.messages().forEach(message -> ids.add(message.conversationId()));
    batch.erased().forEach(erased -> ids.add(erased.conversationId()));
    Map<String, Long> numbered = numbers.make(ids);
    List<Posting> postings = new ArrayList<>(16 * batch.messages().size());
    for (Message message : batch.messages()) {
      add(postings, analyzer, message, number(numbered, message.conversationId()));
    }
    for (Erased erased : batch.erased()) {
      postings.add(
          new Posting(
              Terms.ERASED,
              number(numbered, erased.conversationId()),
              erased.seq(),
              batch.atMillis(),
              0));
    }
    postings.sort(Posting.ORDER);
    return postings;
  }

  private static long number(Map<String, Long> numbered, String id) {
    Long number = numbered.get(id);
    if (number == null) {
      throw new StoreUnavailableException("conversation " + id + " got no number");
    }
    return number;
  }

  private static void add(
      List<Posting> postings, SearchAnalyzer analyzer, Message message, long number) {
    Set<Long> terms = new HashSet<>();
    terms.add(Terms.ALL);
    terms.add(Terms.sender(message.sendId()));
    terms.add(Terms.receiver(message.receiver()));
    if (message.seq() % 100 == 1) {
      terms.add(Terms.FIRST_OF_HUNDRED);
    }
    if (!message.text().isEmpty()) {
      analyzer
          .terms(SearchAnalyzer.folded(message.text()))
          .forEach(word -> terms.add(Terms.word(word)));
    }
    for (Long term : terms) {
      postings.add(
          new Posting(term, number, message.seq(), message.sentMillis(), message.contentType()));
    }
  }

  @Override
  public void begin(int lane) {
    work.remove(lane);
    LaneWork begun = work(lane);
    jdbi.useTransaction(handle -> {
      for (Segment half : SegmentRows.segments(handle, List.of(lane), SegmentRows.IN_WORK)) {
        SegmentRows.turn(handle, lane, half.number(), SegmentRows.IN_WORK, SegmentRows.REPLACED);
      }
      begun.replaced.addAll(SegmentRows.segments(handle, List.of(lane), SegmentRows.REPLACED));
    });
  }

  @Override
  public boolean tidy(int lane) {
    LaneWork lanes = work(lane);
    if (!lanes.replaced.isEmpty()) {
      remove(lanes, lane);
      return true;
    }
    SegmentMerge merge = lanes.merge;
    if (merge != null) {
      step(lanes, lane, merge);
      return true;
    }
    if (lanes.looked) {
      return false;
    }
    lanes.looked = true;
    List<Segment> small =
        mergeable(
            jdbi.withHandle(
                handle -> SegmentRows.segments(handle, List.of(lane), SegmentRows.READ)));
    if (small.isEmpty()) {
      return false;
    }
    lanes.merge =
        jdbi.inTransaction(handle -> {
          SegmentMerge begun = new SegmentMerge(small, SegmentRows.nextNumber(handle, lane));
          SegmentRows.insert(handle, begun.output(), SegmentRows.IN_WORK);
          return begun;
        });
    return true;
  }

  private void remove(LaneWork lanes, int lane) {
    Segment oldest = lanes.replaced.getFirst();
    boolean gone =
        jdbi.inTransaction(
            handle -> SegmentRows.remove(handle, lane, oldest.number(), BLOCKS_A_REMOVAL));
    if (gone) {
      lanes.replaced.removeFirst();
    }
  }

  private void step(LaneWork lanes, int lane, SegmentMerge merge) {
    boolean more;
    try {
      more =
          jdbi.inTransaction(handle -> {
            long number = merge.output().number();
            if (!SegmentRows.isInWork(handle, lane, number)) {
              throw new StoreUnavailableException("lane " + lane + " has another follower");
            }
            boolean rest = merge.step(handle);
            SegmentRows.insert(handle, lane, number, merge.made());
            if (!rest) {
              replace(handle, lane, merge);
            }
            return rest;
          });
    } catch (RuntimeException e) {
      // It read on; what it wrote is rolled back. It begins anew.
      lanes.merge = null;
      begin(lane);
      throw e;
    }
    if (!more) {
      lanes.merge = null;
      lanes.looked = false;
      lanes.replaced.addAll(merge.inputs());
    }
  }

  /** In one moment for readers. */
  private static void replace(Handle handle, int lane, SegmentMerge merge) {
    long number = merge.output().number();
    boolean all = SegmentRows.turn(handle, lane, number, SegmentRows.IN_WORK, SegmentRows.READ);
    for (Segment input : merge.inputs()) {
      all &= SegmentRows.turn(handle, lane, input.number(), SegmentRows.READ, SegmentRows.REPLACED);
    }
    if (!all) {
      throw new StoreUnavailableException("lane " + lane + ": another follower merged meanwhile");
    }
    handle.execute(
        "UPDATE search_segment SET messages = ? WHERE lane = ? AND segment = ?",
        merge.messages(),
        lane,
        number);
  }

  /**
   * The newest segments that are smaller than a size, once enough of them are of just that size;
   * together they are of the next one.
   */
  static List<Segment> mergeable(List<Segment> inOrder) {
    for (long size = FAN_IN; size / FAN_IN < MAX_MESSAGES; size *= FAN_IN) {
      List<Segment> small = new ArrayList<>();
      int ofSize = 0;
      for (Segment segment : inOrder.reversed()) {
        int messages = Math.max(1, segment.messages());
        if (messages >= Math.min(size, MAX_MESSAGES)) {
          break;
        }
        small.addFirst(segment);
        ofSize += messages >= size / FAN_IN ? 1 : 0;
      }
      if (ofSize >= FAN_IN) {
        return bounded(small);
      }
    }
    return List.of();
  }

  /** The oldest of them, as many as one segment may hold. */
  private static List<Segment> bounded(List<Segment> segments) {
    List<Segment> taken = new ArrayList<>();
    long messages = 0;
    for (Segment segment : segments) {
      if ((taken.size() >= 2 && messages + segment.messages() > MAX_MESSAGES)
          || taken.size() == 2 * FAN_IN) {
        break;
      }
      taken.add(segment);
      messages += segment.messages();
    }
    return taken;
  }

  @Override
  public boolean forget(int lane, long sentBeforeMillis) {
    LaneWork lanes = work(lane);
    List<Segment> merged = lanes.merge == null ? List.of() : lanes.merge.inputs();
    List<Segment> old =
        jdbi
            .withHandle(handle -> SegmentRows.segments(handle, List.of(lane), SegmentRows.READ))
            .stream()
            .filter(segment -> segment.maxSent() < sentBeforeMillis && !merged.contains(segment))
            .toList();
    for (Segment segment : old) {
      if (jdbi.withHandle(handle -> UnreadableSegments.isOne(handle, numbers, segment))
          && jdbi.withHandle(handle ->
              SegmentRows.turn(
                  handle, lane, segment.number(), SegmentRows.READ, SegmentRows.REPLACED))) {
        lanes.replaced.add(segment);
        return true;
      }
    }
    return false;
  }

  @Override
  public Rebuild rebuild(int lane) {
    return jdbi.withHandle(handle -> SearchLaneRows.find(handle, lane));
  }

  @Override
  public void restart(int lane, String format, FollowerPosition at) {
    LaneWork lanes = work(lane);
    lanes.merge = null;
    lanes.replaced.clear();
    jdbi.useTransaction(handle -> {
      FollowerPositions.put(handle, FOLLOWER, lane, at);
      handle.execute(
          "UPDATE search_segment SET state = ? WHERE lane = ?", SegmentRows.REPLACED, lane);
      SearchLaneRows.put(handle, lane, new Rebuild(format, "", 0, false));
      lanes.replaced.addAll(SegmentRows.segments(handle, List.of(lane), SegmentRows.REPLACED));
    });
  }

  @Override
  public void fill(int lane, Rebuild reached, SearchBatch batch) {
    List<Posting> postings = postings(work(lane).analyzer, batch);
    work(lane).looked = false;
    jdbi.useTransaction(handle -> {
      insert(handle, lane, postings, batch);
      SearchLaneRows.put(handle, lane, reached);
    });
  }
}
