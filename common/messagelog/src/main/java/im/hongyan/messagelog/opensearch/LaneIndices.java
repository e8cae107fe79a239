package im.hongyan.messagelog.opensearch;

import static im.hongyan.messagelog.opensearch.OpenSearch.JSON;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The indices of lanes. A lane that is built anew gets a new index beside its old one. Each index
 * has an alias of its own, by which it is written, so that a request to one that is gone makes
 * none; those that are complete share the alias that is searched. Stateless.
 */
final class LaneIndices {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BUILD_BYTES = 4;

  private final OpenSearch client;
  private final String all;

  /** The names begin with a prefix. */
  LaneIndices(OpenSearch client, String prefix) {
    this.client = client;
    all = prefix + "-messages";
  }

  /** The alias of all complete indices. */
  String searched() {
    return all;
  }

  /** The alias by which a build of a lane is written. */
  String alias(int lane, String build) {
    return all + "-lane" + lane + "-" + build;
  }

  private static String index(String alias) {
    return alias + "-0";
  }

  /** A name that no build had before. */
  static String newBuild() {
    byte[] random = new byte[BUILD_BYTES];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  boolean exists(int lane, String build) {
    return !client.find("GET", "/_alias/" + alias(lane, build)).isEmpty();
  }

  /** Makes the index of a new build. */
  void create(int lane, String build) {
    String alias = alias(lane, build);
    JsonObject body =
        JSON.createObjectBuilder()
            .add("settings", JSON.createObjectBuilder().add("index", settings()))
            .add("mappings", mappings())
            .add("aliases", JSON.createObjectBuilder().add(alias, JsonObject.EMPTY_JSON_OBJECT))
            .build();
    client.call("PUT", "/" + index(alias), Map.of(), body);
  }

  private static JsonObjectBuilder settings() {
    return JSON.createObjectBuilder()
        .add("number_of_shards", 1)
        .add("auto_expand_replicas", "0-1")
        .add("refresh_interval", "1s");
  }

  private static JsonObjectBuilder mappings() {
    JsonObjectBuilder fields = JSON.createObjectBuilder();
    for (String name :
        List.of(Fields.CONVERSATION, Fields.SEQ, Fields.SENT, Fields.BEGUN, Fields.TYPE)) {
      fields.add(name, JSON.createObjectBuilder().add("type", "long"));
    }
    fields.add(Fields.GROUP, JSON.createObjectBuilder().add("type", "boolean"));
    for (String name : List.of(Fields.SENDER, Fields.RECEIVER, Fields.TERMS)) {
      fields.add(name, JSON.createObjectBuilder().add("type", "keyword").add("doc_values", false));
    }
    // The words are looked up, never shown.
    JsonObjectBuilder source =
        JSON.createObjectBuilder().add("excludes", JSON.createArrayBuilder().add(Fields.TERMS));
    return JSON.createObjectBuilder()
        .add("dynamic", "strict")
        .add("_source", source)
        .add("properties", fields);
  }

  /** From now on this build of a lane is searched, and its others are gone, in one step. */
  void use(int lane, String build) {
    String alias = alias(lane, build);
    client.call("POST", "/" + alias + "/_refresh", Map.of(), null);
    JsonArrayBuilder actions =
        JSON.createArrayBuilder()
            .add(
                action(
                    "add",
                    JSON.createObjectBuilder().add("index", index(alias)).add("alias", all)));
    for (String other : indices(lane).keySet()) {
      if (!other.equals(index(alias))) {
        actions.add(action("remove_index", JSON.createObjectBuilder().add("index", other)));
      }
    }
    client.call(
        "POST", "/_aliases", Map.of(), JSON.createObjectBuilder().add("actions", actions).build());
  }

  private static JsonObjectBuilder action(String name, JsonObjectBuilder what) {
    return JSON.createObjectBuilder().add(name, what);
  }

  /** Removes what earlier builds of a lane left, except what is searched. */
  void removeUnused(int lane, String build) {
    indices(lane)
        .forEach((index, described) -> {
          JsonObject aliases = described.asJsonObject().getJsonObject("aliases");
          if (!index.equals(index(alias(lane, build))) && !aliases.containsKey(all)) {
            client.find("DELETE", "/" + index);
          }
        });
  }

  /** Indices of a lane, with their aliases. */
  private Map<String, JsonValue> indices(int lane) {
    String prefix = all + "-lane" + lane + "-";
    Pattern ours = Pattern.compile(Pattern.quote(prefix) + "[0-9a-f]{8}-0");
    JsonObject found = client.find("GET", "/" + prefix + "*/_alias");
    return found.entrySet().stream()
        .filter(entry -> ours.matcher(entry.getKey()).matches())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
