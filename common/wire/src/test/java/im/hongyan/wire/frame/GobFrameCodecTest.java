package im.hongyan.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.testkit.Seeded;
import im.hongyan.wire.gob.GobWriter;
import im.hongyan.wire.gob.MalformedFrameException;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Proves what a gob decoder must take from strangers (unknown fields of every kind, any id and
 * order) and what it must refuse before it costs memory (websocket.md 3.7).
 */
class GobFrameCodecTest {
  private static final int INT = 2;
  private static final int STRING = 6;
  private static final int BYTES = 5;
  private final GobFrameCodec codec = new GobFrameCodec();

  @Test
  void randomFramesComeBack(@Seeded long seed) throws MalformedFrameException {
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      RequestFrame request =
          new RequestFrame(
              random.nextInt(),
              text(random),
              text(random),
              text(random),
              text(random),
              data(random));
      assertThat(codec.decodeRequest(codec.encodeRequest(request)))
          .as("seed %d", seed)
          .isEqualTo(request);
      ByteString data = data(random);
      ResponseFrame response =
          new ResponseFrame(
              random.nextInt(),
              text(random),
              text(random),
              random.nextLong(),
              text(random),
              data.isEmpty() ? null : data);
      assertThat(codec.decodeResponse(codec.encodeResponse(response)))
          .as("seed %d", seed)
          .isEqualTo(response);
    }
  }

  @Test
  void randomDamageIsRefusedOrReadButNeverEscapes(@Seeded long seed) {
    Random random = new Random(seed);
    byte[] good = codec.encodeRequest(new RequestFrame(1003, "t", "u", "op", "u_1", data(random)));
    for (int i = 0; i < 50_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        codec.decodeRequest(bad);
      } catch (MalformedFrameException expected) {
        assertThat(expected.getStackTrace()).isEmpty();
      }
    }
  }

  @Test
  void unknownFieldsOfEveryKindAreSkipped() throws MalformedFrameException {
    GobWriter frame = new GobWriter(256);
    define(frame, 70, w -> struct(w, "Point", "X", 4, "Y", 7));
    define(frame, 71, w -> sequence(w, 1, 70));
    define(frame, 72, w -> sequence(w, 0, STRING));
    define(frame, 73, w -> mapping(w, STRING, 71));
    define(frame, 74, w -> opaque(w));
    define(frame, 75, w -> struct(w, "Req", "A", 70, "B", 72, "C", 73, "D", 74, "SendID", STRING));
    value(
        frame,
        75,
        w -> {
          w.uint(1); // A, a struct with a float and a complex number
          w.uint(1);
          w.uint(0x40);
          w.uint(1);
          w.uint(0x3f);
          w.uint(0x40);
          w.uint(0);
          w.uint(1); // B, an array of two texts
          w.uint(2);
          w.string("x");
          w.string("");
          w.uint(1); // C, a map of a text to a slice of one point
          w.uint(1);
          w.string("k");
          w.uint(1);
          w.uint(0);
          w.uint(1); // D, opaque bytes
          w.string("opaque");
          w.uint(1); // SendID
          w.string("alice");
          w.uint(0);
        });
    assertThat(codec.decodeRequest(frame.toByteArray()))
        .isEqualTo(new RequestFrame(0, "", "alice", "", "", ByteString.EMPTY));
  }

  @Test
  void aFieldSentWithItsZeroValueIsTaken() throws MalformedFrameException {
    GobWriter frame = frameOf(w -> struct(w, "Req", "ReqIdentifier", INT, "Data", BYTES));
    value(
        frame,
        70,
        w -> {
          w.uint(1);
          w.uint(0);
          w.uint(1);
          w.uint(0);
          w.uint(0);
        });
    assertThat(codec.decodeRequest(frame.toByteArray()).data()).isEqualTo(ByteString.EMPTY);
  }

  @Test
  void numbersNeedNotBeMinimal() throws MalformedFrameException {
    GobWriter frame = frameOf(w -> struct(w, "Req", "ReqIdentifier", INT));
    value(
        frame,
        70,
        w -> {
          w.uint(1);
          w.raw(new byte[] {(byte) 0xfc, 0, 0, 0, 14});
          w.uint(0);
        });
    assertThat(codec.decodeRequest(frame.toByteArray()).reqIdentifier()).isEqualTo(7);
  }

  @Test
  void definitionsBeyondTheLimitsAreRefused() {
    GobWriter many = new GobWriter(256);
    for (int id = 64; id < 64 + 17; id++) {
      define(many, id, w -> struct(w, "Req", "SendID", STRING));
    }
    value(many, 64, w -> w.uint(0));
    refused(many, "bad type definition");

    Object[] fields = new Object[2 * 65];
    for (int i = 0; i < 65; i++) {
      fields[2 * i] = "F" + i;
      fields[2 * i + 1] = INT;
    }
    refused(frameOf(w -> struct(w, "Req", fields)), "out of range");
    refused(frameOf(w -> w.uint(0)), "empty or duplicate");
    GobWriter builtin = new GobWriter(64);
    define(builtin, 63, w -> struct(w, "Req", "SendID", STRING));
    refused(builtin, "bad type definition");
  }

  @Test
  void deepNestingIsRefused() {
    GobWriter frame = new GobWriter(256);
    define(frame, 70, w -> sequence(w, 1, 70)); // a slice of itself
    define(frame, 71, w -> struct(w, "Req", "Deep", 70, "SendID", STRING));
    value(
        frame,
        71,
        w -> {
          w.uint(1);
          for (int i = 0; i < 100; i++) {
            w.uint(1);
          }
        });
    refused(frame, "nested too deeply");
  }

  @Test
  void hugeCountsAreRefusedBeforeTheyCost() {
    GobWriter frame = new GobWriter(64);
    define(frame, 70, w -> sequence(w, 1, INT));
    define(frame, 71, w -> struct(w, "Req", "Many", 70, "SendID", STRING));
    value(
        frame,
        71,
        w -> {
          w.uint(1);
          w.uint(Long.MAX_VALUE);
        });
    refused(frame, "out of range");
    GobWriter text = frameOf(w -> struct(w, "Req", "SendID", STRING));
    value(
        text,
        70,
        w -> {
          w.uint(1);
          w.uint(1L << 40);
        });
    refused(text, "out of range");
  }

  @Test
  void interfacesAndUnknownTypesAreRefused() {
    GobWriter frame = frameOf(w -> struct(w, "Req", "Any", 8, "SendID", STRING));
    value(
        frame,
        70,
        w -> {
          w.uint(1);
          w.uint(0);
          w.uint(0);
        });
    refused(frame, "unknown type");
    GobWriter undefined = new GobWriter(16);
    value(undefined, 99, w -> w.uint(0));
    refused(undefined, "no known struct");
  }

  @Test
  void leftoverBytesAfterADefinitionAreRefused() {
    GobWriter body = new GobWriter(64);
    body.integer(-70);
    struct(body, "Req", "SendID", STRING);
    body.uint(0);
    GobWriter frame = new GobWriter(64);
    frame.message(body);
    refused(frame, "bytes after a definition");
  }

  private void refused(GobWriter frame, String reason) {
    assertThatThrownBy(() -> codec.decodeRequest(frame.toByteArray()))
        .isInstanceOf(MalformedFrameException.class)
        .hasMessageContaining(reason);
  }

  private static GobWriter frameOf(Consumer<GobWriter> wireType) {
    GobWriter frame = new GobWriter(128);
    define(frame, 70, wireType);
    return frame;
  }

  private static void define(GobWriter frame, int id, Consumer<GobWriter> wireType) {
    value(frame, -id, wireType);
  }

  private static void value(GobWriter frame, int id, Consumer<GobWriter> content) {
    GobWriter body = new GobWriter(128);
    body.integer(id);
    content.accept(body);
    frame.message(body);
  }

  /** A StructT without a common part; fields as name, type id, name, type id … */
  private static void struct(GobWriter w, String name, Object... fields) {
    w.uint(3);
    w.uint(1);
    w.uint(1);
    w.string(name);
    w.uint(0);
    w.uint(1);
    w.uint(fields.length / 2);
    for (int i = 0; i < fields.length; i += 2) {
      w.uint(1);
      w.string((String) fields[i]);
      w.uint(1);
      w.integer((Integer) fields[i + 1]);
      w.uint(0);
    }
    w.uint(0);
    w.uint(0);
  }

  private static void sequence(GobWriter w, int wireTypeField, int element) {
    w.uint(wireTypeField + 1);
    w.uint(2);
    w.integer(element);
    w.uint(0);
    w.uint(0);
  }

  private static void mapping(GobWriter w, int key, int element) {
    w.uint(4);
    w.uint(2);
    w.integer(key);
    w.uint(1);
    w.integer(element);
    w.uint(0);
    w.uint(0);
  }

  private static void opaque(GobWriter w) {
    w.uint(5);
    w.uint(0);
    w.uint(0);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(20); n > 0; n--) {
      text.appendCodePoint(
          random.nextBoolean() ? 'a' + random.nextInt(26) : 0x4e00 + random.nextInt(99));
    }
    return text.toString();
  }

  private static ByteString data(Random random) {
    byte[] bytes = new byte[random.nextInt(400)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
