package im.hongyan.gatewayhttp.openapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.util.List;

/** Messages with something in every field, down to some depth. */
final class FullMessages {
  private static final int MAX_DEPTH = 6;

  private FullMessages() {}

  static DynamicMessage of(Descriptor type) {
    return of(type, 0);
  }

  private static DynamicMessage of(Descriptor type, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth > MAX_DEPTH) {
        continue;
      }
      Object value = value(field, depth);
      message.setField(field, field.isRepeated() ? List.of(value) : value);
    }
    return message.build();
  }

  private static Object value(FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> 1;
      case LONG -> 1L << 60;
      case FLOAT -> 1.5f;
      case DOUBLE -> 1.5;
      case BOOLEAN -> true;
      case STRING -> "a";
      case BYTE_STRING -> ByteString.copyFromUtf8("{}");
      case ENUM -> field.getEnumType().getValues().getLast();
      case MESSAGE -> of(field.getMessageType(), depth + 1);
    };
  }
}
