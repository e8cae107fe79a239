package im.hongyan.gatewayws.connection;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The heartbeat of browsers, a text message (websocket.md 5.2). Stateless. */
final class TextHeartbeat {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private TextHeartbeat() {}

  /**
   * What a text message asks for.
   *
   * @param pong the answer, empty for a pong of the client
   */
  record Received(String pong) {}

  /** Reads a text message; empty when the connection must end. */
  static Optional<Received> read(String text) {
    String type = "";
    String body = "null";
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equalsIgnoreCase("type") && value == JsonToken.VALUE_STRING) {
          type = parser.getString();
        } else if (name.equalsIgnoreCase("body")) {
          body = compact(parser);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        return Optional.empty();
      }
    } catch (JacksonException e) {
      return Optional.empty();
    }
    return switch (type) {
      case "ping" -> Optional.of(new Received("{\"type\":\"pong\",\"body\":" + body + "}"));
      case "pong" -> Optional.of(new Received(""));
      default -> Optional.empty();
    };
  }

  private static String compact(JsonParser parser) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      generator.copyCurrentStructureExact(parser);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
