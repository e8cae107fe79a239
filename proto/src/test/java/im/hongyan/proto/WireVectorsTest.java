package im.hongyan.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves the wire side of every protobuf vector: bytes to message, message to bytes, values to
 * bytes.
 */
class WireVectorsTest {
  @Test
  void noVectorIsLost() throws IOException {
    assertThat(vectors("vectors")).hasSize(39);
    assertThat(vectors("decodeOnly")).hasSize(13);
  }

  @TestFactory
  Stream<DynamicTest> bytesComeBackAndValuesMakeThem() throws IOException {
    return vectors("vectors").stream()
        .map(vector ->
            DynamicTest.dynamicTest(
                vector.get("name").asString(),
                () -> {
                  Descriptor type = type(vector);
                  String hex = vector.get("hex").asString();
                  Message message = DynamicMessage.parseFrom(type, HexFormat.of().parseHex(hex));
                  assertThat(encode(message)).isEqualTo(hex);
                  assertThat(message.getSerializedSize()).isEqualTo(vector.get("size").asInt());
                  assertThat(encode(build(type, vector.get("fields")))).isEqualTo(hex);
                  assertThat(message.getUnknownFields().asMap()).isEmpty();
                }));
  }

  @TestFactory
  Stream<DynamicTest> oddButValidInputIsTaken() throws IOException {
    return vectors("decodeOnly").stream()
        .map(vector ->
            DynamicTest.dynamicTest(
                vector.get("name").asString(),
                () -> {
                  byte[] odd = HexFormat.of().parseHex(vector.get("hex").asString());
                  Message.Builder known = DynamicMessage.parseFrom(type(vector), odd).toBuilder();
                  known.setUnknownFields(UnknownFieldSet.getDefaultInstance());
                  Message whole = DynamicMessage.parseFrom(type(vector), odd);
                  assertThat(List.of(encode(whole), encode(known.build())))
                      .contains(vector.get("canonicalHex").asString());
                }));
  }

  private static Message build(Descriptor type, JsonNode values) {
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
    for (Map.Entry<String, JsonNode> entry : values.properties()) {
      FieldDescriptor field = type.findFieldByName(entry.getKey());
      assertThat(field).as(entry.getKey()).isNotNull();
      JsonNode value = entry.getValue();
      if (field.isMapField()) {
        for (Map.Entry<String, JsonNode> item : value.properties()) {
          Descriptor pair = field.getMessageType();
          FieldDescriptor valueField = Objects.requireNonNull(pair.findFieldByName("value"));
          builder.addRepeatedField(
              field,
              DynamicMessage.newBuilder(pair)
                  .setField(Objects.requireNonNull(pair.findFieldByName("key")), item.getKey())
                  .setField(valueField, value(valueField, item.getValue()))
                  .build());
        }
      } else if (field.isRepeated()) {
        value.values().forEach(item -> builder.addRepeatedField(field, value(field, item)));
      } else {
        builder.setField(field, value(field, value));
      }
    }
    return builder.build();
  }

  private static Object value(FieldDescriptor field, JsonNode node) {
    return switch (field.getJavaType()) {
      case INT -> (int) node.asLong();
      case LONG -> node.bigIntegerValue().longValue();
      case FLOAT -> (float) node.asDouble();
      case DOUBLE -> node.asDouble();
      case BOOLEAN -> node.asBoolean();
      case STRING -> node.asString();
      case BYTE_STRING -> ByteString.copyFromUtf8(node.get("utf8").asString());
      case ENUM -> field.getEnumType().findValueByNumber(node.asInt());
      case MESSAGE -> {
        Descriptor type = field.getMessageType();
        yield node.isObject()
            ? build(type, node)
            : DynamicMessage.newBuilder(type)
                .setField(type.findFieldByNumber(1), value(type.findFieldByNumber(1), node))
                .build();
      }
    };
  }

  /** Deterministic bytes, made by the generated class, which sorts map entries. */
  private static String encode(Message message) throws IOException {
    Message generated =
        Compiled.generated(message.getDescriptorForType())
            .getParserForType()
            .parseFrom(message.toByteString());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    generated.writeTo(out);
    out.flush();
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static Descriptor type(JsonNode vector) {
    return Objects.requireNonNull(Compiled.descriptors().get(vector.get("type").asString()));
  }

  private static List<JsonNode> vectors(String kind) throws IOException {
    try (InputStream in = WireVectorsTest.class.getResourceAsStream("/vectors/protobuf.json")) {
      return JsonMapper.shared().readTree(in).get(kind).values().stream().toList();
    }
  }
}
