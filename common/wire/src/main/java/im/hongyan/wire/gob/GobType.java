package im.hongyan.wire.gob;

import java.util.List;

/** A type that a stream defines, as far as values of it must be read or skipped. */
sealed interface GobType {
  /** A struct; fields in the stream's order. */
  record Struct(List<Field> fields) implements GobType {}

  /** A slice, or an array, whose values look alike. */
  record Sequence(int elementTypeId) implements GobType {}

  /** A map. */
  record Mapping(int keyTypeId, int elementTypeId) implements GobType {}

  /** A type that encodes itself: a length and that many bytes. */
  record Opaque() implements GobType {}

  /** A field of a struct. */
  record Field(String name, int typeId) {}
}
