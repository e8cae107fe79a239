package im.hongyan.messagelog.opensearch;

import static im.hongyan.messagelog.opensearch.OpenSearch.JSON;

import com.google.common.collect.Lists;
import im.hongyan.messagelog.mysql.SearchLanes;
import im.hongyan.messagelog.search.OpenSearchConfig;
import im.hongyan.messagelog.search.SearchAnalyzer;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchBatch.Erased;
import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchEngineException;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@link SearchStore} in OpenSearch, with its positions in MySQL (docs/decisions/0014). A position
 * moves in a transaction that ends after OpenSearch took the batch: a process that dies before
 * leaves the position where it was, and the next one writes the same documents under the same ids.
 * Which index a lane has stands in MySQL too, beside its format. A lane's calls come from one
 * thread at a time.
 */
public final class OpenSearchStore implements SearchStore {
  /** Marks formats of this engine: the other one has other segments. */
  private static final String ENGINE = "opensearch:";

  private static final int IDS_PER_REQUEST = 1_000;
  private static final int FORGOTTEN_PER_STEP = 1_000;

  private final OpenSearch client;
  private final SearchLanes lanes;
  private final LaneIndices indices;
  private final Map<Integer, LaneWork> work = new ConcurrentHashMap<>();

  /** What is known of a lane. */
  private static final class LaneWork {
    private final SearchAnalyzer analyzer = new SearchAnalyzer();
    private final Begins begins = new Begins();
    private @Nullable Build build;
    private @Nullable JsonArray forgottenTo;
  }

  /** What a lane's index was built by, and its name. */
  private record Build(String name, String format) {
    /** As it stands in MySQL; null where another engine wrote that. */
    static @Nullable Build of(String stored) {
      if (!stored.startsWith(ENGINE)) {
        return null;
      }
      String rest = stored.substring(ENGINE.length());
      int at = rest.indexOf(':');
      return at < 0 ? null : new Build(rest.substring(0, at), rest.substring(at + 1));
    }

    String stored() {
      return ENGINE + name + ':' + format;
    }
  }

  /** Uses both; their owners close them. */
  public OpenSearchStore(OpenSearch client, OpenSearchConfig config, SearchLanes lanes) {
    this.client = client;
    this.lanes = lanes;
    indices = new LaneIndices(client, config.prefix());
  }

  private LaneWork work(int lane) {
    return work.computeIfAbsent(lane, _ -> new LaneWork());
  }

  @Override
  public FollowerPosition position(int lane) {
    return lanes.position(lane);
  }

  @Override
  public void begin(int lane) {
    work.remove(lane);
  }

  @Override
  public boolean append(int lane, long expectedOffset, FollowerPosition next, SearchBatch batch) {
    Build build = build(lane);
    String alias = indices.alias(lane, build.name());
    BulkRequests requests = requests(work(lane), alias, batch);
    return lanes.move(lane, expectedOffset, next, () -> requests.send(client, alias));
  }

  private Build build(int lane) {
    LaneWork known = work(lane);
    Build build = known.build;
    if (build == null) {
      build = Build.of(lanes.rebuild(lane).format());
      if (build == null) {
        throw new SearchEngineException("lane " + lane + " has no index in OpenSearch", null);
      }
      known.build = build;
    }
    return build;
  }

  private BulkRequests requests(LaneWork known, String alias, SearchBatch batch) {
    BulkRequests requests = new BulkRequests(client.maxRequestBytes());
    if (batch.isEmpty()) {
      return requests;
    }
    Set<String> ids = new HashSet<>();
    batch.messages().forEach(message -> ids.add(message.conversationId()));
    batch.erased().forEach(erased -> ids.add(erased.conversationId()));
    Map<String, Long> numbers = lanes.numbers(ids);
    for (Message message : batch.messages()) {
      long number = number(numbers, message.conversationId());
      if (Fields.firstOfHundred(message.seq()) == message.seq()) {
        known.begins.put(number, message.seq(), message.sentMillis());
        requests.begin(number, message.seq(), message.sentMillis());
      }
    }
    Map<Message, Long> begun = begun(known.begins, alias, batch, numbers);
    for (Message message : batch.messages()) {
      long number = number(numbers, message.conversationId());
      requests.message(
          message,
          number,
          SearchLanes.isGroup(number),
          begun.getOrDefault(message, message.sentMillis()),
          message.text().isEmpty()
              ? Set.of()
              : known.analyzer.terms(SearchAnalyzer.folded(message.text())));
    }
    for (Erased erased : batch.erased()) {
      requests.delete(Fields.id(number(numbers, erased.conversationId()), erased.seq()));
    }
    return requests;
  }

  private static long number(Map<String, Long> numbers, String id) {
    return Objects.requireNonNull(numbers.get(id), id);
  }

  /** When the hundred messages began that each is one of, where that is known. */
  private Map<Message, Long> begun(
      Begins begins, String alias, SearchBatch batch, Map<String, Long> numbers) {
    Map<String, Long> unknown = new HashMap<>();
    for (Message message : batch.messages()) {
      long number = number(numbers, message.conversationId());
      long first = Fields.firstOfHundred(message.seq());
      if (begins.find(number, first) == null) {
        unknown.put(Fields.beginId(number, first), 0L);
      }
    }
    Map<String, Long> read = read(alias, List.copyOf(unknown.keySet()));
    Map<Message, Long> begun = new HashMap<>();
    for (Message message : batch.messages()) {
      long number = number(numbers, message.conversationId());
      long first = Fields.firstOfHundred(message.seq());
      Long at = begins.find(number, first);
      if (at == null) {
        at = read.get(Fields.beginId(number, first));
        if (at != null) {
          begins.put(number, first, at);
        }
      }
      if (at != null) {
        begun.put(message, at);
      }
    }
    return begun;
  }

  private Map<String, Long> read(String alias, List<String> ids) {
    Map<String, Long> read = new HashMap<>();
    for (List<String> some : Lists.partition(ids, IDS_PER_REQUEST)) {
      JsonObject answer =
          client.call(
              "POST",
              "/" + alias + "/_mget",
              Map.of("filter_path", "docs._id,docs.found,docs._source"),
              JSON.createObjectBuilder().add("ids", JSON.createArrayBuilder(some)).build());
      for (JsonValue value : answer.getJsonArray("docs")) {
        JsonObject document = value.asJsonObject();
        if (document.getBoolean("found", false)) {
          long begun =
              document.getJsonObject("_source").getJsonNumber(Fields.BEGUN).longValueExact();
          read.put(document.getString("_id"), begun);
        }
      }
    }
    return read;
  }

  /** Merging is the engine's own. */
  @Override
  public boolean tidy(int lane) {
    return false;
  }

  @Override
  public Rebuild rebuild(int lane) {
    Rebuild stored = lanes.rebuild(lane);
    Build build = Build.of(stored.format());
    if (build == null || !indices.exists(lane, build.name())) {
      return new Rebuild("", "", 0, false);
    }
    work(lane).build = build;
    return new Rebuild(build.format(), stored.conversationId(), stored.seq(), stored.done());
  }

  /** What is searched stays as it is until the new index has all that history holds. */
  @Override
  public void restart(int lane, String format, FollowerPosition at) {
    Build build = new Build(LaneIndices.newBuild(), format);
    indices.create(lane, build.name());
    work.remove(lane);
    lanes.restart(lane, new Rebuild(build.stored(), "", 0, false), at);
    work(lane).build = build;
    indices.removeUnused(lane, build.name());
  }

  @Override
  public void fill(int lane, Rebuild reached, SearchBatch batch) {
    Build build = build(lane);
    String alias = indices.alias(lane, build.name());
    BulkRequests requests = requests(work(lane), alias, batch);
    Rebuild stored =
        new Rebuild(build.stored(), reached.conversationId(), reached.seq(), reached.done());
    lanes.reach(
        lane,
        stored,
        () -> {
          requests.send(client, alias);
          if (reached.done()) {
            indices.use(lane, build.name());
          }
        });
  }

  /** Looks at the next of the oldest messages; those that somebody may read stay. */
  @Override
  public boolean forget(int lane, long sentBeforeMillis) {
    LaneWork known = work(lane);
    String alias = indices.alias(lane, build(lane).name());
    JsonArray page = old(alias, sentBeforeMillis, known.forgottenTo);
    if (page.isEmpty()) {
      known.forgottenTo = null;
      return false;
    }
    List<long[]> places = new ArrayList<>();
    for (JsonValue hit : page) {
      JsonArray sort = hit.asJsonObject().getJsonArray("sort");
      places.add(
          new long[] {
            sort.getJsonNumber(1).longValueExact(), sort.getJsonNumber(2).longValueExact()
          });
      known.forgottenTo = sort;
    }
    Map<Long, Long> firsts = lanes.firstReadable(places.stream().map(place -> place[0]).toList());
    BulkRequests requests = new BulkRequests(client.maxRequestBytes());
    Set<String> begins = new HashSet<>();
    for (long[] place : places) {
      long first = firsts.getOrDefault(place[0], 0L);
      if (place[1] < first) {
        requests.delete(Fields.id(place[0], place[1]));
        long hundred = Fields.firstOfHundred(place[1]);
        if (hundred + 100 <= first && begins.add(Fields.beginId(place[0], hundred))) {
          requests.delete(Fields.beginId(place[0], hundred));
        }
      }
    }
    requests.send(client, alias);
    return true;
  }

  private JsonArray old(String alias, long sentBeforeMillis, @Nullable JsonArray after) {
    JsonArrayBuilder order = JSON.createArrayBuilder();
    for (String field : List.of(Fields.SENT, Fields.CONVERSATION, Fields.SEQ)) {
      order.add(JSON.createObjectBuilder().add(field, "asc"));
    }
    JsonObjectBuilder body =
        JSON.createObjectBuilder()
            .add("size", FORGOTTEN_PER_STEP)
            .add("_source", false)
            .add("track_total_hits", false)
            .add("query", Queries.range(Fields.SENT, Long.MIN_VALUE, sentBeforeMillis - 1))
            .add("sort", order);
    if (after != null) {
      body.add("search_after", after);
    }
    return Queries.hits(client, alias, body.build());
  }
}
