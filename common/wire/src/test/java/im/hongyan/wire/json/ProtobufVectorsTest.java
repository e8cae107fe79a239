package im.hongyan.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves the JSON side of every protobuf vector: exact text written, text read back, and each input
 * accepted or refused as Go does.
 */
class ProtobufVectorsTest {
  @Test
  void noVectorIsLost() throws IOException {
    assertThat(vectors("vectors")).hasSize(39);
    assertThat(vectors("decodeOnly")).hasSize(13);
    assertThat(vectors("jsonInput")).hasSize(37);
  }

  @TestFactory
  Stream<DynamicTest> everyMessageIsWrittenToTheByteAndReadBack() throws IOException {
    return Stream.concat(vectors("vectors").stream(), vectors("decodeOnly").stream())
        .map(vector ->
            DynamicTest.dynamicTest(
                vector.get("name").asString(),
                () -> {
                  Message message = fromHex(vector);
                  String json = vector.get("goJson").asString();
                  assertThat(GoJsonWriter.toText(message)).isEqualTo(json);
                  boolean oneof = !message.getDescriptorForType().getRealOneofs().isEmpty();
                  if (oneof && !json.equals("{\"Payload\":null}")) {
                    assertThatThrownBy(() -> read(json, message))
                        .isInstanceOf(GoJsonException.class);
                  } else {
                    assertThat(read(json, message)).isEqualTo(withoutUnknownFields(message));
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> everyInputIsAcceptedOrRefusedAsGoDoes() throws IOException {
    return vectors("jsonInput").stream()
        .map(vector ->
            DynamicTest.dynamicTest(
                vector.get("name").asString(),
                () -> {
                  Message prototype = Types.prototype(vector.get("type").asString());
                  String json = vector.get("json").asString();
                  if (!vector.get("ok").asBoolean()) {
                    assertThatThrownBy(() -> read(json, prototype))
                        .isInstanceOf(GoJsonException.class);
                    return;
                  }
                  Message message = read(json, prototype);
                  assertThat(message).isEqualTo(fromHex(vector));
                  assertThat(GoJsonWriter.toText(message))
                      .isEqualTo(afterHop(vector.get("goJson").asString()));
                }));
  }

  /** The vectors were written before a protobuf hop; behind it an empty list is null. */
  private static String afterHop(String goJson) {
    return goJson.replace(":[]", ":null");
  }

  private static Message read(String json, Message prototype) throws GoJsonException {
    return GoJsonReader.read(
        json.getBytes(StandardCharsets.UTF_8), prototype.getDefaultInstanceForType());
  }

  /** JSON shows known fields only. */
  private static Message withoutUnknownFields(Message message) {
    return message.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance()).build();
  }

  private static Message fromHex(JsonNode vector) throws InvalidProtocolBufferException {
    return Types.prototype(vector.get("type").asString())
        .getParserForType()
        .parseFrom(HexFormat.of().parseHex(vector.path("hex").asString("")));
  }

  private static List<JsonNode> vectors(String kind) throws IOException {
    try (InputStream in = ProtobufVectorsTest.class.getResourceAsStream("/vectors/protobuf.json")) {
      return JsonMapper.shared().readTree(in).get(kind).values().stream().toList();
    }
  }
}
