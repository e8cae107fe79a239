package im.hongyan.wire.gob;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types that one frame has defined so far: reads definitions and skips values by type
 * (websocket.md 3.3, 3.4 and 3.7). Single-threaded, made anew for each frame.
 */
final class GobTypes {
  static final int BOOL = 1;
  static final int INT = 2;
  static final int UINT = 3;
  static final int FLOAT = 4;
  static final int BYTES = 5;
  static final int STRING = 6;
  static final int COMPLEX = 7;

  /** User types start here; smaller ids are gob's own. */
  static final int FIRST_USER_ID = 64;

  private static final int MAX_DEFINITIONS = 16;
  private static final int MAX_FIELDS = 64;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_TYPE_ID = Integer.MAX_VALUE / 2;

  private final Map<Integer, GobType> byId = new HashMap<>();

  @Nullable GobType get(int typeId) {
    return byId.get(typeId);
  }

  /** Reads the wireType behind a negative id and stores it. */
  void define(long typeId, GobReader in) throws MalformedFrameException {
    int id = in.small(typeId, MAX_TYPE_ID);
    if (id < FIRST_USER_ID || byId.size() >= MAX_DEFINITIONS) {
      throw new MalformedFrameException("gob: bad type definition");
    }
    @Nullable GobType type = null;
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 7), 6);
      GobType read =
          switch (field) {
            case 0, 1 -> sequence(in);
            case 2 -> struct(in);
            case 3 -> mapping(in);
            default -> opaque(in);
          };
      if (type != null) {
        throw new MalformedFrameException("gob: type with two kinds");
      }
      type = read;
    }
    if (type == null || byId.put(id, type) != null) {
      throw new MalformedFrameException("gob: empty or duplicate type");
    }
  }

  /** ArrayT and SliceT: common, element id, and for arrays a length that values repeat. */
  private static GobType sequence(GobReader in) throws MalformedFrameException {
    int elementTypeId = 0;
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 3), 2);
      switch (field) {
        case 0 -> skipCommon(in);
        case 1 -> elementTypeId = in.small(in.integer(), MAX_TYPE_ID);
        default -> in.integer();
      }
    }
    return new GobType.Sequence(elementTypeId);
  }

  private static GobType mapping(GobReader in) throws MalformedFrameException {
    int keyTypeId = 0;
    int elementTypeId = 0;
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 3), 2);
      switch (field) {
        case 0 -> skipCommon(in);
        case 1 -> keyTypeId = in.small(in.integer(), MAX_TYPE_ID);
        default -> elementTypeId = in.small(in.integer(), MAX_TYPE_ID);
      }
    }
    return new GobType.Mapping(keyTypeId, elementTypeId);
  }

  private static GobType opaque(GobReader in) throws MalformedFrameException {
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 1), 0);
      skipCommon(in);
    }
    return new GobType.Opaque();
  }

  private static GobType struct(GobReader in) throws MalformedFrameException {
    List<GobType.Field> fields = new ArrayList<>();
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 2), 1);
      if (field == 0) {
        skipCommon(in);
      } else {
        int count = in.small(in.uint(), MAX_FIELDS);
        for (int i = 0; i < count; i++) {
          fields.add(field(in));
        }
      }
    }
    return new GobType.Struct(List.copyOf(fields));
  }

  private static GobType.Field field(GobReader in) throws MalformedFrameException {
    String name = "";
    int typeId = 0;
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 2), 1);
      if (field == 0) {
        name = in.string();
      } else {
        typeId = in.small(in.integer(), MAX_TYPE_ID);
      }
    }
    return new GobType.Field(name, typeId);
  }

  /** Name and inner id, which decoders do not look at. */
  private static void skipCommon(GobReader in) throws MalformedFrameException {
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = in.small(field + in.small(delta, 2), 1);
      if (field == 0) {
        in.skipBytes();
      } else {
        in.integer();
      }
    }
  }

  /** Skips a value of a type. Each element takes at least a byte, so the work is bounded. */
  void skip(int typeId, GobReader in, int depth) throws MalformedFrameException {
    switch (typeId) {
      case BOOL, INT, UINT, FLOAT -> in.uint();
      case BYTES, STRING -> in.skipBytes();
      case COMPLEX -> {
        in.uint();
        in.uint();
      }
      default -> skipDefined(typeId, in, depth);
    }
  }

  private void skipDefined(int typeId, GobReader in, int depth) throws MalformedFrameException {
    if (depth >= MAX_DEPTH) {
      throw new MalformedFrameException("gob: nested too deeply");
    }
    switch (byId.get(typeId)) {
      case GobType.Struct struct -> {
        int field = -1;
        for (long delta = in.uint(); delta != 0; delta = in.uint()) {
          field = nextField(in, field, delta, struct.fields().size());
          skip(struct.fields().get(field).typeId(), in, depth + 1);
        }
      }
      case GobType.Sequence sequence -> {
        for (int left = in.length(); left > 0; left--) {
          skip(sequence.elementTypeId(), in, depth + 1);
        }
      }
      case GobType.Mapping mapping -> {
        for (int left = in.length(); left > 0; left--) {
          skip(mapping.keyTypeId(), in, depth + 1);
          skip(mapping.elementTypeId(), in, depth + 1);
        }
      }
      case GobType.Opaque _ -> in.skipBytes();
      case null -> throw new MalformedFrameException("gob: unknown type");
    }
  }

  /** Number of the next field of a struct with this many fields. */
  static int nextField(GobReader in, int field, long delta, int count)
      throws MalformedFrameException {
    return in.small(field + in.small(delta, count), count - 1);
  }
}
