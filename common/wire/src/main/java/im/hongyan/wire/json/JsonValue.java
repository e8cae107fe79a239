package im.hongyan.wire.json;

import im.hongyan.wire.id.Utf8Order;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * JSON of a form that is not known beforehand, and how Go's encoder writes it (rest-message.md
 * 5.3): keys sorted, no blanks. Whole numbers keep all their digits, where Go's go through 64-bit
 * floats. Immutable.
 */
public sealed interface JsonValue {
  /** Values of one text; more would take many times the text's size on the heap. */
  int MAX_VALUES = 20_000;

  /** An object; of several members with one key the last counts. */
  record Members(Map<String, JsonValue> byKey) implements JsonValue {
    /** Copies the map. */
    public Members {
      byKey = Map.copyOf(byKey);
    }

    /** The member of a key, in any letter case where none has exactly this one; null if none. */
    public @Nullable JsonValue find(String key) {
      JsonValue exact = byKey.get(key);
      if (exact != null) {
        return exact;
      }
      String folded = GoJson.fold(key);
      // The last by bytes, so that one request means one thing.
      return byKey.keySet().stream()
          .filter(each -> GoJson.fold(each).equals(folded))
          .max(Utf8Order.INSTANCE)
          .map(byKey::get)
          .orElse(null);
    }
  }

  /** An array. */
  record Array(List<JsonValue> values) implements JsonValue {
    /** Copies the list. */
    public Array {
      values = List.copyOf(values);
    }
  }

  /** A string, without lone surrogates. */
  record Text(String value) implements JsonValue {}

  /**
   * A number that a 64-bit float can come near to.
   *
   * @param digits as it was written
   * @param whole whether it was written without fraction and exponent
   */
  record Numeral(String digits, boolean whole) implements JsonValue {
    /** Near to it. */
    public double real() {
      return Double.parseDouble(digits);
    }
  }

  /** True or false. */
  record Bool(boolean value) implements JsonValue {}

  /** Null. */
  record Nothing() implements JsonValue {}

  /**
   * The one value that a text is.
   *
   * @param json UTF-8
   * @throws GoJsonException for what is no JSON, and beyond {@link #MAX_VALUES}
   */
  static JsonValue parse(byte[] json) throws GoJsonException {
    return GoJson.parse(json, new Reader()::read);
  }

  /**
   * The value of a key in the object that a text begins with; the last of several.
   *
   * @param json UTF-8
   * @param key in any letter case
   * @return empty where there is none, or it is null
   * @throws GoJsonException for what is no JSON or no object, and beyond {@link #MAX_VALUES}
   */
  static Optional<JsonValue> member(byte[] json, String key) throws GoJsonException {
    return GoJson.parseFirst(json, parser -> member(parser, GoJson.fold(key)));
  }

  private static Optional<JsonValue> member(JsonParser parser, String folded)
      throws GoJsonException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return Optional.empty();
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw GoJson.wrongType(parser, "object");
    }
    JsonValue found = new Nothing();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      boolean wanted = GoJson.fold(parser.currentName()).equals(folded);
      parser.nextToken();
      if (wanted) {
        found = new Reader().read(parser);
      } else {
        parser.skipChildren();
      }
    }
    return found instanceof Nothing ? Optional.empty() : Optional.of(found);
  }

  /** Reads one value and counts what it is made of. Used by one thread. */
  final class Reader {
    private int count;

    private JsonValue read(JsonParser parser) throws GoJsonException {
      count++;
      if (count > MAX_VALUES) {
        throw new GoJsonException("json: more than " + MAX_VALUES + " values");
      }
      return switch (parser.currentToken()) {
        case START_OBJECT -> readMembers(parser);
        case START_ARRAY -> readElements(parser);
        case VALUE_STRING -> new Text(GoJson.string(parser));
        case VALUE_NUMBER_INT -> number(parser, true);
        case VALUE_NUMBER_FLOAT -> number(parser, false);
        case VALUE_TRUE -> new Bool(true);
        case VALUE_FALSE -> new Bool(false);
        case VALUE_NULL -> new Nothing();
        case null, default -> throw GoJson.wrongType(parser, "value");
      };
    }

    private Members readMembers(JsonParser parser) throws GoJsonException {
      Map<String, JsonValue> members = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = GoJson.repaired(parser.currentName());
        parser.nextToken();
        members.put(key, read(parser));
      }
      return new Members(members);
    }

    private Array readElements(JsonParser parser) throws GoJsonException {
      List<JsonValue> values = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        values.add(read(parser));
      }
      return new Array(values);
    }

    private static Numeral number(JsonParser parser, boolean whole) throws GoJsonException {
      Numeral number = new Numeral(parser.getString(), whole);
      if (Double.isInfinite(number.real())) {
        throw new GoJsonException("json: number out of range");
      }
      return number;
    }
  }

  /** The value as compact UTF-8. */
  default byte[] toBytes() {
    JsonBuffer out = new JsonBuffer(256);
    write(out);
    return out.toByteArray();
  }

  /** Appends the value to a buffer. */
  default void write(JsonBuffer out) {
    switch (this) {
      case Members(Map<String, JsonValue> byKey) -> {
        Map<String, JsonValue> sorted = new TreeMap<>(Utf8Order.INSTANCE);
        sorted.putAll(byKey);
        char before = '{';
        for (Map.Entry<String, JsonValue> member : sorted.entrySet()) {
          out.raw(before).string(member.getKey()).raw(':');
          member.getValue().write(out);
          before = ',';
        }
        if (before == '{') {
          out.raw('{');
        }
        out.raw('}');
      }
      case Array(List<JsonValue> values) -> {
        char before = '[';
        for (JsonValue value : values) {
          out.raw(before);
          value.write(out);
          before = ',';
        }
        if (before == '[') {
          out.raw('[');
        }
        out.raw(']');
      }
      case Text(String value) -> out.string(value);
      case Numeral number -> out.raw(JsonBuffer.ascii(text(number)));
      case Bool(boolean value) -> out.bool(value);
      case Nothing() -> out.nothing();
    }
  }

  /** A number as Go writes it, but for whole ones, which stay as they are. */
  static String text(Numeral number) {
    return number.whole() ? number.digits() : text(number.real());
  }

  /** Go's form of a 64-bit float: an exponent only below 1e-6 and from 1e21 on. */
  private static String text(double real) {
    if (real == 0) {
      return Double.compare(real, 0) < 0 ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(real)).stripTrailingZeros();
    double size = Math.abs(real);
    if (size >= 1e-6 && size < 1e21) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    return (real < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + Math.abs(exponent);
  }
}
