package im.hongyan.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.wire.gob.MalformedFrameException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves the input rules of JSON envelopes (websocket.md 2.3); their bytes are in FrameVectorsTest.
 */
class JsonFrameCodecTest {
  private final JsonFrameCodec codec = new JsonFrameCodec();

  @Test
  void keysMatchInAnyLetterCaseAndTheLastOneWins() throws MalformedFrameException {
    RequestFrame frame =
        decode(
            "{\"REQIDENTIFIER\":1,\"reqIdentifier\":1003,\"\u017FendID\":\"a\",\"toKen\":\"k\",\"to\u212Aen\":\"t\"}");
    assertThat(frame).isEqualTo(new RequestFrame(1003, "t", "a", "", "", ByteString.EMPTY));
  }

  @Test
  void unknownKeysAndNullsAreIgnored() throws MalformedFrameException {
    assertThat(decode("{\"x\":{\"y\":[1,{}]},\"sendID\":null,\"data\":null}"))
        .isEqualTo(new RequestFrame(0, "", "", "", "", ByteString.EMPTY));
  }

  @Test
  void dataMayBeAnArrayOfBytes() throws MalformedFrameException {
    assertThat(decode("{\"data\":[1,255,null]}").data())
        .isEqualTo(ByteString.copyFrom(new byte[] {1, -1, 0}));
    assertThat(decode("{\"data\":\"\"}").data()).isEqualTo(ByteString.EMPTY);
  }

  @Test
  void badUtf8CountsAsReplacementCharacters() throws MalformedFrameException {
    byte[] json = "{\"sendID\":\"a??b\"}".getBytes(StandardCharsets.UTF_8);
    json[12] = (byte) 0xe4;
    json[13] = (byte) 0xbd;
    assertThat(codec.decodeRequest(json).sendID()).isEqualTo("a\uFFFD\uFFFDb");
    assertThat(decode("{\"sendID\":\"\\ud800\"}").sendID()).isEqualTo("\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "{",
        "{}x",
        "{} {}",
        "\uFEFF{}",
        "{\"reqIdentifier\":\"1001\"}",
        "{\"reqIdentifier\":1.0}",
        "{\"reqIdentifier\":3000000000}",
        "{\"reqIdentifier\":99999999999999999999999}",
        "{\"sendID\":5}",
        "{\"data\":\"_-8=\"}",
        "{\"data\":\"AQI\"}",
        "{\"data\":\"A===\"}",
        "{\"data\":[256]}",
        "{\"data\":[-1]}",
        "{\"data\":{}}",
        "{\"sendID\":\"a\nb\"}",
        "{'sendID':\"a\"}",
        "{\"sendID\":\"a\",}",
      })
  void theseAreRefused(String json) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(MalformedFrameException.class);
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "{\"x\":" + "[".repeat(200) + "]".repeat(200) + "}";
    assertThatThrownBy(() -> decode(deep)).isInstanceOf(MalformedFrameException.class);
  }

  private RequestFrame decode(String json) throws MalformedFrameException {
    return codec.decodeRequest(json.getBytes(StandardCharsets.UTF_8));
  }
}
