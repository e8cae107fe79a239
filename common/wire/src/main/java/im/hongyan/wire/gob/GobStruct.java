package im.hongyan.wire.gob;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flat struct of ours in gob: encodes and decodes self-contained frames of it (websocket.md 3.2
 * to 3.7). Immutable and safe for use by several threads.
 *
 * <p>Decoding matches fields by name, whatever their order, number and type id; unknown fields are
 * skipped. Definitions that official peers send are recognised by their bytes and not parsed again.
 */
public final class GobStruct {
  /** Kinds of fields that our structs have. */
  public enum Kind {
    INT(GobTypes.INT),
    STRING(GobTypes.STRING),
    BYTES(GobTypes.BYTES);

    private final int typeId;

    Kind(int typeId) {
      this.typeId = typeId;
    }
  }

  /** A field by its name on the wire. */
  public record Field(String name, Kind kind) {}

  /** Values of a decoded struct, by index of our fields; absent ones are zero, empty or null. */
  public static final class Values {
    private final long[] numbers;
    private final String[] texts;
    private final @Nullable ByteString[] bytes;

    private Values(int count) {
      numbers = new long[count];
      texts = new String[count];
      Arrays.fill(texts, "");
      bytes = new ByteString[count];
    }

    /** Value of an INT field. */
    public long number(int index) {
      return numbers[index];
    }

    /** Value of a STRING field. */
    public String text(int index) {
      return texts[index];
    }

    /** Value of a BYTES field, null when absent. */
    public @Nullable ByteString bytes(int index) {
      return bytes[index];
    }
  }

  /** How a sender's struct maps to ours: our field's index or -1, and the sender's type id. */
  private record Mapping(int[] targets, int[] typeIds) {}

  private record Known(byte[] definition, int typeId, Mapping mapping) {}

  private final List<Field> fields;
  private final int typeId;
  private final byte[] definition;
  private final List<Known> known;

  private GobStruct(List<Field> fields, int typeId, byte[] definition, List<Known> known) {
    this.fields = fields;
    this.typeId = typeId;
    this.definition = definition;
    this.known = known;
  }

  /**
   * Declares a struct.
   *
   * @param name name that our definitions carry; decoders do not look at it
   * @param typeId id that our frames use, at least 64
   */
  public static GobStruct of(String name, int typeId, List<Field> fields) {
    byte[] definition = definition(name, typeId, fields);
    GobStruct bare = new GobStruct(List.copyOf(fields), typeId, definition, List.of());
    return bare.knowing(name, typeId, fields).knowing(name, typeId == 64 ? 65 : 64, fields);
  }

  /** The same struct that also recognises a peer's definition at once. */
  public GobStruct knowing(String name, int peerTypeId, List<Field> peerFields) {
    int[] targets = new int[peerFields.size()];
    int[] typeIds = new int[peerFields.size()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = fields.indexOf(peerFields.get(i));
      typeIds[i] = peerFields.get(i).kind().typeId;
    }
    List<Known> more = new ArrayList<>(known);
    more.add(
        new Known(
            definition(name, peerTypeId, peerFields), peerTypeId, new Mapping(targets, typeIds)));
    return new GobStruct(fields, typeId, definition, List.copyOf(more));
  }

  private static byte[] definition(String name, int typeId, List<Field> fields) {
    GobWriter body = new GobWriter(128);
    body.integer(-(long) typeId);
    body.uint(3); // wireType field 2, a struct
    body.uint(1); // its common part
    body.uint(1);
    body.string(name);
    body.uint(1);
    body.integer(typeId);
    body.uint(0);
    body.uint(1); // its fields
    body.uint(fields.size());
    for (Field field : fields) {
      body.uint(1);
      body.string(field.name());
      body.uint(1);
      body.integer(field.kind().typeId);
      body.uint(0);
    }
    body.uint(0);
    body.uint(0);
    GobWriter message = new GobWriter(body.size() + 9);
    message.message(body);
    return message.toByteArray();
  }

  /** Starts the value message of a frame; write fields in ascending order and end it. */
  public Encoder encoder(int expectedBytes) {
    return new Encoder(this, expectedBytes);
  }

  /** Writes the fields of one value, leaving out zero values. Single-threaded. */
  public static final class Encoder {
    private final GobStruct struct;
    private final GobWriter value;
    private int last = -1;

    private Encoder(GobStruct struct, int expectedBytes) {
      this.struct = struct;
      value = new GobWriter(expectedBytes);
      value.integer(struct.typeId);
    }

    private void delta(int index) {
      value.uint(index - last);
      last = index;
    }

    /** Writes a number. */
    public Encoder number(int index, long number) {
      if (number != 0) {
        delta(index);
        value.integer(number);
      }
      return this;
    }

    /** Writes a text. */
    public Encoder text(int index, String text) {
      if (!text.isEmpty()) {
        delta(index);
        value.string(text);
      }
      return this;
    }

    /** Writes bytes. */
    public Encoder bytes(int index, @Nullable ByteString bytes) {
      if (bytes != null && !bytes.isEmpty()) {
        delta(index);
        value.bytes(bytes);
      }
      return this;
    }

    /** Ends the value and returns the whole frame, definition first. */
    public byte[] frame() {
      value.uint(0);
      GobWriter frame = new GobWriter(struct.definition.length + value.size() + 9);
      frame.raw(struct.definition);
      frame.message(value);
      return frame.toByteArray();
    }
  }

  /**
   * Decodes a frame.
   *
   * @throws MalformedFrameException for anything but definitions followed by a value of a struct
   *     that shares a field with ours
   */
  public Values decode(byte[] frame) throws MalformedFrameException {
    for (Known peer : known) {
      int length = peer.definition().length;
      if (frame.length > length && Arrays.equals(frame, 0, length, peer.definition(), 0, length)) {
        GobReader in = new GobReader(frame, length);
        in.openMessage();
        if (in.integer() == peer.typeId()) {
          return values(in, new GobTypes(), peer.mapping());
        }
        break;
      }
    }
    return decodeUnknown(frame);
  }

  private Values decodeUnknown(byte[] frame) throws MalformedFrameException {
    GobTypes types = new GobTypes();
    GobReader in = new GobReader(frame, 0);
    while (true) {
      in.openMessage();
      long id = in.integer();
      if (id >= 0) {
        if (!(types.get(in.small(id, Integer.MAX_VALUE)) instanceof GobType.Struct struct)) {
          throw new MalformedFrameException("gob: value of no known struct");
        }
        return values(in, types, mapping(struct));
      }
      types.define(-id, in);
      if (!in.atEnd()) {
        throw new MalformedFrameException("gob: bytes after a definition");
      }
    }
  }

  private Mapping mapping(GobType.Struct struct) throws MalformedFrameException {
    int count = struct.fields().size();
    int[] targets = new int[count];
    int[] typeIds = new int[count];
    boolean common = count == 0;
    for (int i = 0; i < count; i++) {
      GobType.Field field = struct.fields().get(i);
      targets[i] = indexOf(field.name());
      typeIds[i] = field.typeId();
      if (targets[i] >= 0) {
        common = true;
        if (fields.get(targets[i]).kind().typeId != field.typeId()) {
          throw new MalformedFrameException("gob: field of another type");
        }
      }
    }
    if (!common) {
      throw new MalformedFrameException("gob: no fields in common");
    }
    return new Mapping(targets, typeIds);
  }

  private int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private Values values(GobReader in, GobTypes types, Mapping mapping)
      throws MalformedFrameException {
    Values values = new Values(fields.size());
    int field = -1;
    for (long delta = in.uint(); delta != 0; delta = in.uint()) {
      field = GobTypes.nextField(in, field, delta, mapping.targets().length);
      int target = mapping.targets()[field];
      if (target < 0) {
        types.skip(mapping.typeIds()[field], in, 0);
        continue;
      }
      switch (fields.get(target).kind()) {
        case INT -> values.numbers[target] = in.integer();
        case STRING -> values.texts[target] = in.string();
        case BYTES -> values.bytes[target] = in.bytes();
      }
    }
    return values;
  }
}
