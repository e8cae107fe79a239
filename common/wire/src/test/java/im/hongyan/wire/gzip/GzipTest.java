package im.hongyan.wire.gzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.testkit.Seeded;
import im.hongyan.wire.gob.MalformedFrameException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Proves that our streams are gzip, that all gzip is taken, and that nothing inflates beyond a
 * bound.
 */
class GzipTest {
  private static final int MAX = 1 << 20;

  @Test
  void anotherInflaterTakesOurStreams(@Seeded long seed)
      throws IOException, MalformedFrameException {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] data = data(random, random.nextInt(8_000));
      byte[] packed = Gzip.compress(data);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
          .as("seed %d", seed)
          .isEqualTo(data);
      assertThat(Gzip.inflate(packed, MAX)).as("seed %d", seed).isEqualTo(data);
      assertThat(Gzip.inflate(foreign(data), MAX)).as("seed %d", seed).isEqualTo(data);
    }
  }

  @Test
  void smallDataIsStoredAndLargeDataDeflated() {
    byte[] small = new byte[Gzip.STORE_BELOW_BYTES - 1];
    assertThat(Gzip.compress(small)).hasSize(small.length + 23);
    assertThat(Gzip.compress(new byte[Gzip.STORE_BELOW_BYTES]).length).isLessThan(100);
  }

  @Test
  void theHeaderIsTheOneThatGoWrites() {
    assertThat(Gzip.compress(new byte[0]))
        .startsWith(0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff);
  }

  @Test
  void membersThatFollowEachOtherAreOneStream() throws IOException, MalformedFrameException {
    byte[] a = {1, 2, 3};
    byte[] b = data(new Random(1), 5_000);
    assertThat(Gzip.inflate(concat(Gzip.compress(a), foreign(b), Gzip.compress(a)), MAX))
        .isEqualTo(concat(a, b, a));
  }

  @Test
  void strayBytesBehindTheLastMemberAreRefused() {
    refused(concat(Gzip.compress(new byte[] {1}), new byte[] {7}), MAX);
  }

  @Test
  void everyPrefixFailsCleanly() throws IOException {
    byte[] data = data(new Random(2), 600);
    for (byte[] packed : new byte[][] {Gzip.compress(data), foreign(data)}) {
      for (int length = 0; length < packed.length; length++) {
        refused(Arrays.copyOf(packed, length), MAX);
      }
    }
  }

  @Test
  void checksumAndLengthAreVerified() throws IOException {
    for (byte[] packed :
        new byte[][] {Gzip.compress(new byte[] {5, 6}), foreign(new byte[] {5, 6})}) {
      for (int back = 1; back <= 8; back++) {
        byte[] bad = packed.clone();
        bad[bad.length - back] ^= 1;
        refused(bad, MAX);
      }
    }
  }

  @Test
  void theBoundIsExact() throws IOException, MalformedFrameException {
    for (int size : new int[] {0, 1, 100, 1023, 1024, 50_000}) {
      byte[] data = new byte[size];
      assertThat(Gzip.inflate(Gzip.compress(data), size)).hasSize(size);
      assertThat(Gzip.inflate(foreign(data), size)).hasSize(size);
      if (size > 0) {
        refused(Gzip.compress(data), size - 1);
        refused(foreign(data), size - 1);
      }
    }
  }

  @Test
  void aBombIsRefusedAtTheBound() throws IOException {
    byte[] bomb = foreign(new byte[64 * 1024 * 1024]);
    assertThat(bomb.length).isLessThan(100_000);
    refused(bomb, MAX);
    refused(concat(bomb, bomb), MAX);
  }

  @Test
  void whatWouldBeTooLongIsNullAndWhatIsMalformedFails() throws Exception {
    byte[] data = new byte[100_000];
    byte[] packed = foreign(data);
    assertThat(Gzip.inflateWithin(packed, data.length)).isEqualTo(data);
    assertThat(Gzip.inflateWithin(packed, data.length - 1)).isNull();
    byte[] forged = packed.clone();
    forged[forged.length - 2] = 0;
    assertThat(Gzip.inflateWithin(forged, data.length - 1)).as("says that it is short").isNull();
    assertThatThrownBy(() -> Gzip.inflateWithin(forged, data.length))
        .isInstanceOf(MalformedFrameException.class);
    assertThatThrownBy(() -> Gzip.inflateWithin(new byte[3], data.length))
        .isInstanceOf(MalformedFrameException.class);
  }

  @Test
  void optionalHeaderPartsAreSkippedAndChecked() throws MalformedFrameException {
    byte[] plain = Gzip.compress(new byte[] {9});
    byte[] body = Arrays.copyOfRange(plain, 10, plain.length);
    byte[] head = Arrays.copyOf(plain, 10);
    head[3] = 2 | 4 | 8 | 16;
    byte[] optional = {3, 0, 'x', 'y', 'z', 'n', 'a', 0, 'c', 0};
    CRC32 crc = new CRC32();
    crc.update(concat(head, optional));
    byte[] sum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
    byte[] whole = concat(head, optional, sum, body);
    assertThat(Gzip.inflate(whole, MAX)).containsExactly(9);
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), MAX);
    }
    whole[head.length + 3] ^= 1;
    refused(whole, MAX);
    head[3] = 32;
    refused(concat(head, body), MAX);
  }

  private static void refused(byte[] bytes, int max) {
    assertThatThrownBy(() -> Gzip.inflate(bytes, max)).isInstanceOf(MalformedFrameException.class);
  }

  private static byte[] foreign(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    }
    return out.toByteArray();
  }

  private static byte[] data(Random random, int size) {
    byte[] data = new byte[size];
    for (int i = 0; i < size; i++) {
      data[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : 'a');
    }
    return data;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
