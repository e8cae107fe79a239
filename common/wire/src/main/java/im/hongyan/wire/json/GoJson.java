package im.hongyan.wire.json;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Rules of Go's JSON that several codecs share: parsing with its leniencies, folding of keys,
 * base64. Stateless and safe for use by several threads.
 *
 * <p>Memory: a parse holds the input, its text and one value at a time; depth is bounded by {@link
 * #MAX_DEPTH}, everything else by the input's size, which callers bound.
 */
public final class GoJson {
  /** Deepest nesting that is read. Go allows 10,000; no message of the protocol nests ten deep. */
  public static final int MAX_DEPTH = 100;

  private static final char REPLACEMENT = '\uFFFD';

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(64 * 1024)
                  .maxNumberLength(1000)
                  .build())
          .build();

  private GoJson() {}

  /** A text as a JSON string with Go's escapes, quotes included. */
  public static String quote(String text) {
    return new String(
        new JsonBuffer(text.length() + 16).string(text).toByteArray(), StandardCharsets.UTF_8);
  }

  /** Reads something from a parser that is before the first token. */
  public interface Read<T> {
    /** Reads one value and leaves the parser on its last token. */
    T from(JsonParser parser) throws GoJsonException;
  }

  /**
   * Parses one JSON value and refuses anything behind it.
   *
   * @throws GoJsonException for whatever Go's decoder refuses
   */
  public static <T> T parse(byte[] json, Read<T> read) throws GoJsonException {
    return parse(json, true, read);
  }

  /**
   * Parses the first JSON value, whatever stands behind it.
   *
   * @throws GoJsonException for whatever Go's decoder refuses
   */
  static <T> T parseFirst(byte[] json, Read<T> read) throws GoJsonException {
    return parse(json, false, read);
  }

  private static <T> T parse(byte[] json, boolean whole, Read<T> read) throws GoJsonException {
    String text = decodeUtf8(json);
    if (!text.isEmpty() && text.charAt(0) == '\uFEFF') {
      throw new GoJsonException("invalid character at beginning of value");
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        throw new GoJsonException("unexpected end of JSON input");
      }
      T value = read.from(parser);
      if (whole && parser.nextToken() != null) {
        throw new GoJsonException("invalid character after top-level value");
      }
      return value;
    } catch (JacksonException bad) {
      throw new GoJsonException(String.valueOf(bad.getOriginalMessage()));
    }
  }

  /**
   * A key as Go compares it: ASCII letters without case, and the two other characters that fold
   * into ASCII letters, the Kelvin sign and the long s.
   */
  public static String fold(String key) {
    StringBuilder folded = null;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      char f =
          c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c == '\u212A' ? 'k' : c == '\u017F' ? 's' : c;
      if (f != c && folded == null) {
        folded = new StringBuilder(key.length()).append(key, 0, i);
      }
      if (folded != null) {
        folded.append(f);
      }
    }
    return folded == null ? key : folded.toString();
  }

  /** A string value; lone surrogates become U+FFFD. */
  public static String string(JsonParser parser) throws GoJsonException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrongType(parser, "string");
    }
    return repaired(parser.getString());
  }

  /** Bytes: standard base64 with padding, or an array of numbers from 0 to 255. */
  public static ByteString bytes(JsonParser parser) throws GoJsonException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      return byteArray(parser);
    }
    String text = string(parser);
    // Go's decoder skips line ends inside base64; Java's strict one does not.
    String compact =
        text.indexOf('\n') < 0 && text.indexOf('\r') < 0
            ? text
            : text.replace("\n", "").replace("\r", "");
    if (compact.length() % 4 != 0) {
      throw new GoJsonException("illegal base64 data");
    }
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(compact));
    } catch (IllegalArgumentException bad) {
      throw new GoJsonException("illegal base64 data");
    }
  }

  private static ByteString byteArray(JsonParser parser) throws GoJsonException {
    ByteString.Output bytes = ByteString.newOutput();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      bytes.write(
          parser.currentToken() == JsonToken.VALUE_NULL ? 0 : (int) integer(parser, 0, 255));
    }
    return bytes.toByteString();
  }

  /** A whole number in a range; fractions, exponents and quoted numbers are refused. */
  public static long integer(JsonParser parser, long min, long max) throws GoJsonException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(parser, "integer");
    }
    long value;
    try {
      value = Long.parseLong(parser.getString());
    } catch (NumberFormatException tooLarge) {
      throw outOfRange();
    }
    if (value < min || value > max) {
      throw outOfRange();
    }
    return value;
  }

  /** A whole number of 64 bits without sign. */
  static long unsigned(JsonParser parser) throws GoJsonException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(parser, "unsigned integer");
    }
    String digits = parser.getString();
    if (digits.charAt(0) == '-') {
      throw outOfRange();
    }
    try {
      return Long.parseUnsignedLong(digits);
    } catch (NumberFormatException tooLarge) {
      throw outOfRange();
    }
  }

  private static GoJsonException outOfRange() {
    return new GoJsonException("json: number out of range");
  }

  /** The refusal of a value of another type; its text names types, never content. */
  static GoJsonException wrongType(JsonParser parser, String wanted) {
    String found =
        switch (parser.currentToken()) {
          case START_OBJECT -> "object";
          case START_ARRAY -> "array";
          case VALUE_STRING -> "string";
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
          case VALUE_TRUE, VALUE_FALSE -> "bool";
          case null, default -> "value";
        };
    return new GoJsonException(
        "json: cannot unmarshal " + found + " into Go value of type " + wanted);
  }

  /** A text in which each lone surrogate is U+FFFD. */
  static String repaired(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        out = out == null ? new StringBuilder(text) : out;
        out.setCharAt(i, REPLACEMENT);
      }
    }
    return out == null ? text : out.toString();
  }

  /** Decodes UTF-8 as Go does: each byte that is not part of a valid sequence is one U+FFFD. */
  static String decodeUtf8(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int length = sequenceLength(bytes, at);
      if (length == 0) {
        out.append(REPLACEMENT);
        at++;
      } else {
        out.append(new String(bytes, at, length, StandardCharsets.UTF_8));
        at += length;
      }
    }
    return out.toString();
  }

  /** Length of the valid UTF-8 sequence at a position, 0 when there is none. */
  private static int sequenceLength(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || first > 0xf4 || at + length > bytes.length) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      int next = bytes[at + i] & 0xff;
      int low = i == 1 && first == 0xe0 ? 0xa0 : i == 1 && first == 0xf0 ? 0x90 : 0x80;
      int high = i == 1 && first == 0xed ? 0x9f : i == 1 && first == 0xf4 ? 0x8f : 0xbf;
      if (next < low || next > high) {
        return 0;
      }
    }
    return length;
  }
}
