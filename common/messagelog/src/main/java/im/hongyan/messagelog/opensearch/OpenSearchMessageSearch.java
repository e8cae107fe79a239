package im.hongyan.messagelog.opensearch;

import static im.hongyan.messagelog.opensearch.OpenSearch.JSON;

import com.google.common.collect.Lists;
import im.hongyan.messagelog.mysql.SearchLanes;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.OpenSearchConfig;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@link MessageSearch} over what {@link OpenSearchStore} wrote: every question is made of exact
 * terms, so that nothing depends on an analyzer of the engine. Safe for use by several threads.
 */
public final class OpenSearchMessageSearch implements MessageSearch {
  /** The engine's own bounds: of a page, and of the values in one list. */
  private static final int MAX_PAGE = 10_000;

  private static final int MAX_VALUES = 60_000;

  /** Further windows are held against the hits. */
  private static final int MAX_WINDOWS = 200;

  private static final int MAX_LISTED = 500_000;

  private final OpenSearch client;
  private final SearchLanes lanes;
  private final String alias;

  /** Uses both; their owners close them. */
  public OpenSearchMessageSearch(OpenSearch client, OpenSearchConfig config, SearchLanes lanes) {
    this.client = client;
    this.lanes = lanes;
    alias = new LaneIndices(client, config.prefix()).searched();
  }

  @Override
  public FoundPage words(WordSearch search) {
    List<Long> where = null;
    if (search.conversationIds() != null) {
      where = List.copyOf(lanes.knownNumbers(search.conversationIds()).values());
      if (where.isEmpty()) {
        return new FoundPage(List.of(), null);
      }
    }
    Map<Long, SeqWindow> windows = new HashMap<>();
    lanes
        .knownNumbers(search.windows().keySet())
        .forEach((id, number) -> {
          SeqWindow window = search.windows().get(id);
          if (window != null) {
            windows.put(number, window);
          }
        });
    int most = Math.min(search.most(), MAX_PAGE - 1);
    JsonObjectBuilder body =
        JSON.createObjectBuilder()
            .add("size", most + 1)
            .add("_source", false)
            .add("track_total_hits", false)
            .add("timeout", client.timeoutText())
            .add("query", bool(filters(search, where), outside(windows)))
            .add("sort", order("desc", Fields.SENT, Fields.CONVERSATION, Fields.SEQ));
    if (!search.after().equals(Cursor.START)) {
      Cursor after = search.after();
      body.add(
          "search_after",
          JSON.createArrayBuilder()
              .add(after.sentMillis())
              .add(after.conversation())
              .add(after.seq()));
    }
    List<Cursor> places = new ArrayList<>();
    for (JsonValue hit : Queries.hits(client, alias, body.build())) {
      JsonArray sort = hit.asJsonObject().getJsonArray("sort");
      places.add(new Cursor(number(sort, 0), number(sort, 1), number(sort, 2)));
    }
    Cursor next = null;
    if (places.size() > most) {
      places.removeLast();
      next = places.isEmpty() ? null : places.getLast();
    }
    return new FoundPage(
        found(places.stream().filter(place -> isWithin(windows, place)).toList()), next);
  }

  private static long number(JsonArray values, int at) {
    return values.getJsonNumber(at).longValueExact();
  }

  private static boolean isWithin(Map<Long, SeqWindow> windows, Cursor place) {
    SeqWindow window = windows.get(place.conversation());
    return window == null || (place.seq() >= window.first() && place.seq() <= window.last());
  }

  private static JsonArrayBuilder filters(WordSearch search, @Nullable List<Long> where) {
    JsonArrayBuilder filters = JSON.createArrayBuilder();
    search.terms().forEach(term -> filters.add(Queries.term(Fields.TERMS, term)));
    if (!search.sendId().isEmpty()) {
      filters.add(Queries.term(Fields.SENDER, search.sendId()));
    }
    if (!search.contentTypes().isEmpty()) {
      filters.add(Queries.anyOf(Fields.TYPE, search.contentTypes()));
    }
    if (where != null) {
      JsonArrayBuilder any = JSON.createArrayBuilder();
      Lists.partition(where, MAX_VALUES)
          .forEach(some -> any.add(Queries.anyOf(Fields.CONVERSATION, some)));
      filters.add(
          Queries.one(
              "bool",
              JSON.createObjectBuilder().add("should", any).add("minimum_should_match", 1)));
    }
    return filters.add(Queries.range(Fields.SENT, search.fromMillis(), search.toMillis()));
  }

  /** What lies outside of windows: whole conversations, and what is before or behind. */
  private static JsonArrayBuilder outside(Map<Long, SeqWindow> windows) {
    JsonArrayBuilder outside = JSON.createArrayBuilder();
    List<Long> none = new ArrayList<>();
    int some = 0;
    for (Map.Entry<Long, SeqWindow> entry : windows.entrySet()) {
      SeqWindow window = entry.getValue();
      if (window.last() < window.first()) {
        none.add(entry.getKey());
      } else if (++some <= MAX_WINDOWS) {
        outside.add(
            bool(
                JSON.createArrayBuilder()
                    .add(Queries.term(Fields.CONVERSATION, entry.getKey().longValue())),
                JSON.createArrayBuilder()
                    .add(Queries.range(Fields.SEQ, window.first(), window.last()))));
      }
    }
    Lists.partition(none, MAX_VALUES)
        .forEach(values -> outside.add(Queries.anyOf(Fields.CONVERSATION, values)));
    return outside;
  }

  private static JsonObjectBuilder bool(JsonArrayBuilder filter, JsonArrayBuilder mustNot) {
    return Queries.one(
        "bool", JSON.createObjectBuilder().add("filter", filter).add("must_not", mustNot));
  }

  private static JsonArrayBuilder order(String direction, String... fields) {
    JsonArrayBuilder order = JSON.createArrayBuilder();
    for (String field : fields) {
      order.add(JSON.createObjectBuilder().add(field, direction));
    }
    return order;
  }

  private List<Found> found(List<Cursor> places) {
    Map<Long, String> ids = lanes.ids(places.stream().map(Cursor::conversation).toList());
    List<Found> found = new ArrayList<>();
    for (Cursor place : places) {
      String id = ids.get(place.conversation());
      if (id != null) {
        found.add(new Found(id, place.seq(), place));
      }
    }
    return found;
  }

  /** Pages behind the engine's first are reached by going through those before. */
  @Override
  public Listed facts(FactSearch search) {
    JsonObjectBuilder query = bool(filters(search), JSON.createArrayBuilder());
    JsonObject asked = JSON.createObjectBuilder().add("query", query).build();
    JsonObject first = page(asked, 0, null, true);
    JsonObject total = first.getJsonObject("hits").getJsonObject("total");
    long count = total.getJsonNumber("value").longValueExact();
    boolean exact = "eq".equals(total.getString("relation"));
    if (search.most() <= 0 || search.skip() >= Math.min(count, MAX_LISTED)) {
      return new Listed(List.of(), count, exact);
    }
    long skip = search.skip();
    JsonArray after = null;
    while (skip >= MAX_PAGE) {
      JsonArray passed = Queries.hits(page(asked, MAX_PAGE, after, false));
      if (passed.isEmpty()) {
        return new Listed(List.of(), count, exact);
      }
      after = passed.getJsonObject(passed.size() - 1).getJsonArray("sort");
      skip -= passed.size();
    }
    return new Listed(found(rest(asked, (int) skip, search.most(), after)), count, exact);
  }

  private List<Cursor> rest(JsonObject asked, int skip, int most, @Nullable JsonArray from) {
    List<Cursor> places = new ArrayList<>();
    JsonArray after = from;
    int passing = skip;
    while (places.size() < most) {
      int wanted = Math.min(MAX_PAGE, passing + most - places.size());
      JsonArray hits = Queries.hits(page(asked, wanted, after, false));
      for (JsonValue value : hits) {
        JsonObject hit = value.asJsonObject();
        after = hit.getJsonArray("sort");
        if (passing > 0) {
          passing--;
        } else {
          places.add(
              new Cursor(
                  number(hit.getJsonObject("fields").getJsonArray(Fields.SENT), 0),
                  number(after, 1),
                  number(after, 2)));
        }
      }
      if (hits.size() < wanted) {
        break;
      }
    }
    return places;
  }

  private static JsonArrayBuilder filters(FactSearch search) {
    JsonArrayBuilder filters = JSON.createArrayBuilder();
    if (!search.sendId().isEmpty()) {
      filters.add(Queries.term(Fields.SENDER, search.sendId()));
    }
    if (!search.receiver().isEmpty()) {
      filters.add(Queries.term(Fields.RECEIVER, search.receiver()));
    }
    if (search.contentType() != 0) {
      filters.add(Queries.anyOf(Fields.TYPE, Set.of(search.contentType())));
    }
    if (search.group() != null) {
      filters.add(Queries.term(Fields.GROUP, search.group().booleanValue()));
    }
    return filters.add(Queries.range(Fields.SENT, search.fromMillis(), search.toMillis()));
  }

  private JsonObject page(JsonObject asked, int size, @Nullable JsonArray after, boolean counting) {
    JsonObjectBuilder body =
        JSON.createObjectBuilder(asked)
            .add("size", size)
            .add("_source", false)
            .add("timeout", client.timeoutText())
            .add("docvalue_fields", JSON.createArrayBuilder().add(Fields.SENT))
            .add("sort", order("asc", Fields.BEGUN, Fields.CONVERSATION, Fields.SEQ));
    if (counting) {
      body.add("track_total_hits", MAX_LISTED);
    } else {
      body.add("track_total_hits", false);
    }
    if (after != null) {
      body.add("search_after", after);
    }
    return Queries.search(client, alias, body.build());
  }
}
