package im.hongyan.wire.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import im.hongyan.wire.bounds.ListBound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How one message type looks in JSON; made once per type and then shared. Immutable and safe for
 * use by several threads.
 */
final class MessagePlan {
  /** What a member of the JSON object means. */
  enum Form {
    STRING,
    BYTES,
    BOOL,
    INT32,
    UINT32,
    INT64,
    UINT64,
    DOUBLE,
    FLOAT,
    MESSAGE,
    WRAPPER,
  }

  /** How often a value occurs. */
  enum Shape {
    /** Always written, zero included. */
    PLAIN,
    /** {@code null} when absent. */
    NULLABLE,
    /** {@code null} when empty. */
    LIST,
    /** Left out when empty. */
    MAP
  }

  /**
   * A member of the JSON object; {@code form} is that of a map's values, {@code bound} of lists and
   * maps.
   */
  record Member(FieldDescriptor field, byte[] key, Shape shape, Form form, ListBound bound) {}

  /** A oneof: one member named after it, holding one member named after the case (rtc.md). */
  record Oneof(OneofDescriptor descriptor, byte[] key) {}

  private static final String WRAPPER_PACKAGE = "openim.protobuf.";
  private static final Map<Descriptor, MessagePlan> PLANS = new ConcurrentHashMap<>();

  private final List<Member> members;
  private final List<Oneof> oneofs;
  private final Map<String, Member> byName = new HashMap<>();
  private final Map<String, Member> byFoldedName = new HashMap<>();

  private MessagePlan(Descriptor descriptor) {
    List<Member> found = new ArrayList<>();
    for (FieldDescriptor field : descriptor.getFields()) {
      if (field.getRealContainingOneof() == null) {
        Member member = member(field);
        found.add(member);
        byName.put(field.getName(), member);
        byFoldedName.put(GoJson.fold(field.getName()), member);
      }
    }
    members = List.copyOf(found);
    oneofs =
        descriptor.getRealOneofs().stream()
            .map(oneof -> new Oneof(oneof, key(capitalised(oneof.getName()))))
            .toList();
  }

  /** The plan of a type. */
  static MessagePlan of(Descriptor descriptor) {
    MessagePlan plan = PLANS.get(descriptor);
    return plan != null ? plan : PLANS.computeIfAbsent(descriptor, MessagePlan::new);
  }

  /** Members in the order of declaration. */
  List<Member> members() {
    return members;
  }

  List<Oneof> oneofs() {
    return oneofs;
  }

  /** The member that a key of the input names, in any letter case; null for unknown keys. */
  @Nullable Member find(String name) {
    Member member = byName.get(name);
    return member != null ? member : byFoldedName.get(GoJson.fold(name));
  }

  /** Whether a key names a oneof, which Go cannot read. */
  boolean namesOneof(String name) {
    for (Oneof oneof : oneofs) {
      if (GoJson.fold(oneof.descriptor().getName()).equals(GoJson.fold(name))) {
        return true;
      }
    }
    return false;
  }

  /** Form of a single value of a field. */
  static Form form(FieldDescriptor field) {
    return switch (field.getType()) {
      case STRING -> Form.STRING;
      case BYTES -> Form.BYTES;
      case BOOL -> Form.BOOL;
      case INT32, SINT32, SFIXED32, ENUM -> Form.INT32;
      case UINT32, FIXED32 -> Form.UINT32;
      case INT64, SINT64, SFIXED64 -> Form.INT64;
      case UINT64, FIXED64 -> Form.UINT64;
      case DOUBLE -> Form.DOUBLE;
      case FLOAT -> Form.FLOAT;
      case MESSAGE, GROUP -> isWrapper(field.getMessageType()) ? Form.WRAPPER : Form.MESSAGE;
    };
  }

  /** The field of a map's entries that holds the key. */
  static FieldDescriptor mapKey(FieldDescriptor map) {
    return map.getMessageType().getFields().get(0);
  }

  /** The field of a map's entries that holds the value. */
  static FieldDescriptor mapValue(FieldDescriptor map) {
    return map.getMessageType().getFields().get(1);
  }

  private static boolean isWrapper(Descriptor type) {
    return type.getFullName().startsWith(WRAPPER_PACKAGE) && type.getName().endsWith("Value");
  }

  private static Member member(FieldDescriptor field) {
    Shape shape =
        field.isMapField()
            ? Shape.MAP
            : field.isRepeated() ? Shape.LIST : field.hasPresence() ? Shape.NULLABLE : Shape.PLAIN;
    Form form = form(shape == Shape.MAP ? mapValue(field) : field);
    return new Member(field, key(field.getName()), shape, form, ListBound.of(field));
  }

  static byte[] key(String name) {
    return JsonBuffer.ascii("\"" + name + "\":");
  }

  static String capitalised(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
