package im.hongyan.messagelog.opensearch;

import static im.hongyan.messagelog.opensearch.OpenSearch.JSON;

import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchEngineException;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes documents, in requests of a bounded size. Ids of documents are those of what they hold, so
 * the same again changes nothing. Single-threaded.
 */
final class BulkRequests {
  /** So that an answer holds failures alone. */
  private static final Map<String, String> QUERY =
      Map.of("require_alias", "true", "filter_path", "errors,items.*.error,items.*.status");

  private final int maxBytes;
  private final List<byte[]> full = new ArrayList<>();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  BulkRequests(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds a message. */
  void message(
      Message message, long conversation, boolean group, long begun, Collection<String> terms) {
    action("index", Fields.id(conversation, message.seq()));
    line(document -> {
      document
          .write(Fields.CONVERSATION, conversation)
          .write(Fields.SEQ, message.seq())
          .write(Fields.SENT, message.sentMillis())
          .write(Fields.BEGUN, begun)
          .write(Fields.TYPE, message.contentType())
          .write(Fields.GROUP, group)
          .write(Fields.SENDER, message.sendId())
          .write(Fields.RECEIVER, message.receiver())
          .writeStartArray(Fields.TERMS);
      terms.forEach(document::write);
      document.writeEnd();
    });
    cut();
  }

  /** Adds when a hundred messages began. */
  void begin(long conversation, long first, long sentMillis) {
    action("index", Fields.beginId(conversation, first));
    line(document -> document.write(Fields.BEGUN, sentMillis));
    cut();
  }

  /** Removes a document, if it is there. */
  void delete(String id) {
    action("delete", id);
    cut();
  }

  private void action(String name, String id) {
    line(line -> line.writeStartObject(name).write("_id", id).writeEnd());
  }

  private void line(Consumer<JsonGenerator> fields) {
    try (JsonGenerator line = JSON.createGenerator(lines)) {
      line.writeStartObject();
      fields.accept(line);
      line.writeEnd();
    }
    lines.write('\n');
  }

  private void cut() {
    if (lines.size() >= maxBytes) {
      full.add(lines.toByteArray());
      lines.reset();
    }
  }

  /**
   * Sends all of it, in order.
   *
   * @throws SearchEngineException when a document was not taken
   */
  void send(OpenSearch client, String alias) {
    if (lines.size() > 0) {
      full.add(lines.toByteArray());
      lines.reset();
    }
    for (byte[] request : full) {
      JsonObject answer = client.bulk("/" + alias + "/_bulk", QUERY, request);
      if (answer.getBoolean("errors", true)) {
        throw new SearchEngineException(
            "OpenSearch did not take all: " + firstFailure(answer), null);
      }
    }
    full.clear();
  }

  private static String firstFailure(JsonObject answer) {
    JsonArray items = answer.getJsonArray("items");
    if (items != null) {
      for (JsonValue item : items) {
        for (JsonValue result : item.asJsonObject().values()) {
          if (result.asJsonObject().containsKey("error")) {
            return OpenSearch.reason(result.toString());
          }
        }
      }
    }
    return "no reason is given";
  }
}
