package im.hongyan.gatewayhttp.content;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.JsonValue;
import im.hongyan.wire.json.JsonValue.Members;
import im.hongyan.wire.json.JsonValue.Nothing;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A field of a content: what it is converted to, and whether it must be there, which means that it
 * is neither empty nor zero. Immutable.
 */
record ContentField(String name, Kind kind, boolean required) {
  /** What a field is converted to. */
  sealed interface Kind {
    /** A text. */
    record OfText() implements Kind {}

    /** A whole number of so many bits, both ends included. */
    record OfWhole(BigInteger least, BigInteger most) implements Kind {}

    /** A number. */
    record OfReal() implements Kind {}

    /** A yes or no. */
    record OfFlag() implements Kind {}

    /** A list of so many texts. */
    record OfTexts(int most) implements Kind {}

    /** An object. */
    record OfObject(Supplier<ContentShape> shape) implements Kind {}

    /** A list of objects. */
    record OfObjects(Supplier<ContentShape> shape) implements Kind {}
  }

  static ContentField text(String name) {
    return new ContentField(name, new Kind.OfText(), false);
  }

  static ContentField int32(String name) {
    return whole(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static ContentField int64(String name) {
    return whole(name, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  static ContentField whole(String name, long least, long most) {
    return new ContentField(
        name, new Kind.OfWhole(BigInteger.valueOf(least), BigInteger.valueOf(most)), false);
  }

  static ContentField real(String name) {
    return new ContentField(name, new Kind.OfReal(), false);
  }

  static ContentField flag(String name) {
    return new ContentField(name, new Kind.OfFlag(), false);
  }

  static ContentField texts(String name, int most) {
    return new ContentField(name, new Kind.OfTexts(most), false);
  }

  static ContentField object(String name, Supplier<ContentShape> shape) {
    return new ContentField(name, new Kind.OfObject(shape), false);
  }

  static ContentField objects(String name, Supplier<ContentShape> shape) {
    return new ContentField(name, new Kind.OfObjects(shape), false);
  }

  /** The same field, which must be there. */
  ContentField needed() {
    return new ContentField(name, kind, true);
  }

  /**
   * Checks the field's value.
   *
   * @param path of the object that holds it, with a dot behind; empty for the content itself
   * @param value null where there is none
   * @throws ImException 1001 with the field's path
   */
  void check(String path, @Nullable JsonValue value) {
    String at = path + name;
    if (value == null || value instanceof Nothing) {
      requireThat(!required, at, "is required");
      return;
    }
    boolean zero =
        switch (kind) {
          case Kind.OfText() -> converted(WeakValues.text(value).orElse(null), at).isEmpty();
          case Kind.OfWhole(BigInteger least, BigInteger most) ->
              isZero(converted(WeakValues.whole(value).orElse(null), at), least, most, at);
          case Kind.OfReal() -> {
            var real = WeakValues.real(value);
            requireThat(real.isPresent(), at, "has the wrong type");
            yield real.getAsDouble() == 0;
          }
          case Kind.OfFlag() -> !converted(WeakValues.flag(value).orElse(null), at);
          case Kind.OfTexts(int most) -> {
            List<String> texts = converted(WeakValues.texts(value).orElse(null), at);
            requireThat(texts.size() <= most, at, "has more than " + most + " elements");
            yield texts.isEmpty();
          }
          case Kind.OfObject(Supplier<ContentShape> shape) -> {
            checkObject(shape.get(), at, value);
            yield false;
          }
          case Kind.OfObjects(Supplier<ContentShape> shape) -> {
            List<JsonValue> objects = WeakValues.list(value);
            objects.forEach(object -> checkObject(shape.get(), at, object));
            yield objects.isEmpty();
          }
        };
    requireThat(!(required && zero), at, "is required");
  }

  /** Zero is looked for first, so that a number that must be there is not one out of its range. */
  private boolean isZero(BigInteger number, BigInteger least, BigInteger most, String at) {
    boolean zero = number.signum() == 0;
    boolean fits = number.compareTo(least) >= 0 && number.compareTo(most) <= 0;
    requireThat(fits || (zero && required), at, "is out of range");
    return zero;
  }

  private static void checkObject(ContentShape shape, String at, JsonValue value) {
    switch (value) {
      case Members members -> shape.check(at + ".", members);
      case Nothing() -> {}
      case JsonValue other -> requireThat(false, at, "has the wrong type");
    }
  }

  private static <T> T converted(@Nullable T value, String at) {
    if (value == null) {
      throw refusal(at, "has the wrong type");
    }
    return value;
  }

  private static void requireThat(boolean condition, String at, String otherwise) {
    if (!condition) {
      throw refusal(at, otherwise);
    }
  }

  private static ImException refusal(String at, String what) {
    return ImError.ARGS.with("content: " + at + " " + what);
  }
}
