package im.hongyan.messagelog.opensearch;

import static im.hongyan.messagelog.opensearch.OpenSearch.JSON;

import im.hongyan.messagelog.search.SearchEngineException;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Collection;
import java.util.Map;

/** Parts of questions, and how they are asked. Stateless. */
final class Queries {
  /** What there is not yet has no hits; an answer without a shard's would be taken for all. */
  private static final Map<String, String> ALL_OR_NOTHING =
      Map.of(
          "ignore_unavailable",
          "true",
          "allow_partial_search_results",
          "false",
          "filter_path",
          "timed_out,hits.total,hits.hits.sort,hits.hits.fields");

  private Queries() {}

  static JsonObjectBuilder term(String field, String value) {
    return one("term", JSON.createObjectBuilder().add(field, value));
  }

  static JsonObjectBuilder term(String field, long value) {
    return one("term", JSON.createObjectBuilder().add(field, value));
  }

  static JsonObjectBuilder term(String field, boolean value) {
    return one("term", JSON.createObjectBuilder().add(field, value));
  }

  /** One of several numbers. */
  static JsonObjectBuilder anyOf(String field, Collection<? extends Number> values) {
    return one("terms", JSON.createObjectBuilder().add(field, JSON.createArrayBuilder(values)));
  }

  /** Both bounds belong to it. */
  static JsonObjectBuilder range(String field, long from, long to) {
    return one(
        "range",
        JSON.createObjectBuilder()
            .add(field, JSON.createObjectBuilder().add("gte", from).add("lte", to)));
  }

  static JsonObjectBuilder one(String name, JsonObjectBuilder what) {
    return JSON.createObjectBuilder().add(name, what);
  }

  /** Asks an alias. */
  static JsonObject search(OpenSearch client, String alias, JsonObject body) {
    JsonObject answer = client.call("POST", "/" + alias + "/_search", ALL_OR_NOTHING, body);
    if (answer.getBoolean("timed_out", false)) {
      throw new SearchEngineException("OpenSearch did not finish in time", null);
    }
    return answer;
  }

  /** As above, the hits alone. */
  static JsonArray hits(OpenSearch client, String alias, JsonObject body) {
    return hits(search(client, alias, body));
  }

  static JsonArray hits(JsonObject answer) {
    JsonObject hits = answer.getJsonObject("hits");
    JsonArray found = hits == null ? null : hits.getJsonArray("hits");
    return found == null ? JsonValue.EMPTY_JSON_ARRAY : found;
  }
}
