package im.hongyan.msg.pull;

import com.google.protobuf.ByteString;
import im.hongyan.wire.json.GoJson;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.JsonBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The content of a message that quotes another (messaging.md 5.6): {@code text}, {@code
 * quoteMessage} and {@code messageEntityList}. Content that is not such JSON is left alone.
 * Stateless.
 */
final class QuotedMessages {
  private static final String QUOTED = "quoteMessage";
  private static final String CONTENT = "content";
  private static final String CONTENT_TYPE = "contentType";

  /** How an old client sent the empty object. */
  private static final String EMPTY_AS_BASE64 = "e30=";

  private static final Set<String> KEPT =
      Set.of(
          "sendID",
          "recvID",
          "groupID",
          "clientMsgID",
          "serverMsgID",
          "senderPlatformID",
          "senderNickname",
          "senderFaceURL",
          "sessionType",
          "msgFrom",
          CONTENT_TYPE,
          CONTENT,
          "seq",
          "sendTime",
          "createTime",
          "status",
          "isRead",
          "options",
          "offlinePushInfo",
          "atUserIDList",
          "attachedInfo",
          "ex",
          "keyVersion",
          "dstUserIDs");

  private QuotedMessages() {}

  /** A number as it was written, since digits may be more than a double holds. */
  private record Literal(String text) {}

  /** A quote that was read. */
  record Quote(Map<String, @Nullable Object> whole, Map<String, @Nullable Object> quoted) {
    /** The seq of the quoted message, 0 where the sender did not know it. */
    long seq() {
      try {
        return quoted.get("seq") instanceof Literal number ? Long.parseLong(number.text()) : 0;
      } catch (NumberFormatException e) {
        return 0;
      }
    }

    /** Whether the content must be written anew even where nothing became of the quoted message. */
    boolean emptyAsBase64() {
      return EMPTY_AS_BASE64.equals(quoted.get(CONTENT));
    }

    /** The content with the empty object as clients write it now. */
    ByteString repaired() {
      Map<String, @Nullable Object> inner = new LinkedHashMap<>(quoted);
      inner.put(CONTENT, "{}");
      return written(inner);
    }

    /** The content with the quoted message revoked; the elements of its old content go. */
    ByteString revoked(int contentType, String content) {
      Map<String, @Nullable Object> inner = new LinkedHashMap<>();
      quoted.forEach((key, value) -> {
        if (KEPT.contains(key)) {
          inner.put(key, value);
        }
      });
      inner.put(CONTENT_TYPE, new Literal(Integer.toString(contentType)));
      inner.put(CONTENT, content);
      return written(inner);
    }

    private ByteString written(Map<String, @Nullable Object> inner) {
      Map<String, @Nullable Object> outer = new LinkedHashMap<>(whole);
      outer.put(QUOTED, inner);
      JsonBuffer json = new JsonBuffer(1_024);
      write(outer, json);
      return ByteString.copyFrom(json.toByteArray());
    }
  }

  /** Reads a content; empty where it quotes nothing. */
  static Optional<Quote> read(ByteString content) {
    try {
      Optional<Object> read =
          GoJson.parse(content.toByteArray(), parser -> Optional.ofNullable(value(parser)));
      if (read.orElse("") instanceof Map<?, ?> whole
          && whole.get(QUOTED) instanceof Map<?, ?> quoted) {
        return Optional.of(new Quote(typed(whole), typed(quoted)));
      }
      return Optional.empty();
    } catch (GoJsonException notJson) {
      return Optional.empty();
    }
  }

  private static Map<String, @Nullable Object> typed(Map<?, ?> map) {
    Map<String, @Nullable Object> typed = new LinkedHashMap<>();
    map.forEach((key, value) -> typed.put(String.valueOf(key), value));
    return typed;
  }

  private static @Nullable Object value(JsonParser parser) throws GoJsonException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> GoJson.string(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> new Literal(parser.getString());
    };
  }

  private static void write(@Nullable Object value, JsonBuffer json) {
    switch (value) {
      case null -> json.nothing();
      case Map<?, ?> object -> {
        json.raw('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : object.entrySet()) {
          if (!first) {
            json.raw(',');
          }
          first = false;
          json.string(String.valueOf(entry.getKey())).raw(':');
          write(entry.getValue(), json);
        }
        json.raw('}');
      }
      case List<?> array -> {
        json.raw('[');
        for (int i = 0; i < array.size(); i++) {
          if (i > 0) {
            json.raw(',');
          }
          write(array.get(i), json);
        }
        json.raw(']');
      }
      case Boolean bool -> json.bool(bool);
      case Literal number -> json.raw(JsonBuffer.ascii(number.text()));
      default -> json.string(String.valueOf(value));
    }
  }
}
