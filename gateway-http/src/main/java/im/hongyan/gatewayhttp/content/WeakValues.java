package im.hongyan.gatewayhttp.content;

import im.hongyan.wire.json.JsonValue;
import im.hongyan.wire.json.JsonValue.Array;
import im.hongyan.wire.json.JsonValue.Bool;
import im.hongyan.wire.json.JsonValue.Members;
import im.hongyan.wire.json.JsonValue.Nothing;
import im.hongyan.wire.json.JsonValue.Numeral;
import im.hongyan.wire.json.JsonValue.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Conversions between texts, numbers and booleans as the reference's decoder makes them for
 * contents (rest-message.md 5.2). What cannot be converted is empty; null is the zero value.
 * Stateless.
 */
final class WeakValues {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("", "0", "f", "F", "FALSE", "false", "False");

  /** Whole numbers as programs write them: with a sign, and a prefix that names the base. */
  private static final Pattern WHOLE =
      Pattern.compile("([+-]?)(0[xX]|0[bB]|0[oO]|0(?=[0-7]))?([0-9a-fA-F]{1,70})");

  private static final Pattern REAL =
      Pattern.compile("[+-]?(\\d{1,400}\\.?\\d{0,400}|\\.\\d{1,400})([eE][+-]?\\d{1,5})?");

  private WeakValues() {}

  /** A text. */
  static Optional<String> text(JsonValue value) {
    return switch (value) {
      case Text(String text) -> Optional.of(text);
      case Numeral number -> Optional.of(JsonValue.text(number));
      case Bool(boolean flag) -> Optional.of(flag ? "1" : "0");
      case Nothing() -> Optional.of("");
      case Members _, Array _ -> Optional.empty();
    };
  }

  /** A whole number; fractions are cut off. */
  static Optional<BigInteger> whole(JsonValue value) {
    return switch (value) {
      case Text(String text) -> parseWhole(text);
      case Numeral number ->
          Optional.of(
              number.whole()
                  ? new BigInteger(number.digits())
                  : BigDecimal.valueOf(number.real()).toBigInteger());
      case Bool(boolean flag) -> Optional.of(flag ? BigInteger.ONE : BigInteger.ZERO);
      case Nothing() -> Optional.of(BigInteger.ZERO);
      case Members _, Array _ -> Optional.empty();
    };
  }

  private static Optional<BigInteger> parseWhole(String text) {
    if (text.isEmpty()) {
      return Optional.of(BigInteger.ZERO);
    }
    Matcher parts = WHOLE.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String prefix = parts.group(2);
    int base =
        switch (prefix == null ? "" : prefix) {
          case "" -> 10;
          case "0x", "0X" -> 16;
          case "0b", "0B" -> 2;
          default -> 8;
        };
    try {
      BigInteger size = new BigInteger(parts.group(3), base);
      return Optional.of(parts.group(1).equals("-") ? size.negate() : size);
    } catch (NumberFormatException otherDigits) {
      return Optional.empty();
    }
  }

  /** A number. */
  static OptionalDouble real(JsonValue value) {
    return switch (value) {
      case Text(String text) -> parseReal(text);
      case Numeral number -> OptionalDouble.of(number.real());
      case Bool(boolean flag) -> OptionalDouble.of(flag ? 1 : 0);
      case Nothing() -> OptionalDouble.of(0);
      case Members _, Array _ -> OptionalDouble.empty();
    };
  }

  private static OptionalDouble parseReal(String text) {
    if (text.isEmpty()) {
      return OptionalDouble.of(0);
    }
    if (!REAL.matcher(text).matches()) {
      return OptionalDouble.empty();
    }
    double real = Double.parseDouble(text);
    return Double.isInfinite(real) ? OptionalDouble.empty() : OptionalDouble.of(real);
  }

  /** A yes or no. */
  static Optional<Boolean> flag(JsonValue value) {
    return switch (value) {
      case Text(String text) ->
          TRUE.contains(text)
              ? Optional.of(true)
              : FALSE.contains(text) ? Optional.of(false) : Optional.empty();
      case Numeral number -> Optional.of(number.real() != 0);
      case Bool(boolean flag) -> Optional.of(flag);
      case Nothing() -> Optional.of(false);
      case Members _, Array _ -> Optional.empty();
    };
  }

  /** A list: what is none is the only element of one, and an empty object is empty. */
  static List<JsonValue> list(JsonValue value) {
    return switch (value) {
      case Array(List<JsonValue> values) -> values;
      case Members members -> members.byKey().isEmpty() ? List.of() : List.of(members);
      case Nothing() -> List.of();
      case Text _, Numeral _, Bool _ -> List.of(value);
    };
  }

  /** A list of texts. */
  static Optional<List<String>> texts(JsonValue value) {
    List<String> texts = new ArrayList<>();
    for (JsonValue element : list(value)) {
      Optional<String> text = text(element);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return Optional.of(texts);
  }
}
