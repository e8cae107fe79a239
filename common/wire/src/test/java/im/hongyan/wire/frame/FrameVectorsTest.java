package im.hongyan.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves every entry of the specification's gateway frames, in both directions: gob with type ids
 * 65 and 64, JSON to the byte, gzip; and that every prefix of a gob frame fails cleanly.
 */
class FrameVectorsTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final GobFrameCodec GOB_65 = new GobFrameCodec();
  private static final GobFrameCodec GOB_64 = new GobFrameCodec(64);
  private static final JsonFrameCodec JSON = new JsonFrameCodec();

  @Test
  void thereAreFortyEightVectors() throws IOException {
    assertThat(vectors()).hasSize(48);
  }

  @TestFactory
  Stream<DynamicTest> everyVector() throws IOException {
    return vectors().stream()
        .map(vector -> DynamicTest.dynamicTest(vector.get("name").asString(), () -> check(vector)));
  }

  private static void check(JsonNode vector) throws MalformedFrameException {
    byte[] gob = hex(vector, "gobHex");
    byte[] gzipGob = hex(vector, "gzipGobHex");
    if (vector.has("expectError")) {
      assertThat(gob.length + gzipGob.length).isPositive();
      if (gob.length > 0) {
        refused(() -> GOB_65.decodeRequest(gob));
      }
      if (gzipGob.length > 0) {
        refused(() -> Gzip.inflate(gzipGob, MAX_BYTES));
      }
      return;
    }
    boolean request = vector.get("kind").asString().equals("request");
    assertThat(gob).isNotEmpty();
    assertThat(decode(GOB_65, request, gob)).isEqualTo(expected(vector, request, true));
    assertPrefixesFail(request, gob, vector.get("name").asString());
    if (gzipGob.length > 0) {
      assertThat(Gzip.inflate(gzipGob, MAX_BYTES)).isEqualTo(gob);
    }
    if (vector.path("decodeOnly").asBoolean(false)) {
      return;
    }
    Object frame = expected(vector, request, false);
    assertThat(encode(GOB_65, frame)).isEqualTo(gob);
    assertThat(encode(GOB_64, frame)).isEqualTo(hex(vector, "gobHexTypeId64"));
    assertThat(decode(GOB_64, request, hex(vector, "gobHexTypeId64")))
        .isEqualTo(expected(vector, request, true));
    byte[] json = vector.get("json").asString().getBytes(StandardCharsets.UTF_8);
    assertThat(new String(encode(JSON, frame), StandardCharsets.UTF_8))
        .isEqualTo(vector.get("json").asString());
    assertThat(decode(JSON, request, json)).isEqualTo(frame);
    byte[] gzipJson = hex(vector, "gzipJsonHex");
    if (gzipJson.length > 0) {
      assertThat(Gzip.inflate(gzipJson, MAX_BYTES)).isEqualTo(json);
    }
  }

  /** Bytes after the value are ignored, so a prefix may only pass when it holds the whole value. */
  private static void assertPrefixesFail(boolean request, byte[] gob, String name)
      throws MalformedFrameException {
    Object whole = decode(GOB_65, request, gob);
    for (int length = 0; length < gob.length; length++) {
      byte[] prefix = Arrays.copyOf(gob, length);
      if (name.equals("req-trailing-bytes") && decodes(request, prefix)) {
        assertThat(decode(GOB_65, request, prefix)).isEqualTo(whole);
      } else {
        refused(() -> decode(GOB_65, request, prefix));
      }
    }
  }

  private static boolean decodes(boolean request, byte[] bytes) {
    try {
      decode(GOB_65, request, bytes);
      return true;
    } catch (MalformedFrameException refused) {
      return false;
    }
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(MalformedFrameException.class);
  }

  private static Object decode(FrameCodec codec, boolean request, byte[] bytes)
      throws MalformedFrameException {
    return request ? codec.decodeRequest(bytes) : codec.decodeResponse(bytes);
  }

  private static byte[] encode(FrameCodec codec, Object frame) {
    return frame instanceof RequestFrame request
        ? codec.encodeRequest(request)
        : codec.encodeResponse((ResponseFrame) frame);
  }

  /** The frame that a vector describes; gob does not distinguish empty data from none. */
  private static Object expected(JsonNode vector, boolean request, boolean gob) {
    JsonNode f = vector.get("fields");
    int id = f.path("reqIdentifier").asInt(0);
    ByteString data = ByteString.copyFrom(HexFormat.of().parseHex(text(f, "dataHex")));
    if (request) {
      return new RequestFrame(
          id,
          text(f, "token"),
          text(f, "sendID"),
          text(f, "operationID"),
          text(f, "msgIncr"),
          data);
    }
    boolean none = f.path("dataNull").asBoolean(false) || (gob && data.isEmpty());
    return new ResponseFrame(
        id,
        text(f, "msgIncr"),
        text(f, "operationID"),
        f.path("errCode").asLong(0),
        text(f, "errMsg"),
        none ? null : data);
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  /** Bytes of a member, none when it is not there. */
  private static byte[] hex(JsonNode vector, String name) {
    return HexFormat.of().parseHex(text(vector, name));
  }

  private static List<JsonNode> vectors() throws IOException {
    try (InputStream in =
        FrameVectorsTest.class.getResourceAsStream("/vectors/gateway-frames.json")) {
      return JsonMapper.shared().readTree(in).values().stream().toList();
    }
  }
}
