package im.hongyan.msg.search;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.messagelog.search.MessageSearch.Found;
import im.hongyan.messagelog.search.MessageSearch.FoundPage;
import im.hongyan.messagelog.search.MessageSearch.SeqWindow;
import im.hongyan.messagelog.search.MessageSearch.WordSearch;
import im.hongyan.messagelog.search.SearchAnalyzer;
import im.hongyan.messagelog.search.SearchQuery;
import im.hongyan.messagelog.search.SearchableText;
import im.hongyan.msg.pull.Bounds;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.search.MessageSearchGrpc;
import im.hongyan.proto.search.SearchTextHit;
import im.hongyan.proto.search.SearchTextReq;
import im.hongyan.proto.search.SearchTextResp;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Search by words: the index names places, and each is looked at as any reader would before it is
 * shown. So windows, revocations and deletions count from the moment they do for reading. A page is
 * bounded in what it looks at, not only in hits. Safe for use by several threads; may block.
 */
public final class TextSearches implements Feature {
  static final int DEFAULT_HITS = 20;
  private static final int MAX_TERMS = 32;

  /** So often is the index asked for a page; then it ends with what it has, and a cursor. */
  private static final int MAX_ROUNDS = 4;

  private static final int LEAST_PLACES = 50;

  private final Optional<MessageSearch> index;
  private final UserReader reader;
  private final Relations relations;
  private final Counter looked;
  private final Counter shown;

  /**
   * Creates it, with meters {@code search_places} and {@code search_hits}.
   *
   * @param index empty where search is switched off
   */
  public TextSearches(
      Optional<MessageSearch> index, UserReader reader, Relations relations, MeterRegistry meters) {
    this.index = index;
    this.reader = reader;
    this.relations = relations;
    looked = meters.counter("search_places");
    shown = meters.counter("search_hits");
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(MessageSearchGrpc.getSearchTextMethod(), this::search);
  }

  /** One call's state. */
  private static final class Search {
    private final SearchTextReq request;
    private final SearchAnalyzer analyzer = new SearchAnalyzer();
    private final SearchQuery query;
    private final Set<Integer> contentTypes;
    private final UserId user;
    private final boolean everybodys;
    private final int limit;
    private final Map<String, ConversationAccess> accesses = new HashMap<>();
    private final List<SearchTextHit> hits = new ArrayList<>();

    Search(Caller caller, SearchTextReq request) {
      this.request = request;
      query = analyzer.query(request.getKeyword());
      contentTypes = new HashSet<>(request.getContentTypesList());
      everybodys = caller.privileged();
      user = everybodys ? UserReader.NOBODY : new UserId(caller.userId());
      limit = request.getLimit() == 0 ? DEFAULT_HITS : request.getLimit();
    }

    boolean full() {
      return hits.size() >= limit;
    }
  }

  private SearchTextResp search(Caller caller, SearchTextReq request) {
    MessageSearch index = require(this.index);
    Search search = new Search(caller, request);
    if (search.query.isEmpty()) {
      throw ImError.ARGS.with("keyword has no word");
    }
    if (search.query.terms().size() > MAX_TERMS) {
      throw ImError.ARGS.with("keyword has more than " + MAX_TERMS + " words");
    }
    Cursor at = SearchCursor.of(request.getCursor());
    List<String> where = where(search);
    Cursor next = at;
    for (int round = 0; round < MAX_ROUNDS && next != null && !search.full(); round++) {
      next = round(index, search, where, next);
    }
    shown.increment(search.hits.size());
    return SearchTextResp.newBuilder()
        .addAllHits(search.hits)
        .setNextCursor(next == null ? "" : SearchCursor.text(next))
        .build();
  }

  /**
   * The index, where there is one.
   *
   * @throws ImException 1001 where search is switched off
   */
  static MessageSearch require(Optional<MessageSearch> index) {
    return index.orElseThrow(() -> ImError.ARGS.with("search is switched off"));
  }

  /** The conversations to look into; null for all there are. */
  private @Nullable List<String> where(Search search) {
    if (search.request.getConversationIDsCount() > 0) {
      return search.request.getConversationIDsList();
    }
    return search.everybodys ? null : relations.conversationIds(search.user);
  }

  /** Adds the hits among the next places, and returns where to go on; null for nowhere. */
  private @Nullable Cursor round(
      MessageSearch index, Search search, @Nullable List<String> where, Cursor at) {
    SearchTextReq request = search.request;
    FoundPage page =
        index.words(
            new WordSearch(
                search.query.terms(),
                where,
                windows(search),
                request.getSendID(),
                search.contentTypes,
                request.getStartTime(),
                request.getEndTime() == 0 ? Long.MAX_VALUE : request.getEndTime(),
                at,
                Math.max(LEAST_PLACES, 2 * search.limit)));
    List<Found> found = page.found();
    for (int from = 0; from < found.size(); from += search.limit) {
      List<Found> some = found.subList(from, Math.min(found.size(), from + search.limit));
      Map<Found, StoredMessage> read = read(search, some);
      for (int i = 0; i < some.size(); i++) {
        Found place = some.get(i);
        StoredMessage stored = read.get(place);
        if (stored != null) {
          hit(search, place, stored).ifPresent(search.hits::add);
        }
        if (search.full()) {
          boolean last = from + i + 1 == found.size() && page.next() == null;
          return last ? null : place.cursor();
        }
      }
    }
    return page.next();
  }

  /** So that what was cleared, or came after a leave, is looked at once and not page by page. */
  private static Map<String, SeqWindow> windows(Search search) {
    Map<String, SeqWindow> windows = new HashMap<>();
    search.accesses.forEach((id, access) -> {
      Bounds bounds = access.bounds();
      boolean readable = search.everybodys || access.takesPart();
      windows.put(id, new SeqWindow(bounds.first(), readable ? bounds.upper() : 0));
    });
    return windows;
  }

  /** What the caller may read of these places, in few reads. */
  private Map<Found, StoredMessage> read(Search search, List<Found> places) {
    looked.increment(places.size());
    Map<String, List<Found>> byConversation = new LinkedHashMap<>();
    places.forEach(place ->
        byConversation.computeIfAbsent(place.conversationId(), _ -> new ArrayList<>()).add(place));
    List<String> unknown =
        byConversation.keySet().stream().filter(id -> !search.accesses.containsKey(id)).toList();
    if (!unknown.isEmpty()) {
      search.accesses.putAll(reader.accesses(search.user, unknown));
    }
    Map<Found, StoredMessage> read = new HashMap<>();
    byConversation.forEach((id, some) -> {
      ConversationAccess access = search.accesses.get(id);
      if (access == null || !(search.everybodys || access.takesPart())) {
        return;
      }
      List<Long> seqs =
          some.stream().map(Found::seq).filter(access.bounds()::contains).distinct().toList();
      Map<Long, StoredMessage> page = reader.page(search.user, id, seqs);
      some.forEach(place -> {
        StoredMessage stored = page.get(place.seq());
        if (stored != null) {
          read.put(place, stored);
        }
      });
    });
    return read;
  }

  private static Optional<SearchTextHit> hit(Search search, Found place, StoredMessage stored) {
    MsgData message = stored.message();
    if (message == null
        || stored.marks().revocation() != null
        || stored.marks().deleted()
        || !(search.request.getSendID().isEmpty()
            || search.request.getSendID().equals(message.getSendID()))
        || !(search.contentTypes.isEmpty()
            || search.contentTypes.contains(message.getContentType()))) {
      return Optional.empty();
    }
    String text = SearchableText.of(message);
    if (!search.analyzer.matches(search.query, text)) {
      return Optional.empty();
    }
    return Optional.of(
        SearchTextHit.newBuilder()
            .setConversationID(place.conversationId())
            .setSeq(place.seq())
            .setClientMsgID(message.getClientMsgID())
            .setServerMsgID(message.getServerMsgID())
            .setSendID(message.getSendID())
            .setRecvID(message.getRecvID())
            .setGroupID(message.getGroupID())
            .setSenderNickname(message.getSenderNickname())
            .setSenderFaceURL(message.getSenderFaceURL())
            .setSessionType(message.getSessionType())
            .setContentType(message.getContentType())
            .setSendTime(message.getSendTime())
            .setSnippet(Snippet.of(text, search.query))
            .build());
  }
}
