package im.hongyan.standalone.chat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Contents of text messages as SDKs write them: {@code {"content":"..."}}. Stateless. */
final class TextContent {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String KEY = "content";

  private TextContent() {}

  static ByteString write(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeStringProperty(KEY, text);
      json.writeEndObject();
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  /** The text; what is no such JSON comes back as it is. */
  static String read(ByteString content) {
    String whole = content.toStringUtf8();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), whole)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return whole;
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals(KEY) && value == JsonToken.VALUE_STRING) {
          return json.getString();
        }
        json.skipChildren();
      }
      return whole;
    } catch (JacksonException noJson) {
      return whole;
    }
  }
}
