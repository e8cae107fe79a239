package im.hongyan.messagelog.search;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MsgData;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The text that a message is found by: one field of its content, by content type
 * (docs/protocol/messages.md, Search). Stateless.
 */
public final class SearchableText {
  private static final JsonFactory JSON = new JsonFactory();

  private static final Map<Integer, String> FIELDS =
      Map.ofEntries(
          Map.entry(101, "content"),
          Map.entry(105, "fileName"),
          Map.entry(106, "text"),
          Map.entry(107, "title"),
          Map.entry(108, "nickname"),
          Map.entry(109, "description"),
          Map.entry(110, "description"),
          Map.entry(114, "text"),
          Map.entry(117, "text"),
          Map.entry(118, "content"),
          Map.entry(119, "description"));

  private SearchableText() {}

  /** The content types that have a text. */
  public static Set<Integer> contentTypes() {
    return FIELDS.keySet();
  }

  /** The text; empty where there is none, or where the content is not such JSON. */
  public static String of(MsgData message) {
    return of(message.getContentType(), message.getContent());
  }

  /** As above, of a content. */
  public static String of(int contentType, ByteString content) {
    String field = FIELDS.get(contentType);
    if (field == null) {
      return "";
    }
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), content.toByteArray())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = json.currentName().equals(field);
        JsonToken value = json.nextToken();
        if (wanted) {
          return value == JsonToken.VALUE_STRING ? json.getString() : "";
        }
        json.skipChildren();
      }
      return "";
    } catch (JacksonException e) {
      return "";
    }
  }
}
