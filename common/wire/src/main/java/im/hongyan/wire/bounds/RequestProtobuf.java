package im.hongyan.wire.bounds;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of clients from protobuf: a first pass over the bytes counts the elements of
 * lists and maps without making any, so that a few bytes never become many objects. Stateless and
 * safe for use by several threads.
 */
public final class RequestProtobuf {
  /**
   * In so few bytes no list is too long: an element takes one at least, and no bound is smaller.
   * Most messages are as short, and cost no first pass.
   */
  static final int NEVER_TOO_MANY_BYTES = 500;

  private static final Map<Descriptor, Fields> FIELDS = new ConcurrentHashMap<>();

  private RequestProtobuf() {}

  /** A field that is counted or leads to some that are. */
  private record Counted(FieldDescriptor field, @Nullable ListBound bound, boolean leadsOn) {}

  /** The counted fields of a message type by their numbers; null where nothing is counted. */
  private record Fields(@Nullable Counted[] byNumber) {
    static Fields of(Descriptor type) {
      Fields known = FIELDS.get(type);
      if (known == null) {
        known = make(type);
        FIELDS.put(type, known);
      }
      return known;
    }

    private static Fields make(Descriptor type) {
      int most = type.getFields().stream().mapToInt(FieldDescriptor::getNumber).max().orElse(0);
      @Nullable Counted[] byNumber = new Counted[most + 1];
      for (FieldDescriptor field : type.getFields()) {
        boolean leadsOn = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
        if (field.isRepeated() || leadsOn) {
          byNumber[field.getNumber()] =
              new Counted(field, field.isRepeated() ? ListBound.of(field) : null, leadsOn);
        }
      }
      return new Fields(byNumber);
    }

    @Nullable Counted find(int number) {
      return number < byNumber.length ? byNumber[number] : null;
    }
  }

  /**
   * Reads a request.
   *
   * @param prototype any message of the wanted type
   * @throws ImException 1001 when the bytes are no such message, a text is not UTF-8 or there are
   *     too many elements
   */
  @SuppressWarnings("unchecked") // a parser reads messages of its own type
  public static <M extends Message> M read(ByteString bytes, M prototype) {
    try {
      if (bytes.size() > NEVER_TOO_MANY_BYTES) {
        CodedInputStream input = bytes.newCodedInput();
        count(input, prototype.getDescriptorForType(), ElementCount.ofRequest());
      }
      return (M) prototype.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException malformed) {
      throw ImError.ARGS.with("not a " + prototype.getDescriptorForType().getName());
    } catch (IOException impossible) {
      throw new IllegalStateException("bytes in memory", impossible);
    }
  }

  private static void count(CodedInputStream input, Descriptor type, ElementCount elements)
      throws IOException {
    Fields fields = Fields.of(type);
    int[] counts = new int[fields.byNumber().length];
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      Counted counted = fields.find(number);
      if (counted == null) {
        skip(input, tag);
        continue;
      }
      boolean isBytes = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      ListBound bound = counted.bound();
      if (bound != null) {
        int more = isBytes && counted.field().isPackable() ? packed(input, counted.field()) : 1;
        elements.add(bound, counts[number], more);
        counts[number] += more;
        if (isBytes && counted.field().isPackable()) {
          continue;
        }
      }
      if (isBytes && counted.leadsOn()) {
        int outer = input.pushLimit(input.readRawVarint32());
        count(input, counted.field().getMessageType(), elements);
        input.popLimit(outer);
      } else {
        skip(input, tag);
      }
    }
  }

  private static void skip(CodedInputStream input, int tag) throws IOException {
    if (!input.skipField(tag)) {
      throw new InvalidProtocolBufferException("an end without a begin");
    }
  }

  /** The number of elements in a packed list, which is passed over. */
  private static int packed(CodedInputStream input, FieldDescriptor field) throws IOException {
    int length = input.readRawVarint32();
    if (length < 0) {
      throw new InvalidProtocolBufferException("a negative length");
    }
    int fixed = fixedBytes(field);
    if (fixed > 0) {
      input.skipRawBytes(length);
      return length / fixed;
    }
    int found = 0;
    for (int i = 0; i < length; i++) {
      found += input.readRawByte() >= 0 ? 1 : 0;
    }
    return found;
  }

  private static int fixedBytes(FieldDescriptor field) {
    return switch (field.getType()) {
      case FIXED32, SFIXED32, FLOAT -> Integer.BYTES;
      case FIXED64, SFIXED64, DOUBLE -> Long.BYTES;
      case BOOL, INT32, UINT32, SINT32, INT64, UINT64, SINT64, ENUM -> 0;
      case STRING, BYTES, MESSAGE, GROUP -> throw new IllegalArgumentException("never packed");
    };
  }
}
