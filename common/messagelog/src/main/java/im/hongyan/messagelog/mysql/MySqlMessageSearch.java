package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.mysql.SegmentRows.Segment;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.Posting;
import im.hongyan.messagelog.search.Posting.Place;
import im.hongyan.messagelog.search.Terms;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * {@link MessageSearch} in MySQL, over the segments of {@link MySqlSearchStore}: from the newest to
 * the oldest, until a page is full or its work is done. Safe for use by several threads.
 */
public final class MySqlMessageSearch implements MessageSearch {
  private static final Comparator<Posting> NEWEST_FIRST =
      Comparator.comparingLong(Posting::sentMillis)
          .thenComparingLong(Posting::conversation)
          .thenComparingLong(Posting::seq)
          .reversed();

  /** So many terms are looked up; the caller compares the others. */
  private static final int MAX_TERMS = 6;

  private static final int SEGMENTS_AT_ONCE = 24;

  /** Of the segments that are read at once, and of those that are listed whole. */
  private static final int MESSAGES_AT_ONCE = 2_000_000;

  private static final int LISTED_AT_ONCE = 300_000;

  /** Once a page has read so many blocks, of some 4 KB, it ends where it can. */
  private static final int MAX_BLOCKS = 4_000;

  private final Jdbi jdbi;
  private final int lanes;
  private final int maxListed;
  private final ConversationNumbers numbers;

  /** Uses the pool; its owner closes it. */
  public MySqlMessageSearch(MySql mysql, int lanes) {
    this(mysql, lanes, 500_000);
  }

  MySqlMessageSearch(MySql mysql, int lanes, int maxListed) {
    this.lanes = lanes;
    this.maxListed = maxListed;
    jdbi = mysql.jdbi();
    numbers = new ConversationNumbers(jdbi);
  }

  @Override
  public FoundPage words(WordSearch search) {
    Set<Long> terms = terms(search);
    Collection<Integer> where = allLanes();
    Set<Long> scope = null;
    if (search.conversationIds() != null) {
      Map<String, Long> numbered = numbers.find(search.conversationIds());
      scope = new HashSet<>(numbered.values());
      where = lanesOf(numbered.keySet());
    }
    if (where.isEmpty()) {
      return new FoundPage(List.of(), null);
    }
    Predicate<Posting> wanted = wanted(search, scope).and(within(search.windows()));
    Collection<Integer> in = where;
    Page page = inSnapshot(handle -> page(handle, in, terms, search, wanted));
    return new FoundPage(found(page.postings()), page.next());
  }

  /** Places by the ids of their conversations. */
  private List<Found> found(List<Posting> postings) {
    Map<Long, String> ids = numbers.ids(postings.stream().map(Posting::conversation).toList());
    List<Found> found = new ArrayList<>();
    for (Posting posting : postings) {
      String id = ids.get(posting.conversation());
      if (id != null) {
        found.add(new Found(id, posting.seq(), cursor(posting)));
      }
    }
    return found;
  }

  private <T> T inSnapshot(Function<Handle, T> read) {
    return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, read::apply);
  }

  private Collection<Integer> allLanes() {
    return IntStream.range(0, lanes).boxed().toList();
  }

  private Collection<Integer> lanesOf(Collection<String> ids) {
    Set<Integer> found = new TreeSet<>();
    ids.forEach(id -> found.add(Lane.of(new ConversationId(id), lanes)));
    return found;
  }

  /** The longest words first, as they are the rarest. */
  private static Set<Long> terms(WordSearch search) {
    Set<Long> terms = new LinkedHashSet<>();
    search.terms().stream()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .limit(MAX_TERMS)
        .forEach(word -> terms.add(Terms.word(word)));
    if (!search.sendId().isEmpty()) {
      terms.add(Terms.sender(search.sendId()));
    }
    return terms;
  }

  private static Predicate<Posting> wanted(WordSearch search, @Nullable Set<Long> scope) {
    return posting ->
        posting.sentMillis() >= search.fromMillis()
            && posting.sentMillis() <= search.toMillis()
            && (search.contentTypes().isEmpty()
                || search.contentTypes().contains(posting.contentType()))
            && (scope == null || scope.contains(posting.conversation()))
            && search.after().isBefore(posting.sentMillis(), posting.conversation(), posting.seq());
  }

  private Predicate<Posting> within(Map<String, SeqWindow> windows) {
    Map<Long, SeqWindow> numbered = new HashMap<>();
    numbers
        .find(windows.keySet())
        .forEach((id, number) -> numbered.put(number, Objects.requireNonNull(windows.get(id))));
    return posting -> {
      SeqWindow window = numbered.get(posting.conversation());
      return window == null || (posting.seq() >= window.first() && posting.seq() <= window.last());
    };
  }

  private record Page(List<Posting> postings, @Nullable Cursor next) {}

  private static Page page(
      Handle handle,
      Collection<Integer> where,
      Set<Long> terms,
      WordSearch search,
      Predicate<Posting> wanted) {
    long latest = Math.min(search.toMillis(), search.after().sentMillis());
    List<Segment> segments =
        SegmentRows.segments(handle, where, SegmentRows.READ).stream()
            .filter(one -> one.minSent() <= latest && one.maxSent() >= search.fromMillis())
            .sorted(Comparator.comparingLong(Segment::maxSent).reversed())
            .toList();
    SegmentReader reader = new SegmentReader(handle);
    TreeSet<Posting> found = new TreeSet<>(NEWEST_FIRST);
    int from = 0;
    while (from < segments.size()) {
      int to = atOnce(segments, from, MESSAGES_AT_ONCE);
      for (List<Posting> some : reader.having(segments.subList(from, to), terms, wanted).values()) {
        for (Posting posting : some) {
          found.add(posting);
          if (found.size() > search.most() + 1) {
            found.pollLast();
          }
        }
      }
      from = to;
      if (from == segments.size()) {
        break;
      }
      // What is newer than all that is left is complete.
      long floor = segments.get(from).maxSent();
      List<Posting> complete =
          found.stream()
              .takeWhile(posting -> posting.sentMillis() > floor)
              .limit(search.most() + 1L)
              .toList();
      if (complete.size() > search.most()) {
        return page(complete, search.most());
      }
      if (reader.blocks() > MAX_BLOCKS && floor < latest) {
        return new Page(complete, new Cursor(floor, Long.MAX_VALUE, Long.MAX_VALUE));
      }
    }
    return page(found.stream().limit(search.most() + 1L).toList(), search.most());
  }

  private static int atOnce(List<Segment> segments, int from, int messages) {
    int to = from + 1;
    long sum = segments.get(from).messages();
    while (to < segments.size()
        && to < from + SEGMENTS_AT_ONCE
        && sum + segments.get(to).messages() <= messages) {
      sum += segments.get(to).messages();
      to++;
    }
    return to;
  }

  private static Page page(List<Posting> found, int most) {
    if (found.size() <= most) {
      return new Page(found, null);
    }
    List<Posting> fitting = found.subList(0, most);
    return new Page(fitting, cursor(fitting.getLast()));
  }

  private static Cursor cursor(Posting posting) {
    return new Cursor(posting.sentMillis(), posting.conversation(), posting.seq());
  }

  @Override
  public Listed facts(FactSearch search) {
    Set<Long> terms = new LinkedHashSet<>();
    if (!search.sendId().isEmpty()) {
      terms.add(Terms.sender(search.sendId()));
    }
    if (!search.receiver().isEmpty()) {
      terms.add(Terms.receiver(search.receiver()));
    }
    if (terms.isEmpty()) {
      terms.add(Terms.ALL);
    }
    Facts facts = inSnapshot(handle -> facts(handle, terms, search));
    return new Listed(found(facts.page()), facts.total(), facts.exact());
  }

  private record Facts(List<Posting> page, long total, boolean exact) {}

  private Facts facts(Handle handle, Set<Long> terms, FactSearch search) {
    List<Segment> all = SegmentRows.segments(handle, allLanes(), SegmentRows.READ);
    List<Segment> segments =
        all.stream()
            .filter(
                one -> one.minSent() <= search.toMillis() && one.maxSent() >= search.fromMillis())
            .sorted(Comparator.comparingLong(Segment::minSent))
            .toList();
    SegmentReader reader = new SegmentReader(handle);
    Set<Place> erased = new HashSet<>();
    reader
        .having(all, Set.of(Terms.ERASED), _ -> true)
        .values()
        .forEach(list -> list.forEach(posting -> erased.add(posting.place())));
    List<Posting> found = new ArrayList<>();
    int from = 0;
    while (from < segments.size() && found.size() < maxListed) {
      int to = atOnce(segments, from, LISTED_AT_ONCE);
      for (List<Posting> some :
          reader
              .having(segments.subList(from, to), terms, posting -> fits(search, posting))
              .values()) {
        some.stream().filter(posting -> !erased.contains(posting.place())).forEach(found::add);
      }
      from = to;
    }
    List<Posting> once = once(found);
    Map<Place, Long> begun = begun(reader, all, once);
    List<Posting> page =
        once.stream()
            .sorted(
                Comparator.comparingLong((Posting posting) -> begun(begun, posting))
                    .thenComparingLong(Posting::conversation)
                    .thenComparingLong(Posting::seq))
            .skip(search.skip())
            .limit(search.most())
            .toList();
    return new Facts(page, once.size(), from >= segments.size());
  }

  /** Without those that are there twice, as while an index is built from history. */
  private static List<Posting> once(List<Posting> found) {
    found.sort(Comparator.comparingLong(Posting::conversation).thenComparingLong(Posting::seq));
    List<Posting> once = new ArrayList<>(found.size());
    for (Posting posting : found) {
      if (once.isEmpty() || !once.getLast().samePlace(posting)) {
        once.add(posting);
      }
    }
    return once;
  }

  private static Map<Place, Long> begun(
      SegmentReader reader, List<Segment> all, List<Posting> found) {
    Set<Long> conversations = new HashSet<>();
    found.forEach(posting -> conversations.add(posting.conversation()));
    Map<Place, Long> begun = new HashMap<>();
    if (!conversations.isEmpty()) {
      reader
          .having(
              all,
              Set.of(Terms.FIRST_OF_HUNDRED),
              posting -> conversations.contains(posting.conversation()))
          .values()
          .forEach(
              list -> list.forEach(posting -> begun.put(posting.place(), posting.sentMillis())));
    }
    return begun;
  }

  /** When the hundred messages began that a message is one of; its own time where none knows. */
  private static long begun(Map<Place, Long> begun, Posting posting) {
    long first = posting.seq() - (posting.seq() - 1) % 100;
    return begun.getOrDefault(new Place(posting.conversation(), first), posting.sentMillis());
  }

  private static boolean fits(FactSearch search, Posting posting) {
    return posting.sentMillis() >= search.fromMillis()
        && posting.sentMillis() <= search.toMillis()
        && (search.contentType() == 0 || search.contentType() == posting.contentType())
        && (search.group() == null
            || search.group() == ConversationNumbers.isGroup(posting.conversation()));
  }
}
