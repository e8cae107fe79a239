package im.hongyan.wire.gzip;

import im.hongyan.wire.gob.MalformedFrameException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Whole gzip streams (RFC 1952) in memory. Stateless and safe for use by several threads; the
 * native state of a call is freed before it returns.
 */
public final class Gzip {
  /**
   * Data below this size is stored instead of deflated: a copy and a checksum are its whole cost.
   */
  static final int STORE_BELOW_BYTES = 1024;

  private static final byte[] HEADER = {
    0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff,
  };
  private static final int TRAILER_BYTES = 8;
  private static final int STORED_HEAD_BYTES = 5;
  private static final int FLAG_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FLAGS_RESERVED = 0xe0;

  private Gzip() {}

  /** Compresses at the fastest level; small data is stored. */
  public static byte[] compress(byte[] data) {
    return compress(data, Deflater.BEST_SPEED);
  }

  /**
   * Compresses data into one gzip member.
   *
   * @param level of {@link Deflater}, for data that is not small enough to be stored
   */
  public static byte[] compress(byte[] data, int level) {
    return data.length < STORE_BELOW_BYTES ? store(data) : deflate(data, level);
  }

  private static byte[] store(byte[] data) {
    ByteBuffer member =
        ByteBuffer.allocate(HEADER.length + STORED_HEAD_BYTES + data.length + TRAILER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(HEADER)
            .put((byte) 1) // final block, stored
            .putShort((short) data.length)
            .putShort((short) ~data.length)
            .put(data);
    return member.putInt(crc(data, 0, data.length)).putInt(data.length).array();
  }

  private static byte[] deflate(byte[] data, int level) {
    Deflater deflater = new Deflater(level, true);
    try {
      deflater.setInput(data);
      deflater.finish();
      byte[] out = new byte[HEADER.length + TRAILER_BYTES + data.length / 2 + 64];
      System.arraycopy(HEADER, 0, out, 0, HEADER.length);
      int size = HEADER.length;
      while (!deflater.finished()) {
        if (out.length - size <= TRAILER_BYTES) {
          out = Arrays.copyOf(out, out.length * 2);
        }
        size += deflater.deflate(out, size, out.length - size - TRAILER_BYTES);
      }
      ByteBuffer.wrap(out, size, TRAILER_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(crc(data, 0, data.length))
          .putInt(data.length);
      return Arrays.copyOf(out, size + TRAILER_BYTES);
    } finally {
      deflater.end();
    }
  }

  /**
   * Inflates one or more members that follow each other.
   *
   * @param maxInflatedBytes bound on the result; memory use stays below twice that plus the input
   * @throws MalformedFrameException when the data is no gzip, is cut off, fails its checksum, has
   *     bytes behind its last member, or would exceed the bound
   */
  public static byte[] inflate(byte[] data, int maxInflatedBytes) throws MalformedFrameException {
    return inflate(data, new Output(data.length, maxInflatedBytes));
  }

  private static byte[] inflate(byte[] data, Output out) throws MalformedFrameException {
    int position = 0;
    do {
      position = member(data, position, out);
    } while (position < data.length);
    return out.toByteArray();
  }

  /**
   * As {@link #inflate}, but null where the data would exceed the bound. Stops there, or does not
   * begin where the data itself says so; what else it says is not believed.
   */
  public static byte @Nullable [] inflateWithin(byte[] data, int maxInflatedBytes)
      throws MalformedFrameException {
    if (statedBytes(data) > maxInflatedBytes) {
      return null;
    }
    Output out = new Output(data.length, maxInflatedBytes);
    try {
      return inflate(data, out);
    } catch (MalformedFrameException malformed) {
      if (out.isBeyondBound) {
        return null;
      }
      throw malformed;
    }
  }

  /** The length that the last member claims to have. */
  private static long statedBytes(byte[] data) {
    return data.length < TRAILER_BYTES
        ? 0
        : ByteBuffer.wrap(data, data.length - Integer.BYTES, Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt()
            & 0xffff_ffffL;
  }

  /** Inflates the member that starts at a position and returns where it ends. */
  private static int member(byte[] data, int start, Output out) throws MalformedFrameException {
    int body = skipHeader(data, start);
    int before = out.size;
    int end = copyStored(data, body, out);
    if (end < 0) {
      end = inflateBlocks(data, body, out);
    }
    if (data.length - end < TRAILER_BYTES) {
      throw cutOff();
    }
    ByteBuffer trailer = ByteBuffer.wrap(data, end, TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int length = out.size - before;
    if (trailer.getInt() != crc(out.bytes, before, length) || trailer.getInt() != length) {
      throw new MalformedFrameException("gzip: wrong checksum or length");
    }
    return end + TRAILER_BYTES;
  }

  private static int skipHeader(byte[] data, int start) throws MalformedFrameException {
    if (data.length - start < HEADER.length) {
      throw cutOff();
    }
    int flags = data[start + 3] & 0xff;
    if (data[start] != HEADER[0]
        || data[start + 1] != HEADER[1]
        || data[start + 2] != HEADER[2]
        || (flags & FLAGS_RESERVED) != 0) {
      throw new MalformedFrameException("gzip: not a gzip header");
    }
    int position = start + HEADER.length;
    if ((flags & FLAG_EXTRA) != 0) {
      if (data.length - position < 2) {
        throw cutOff();
      }
      position += 2 + (data[position] & 0xff) + ((data[position + 1] & 0xff) << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      position = behindZero(data, position);
    }
    if ((flags & FLAG_COMMENT) != 0) {
      position = behindZero(data, position);
    }
    if ((flags & FLAG_CRC) != 0) {
      position = headerChecksum(data, start, position);
    }
    if (position > data.length) {
      throw cutOff();
    }
    return position;
  }

  private static int behindZero(byte[] data, int from) throws MalformedFrameException {
    for (int i = from; i < data.length; i++) {
      if (data[i] == 0) {
        return i + 1;
      }
    }
    throw cutOff();
  }

  private static int headerChecksum(byte[] data, int start, int position)
      throws MalformedFrameException {
    if (data.length - position < 2) {
      throw cutOff();
    }
    int stated = (data[position] & 0xff) | (data[position + 1] & 0xff) << 8;
    if (stated != (crc(data, start, position - start) & 0xffff)) {
      throw new MalformedFrameException("gzip: wrong header checksum");
    }
    return position + 2;
  }

  /** Copies a body that is one stored block, as we write it; -1 when it is anything else. */
  private static int copyStored(byte[] data, int body, Output out) throws MalformedFrameException {
    if (data.length - body < STORED_HEAD_BYTES || data[body] != 1) {
      return -1;
    }
    ByteBuffer head = ByteBuffer.wrap(data, body + 1, 4).order(ByteOrder.LITTLE_ENDIAN);
    int length = head.getShort() & 0xffff;
    int end = body + STORED_HEAD_BYTES + length;
    if ((head.getShort() & 0xffff) != (~length & 0xffff) || end > data.length) {
      return -1;
    }
    out.ensure(length);
    System.arraycopy(data, body + STORED_HEAD_BYTES, out.bytes, out.size, length);
    out.size += length;
    return end;
  }

  private static int inflateBlocks(byte[] data, int body, Output out)
      throws MalformedFrameException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(data, body, data.length - body);
      while (!inflater.finished()) {
        out.makeRoom();
        int inflated = inflater.inflate(out.bytes, out.size, out.bytes.length - out.size);
        out.size += inflated;
        out.checkBound();
        if (inflated == 0 && !inflater.finished()) {
          throw inflater.needsInput()
              ? cutOff()
              : new MalformedFrameException("gzip: wants a dictionary");
        }
      }
      return data.length - inflater.getRemaining();
    } catch (DataFormatException bad) {
      throw new MalformedFrameException("gzip: bad block");
    } finally {
      inflater.end();
    }
  }

  private static int crc(byte[] data, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(data, offset, length);
    return (int) crc.getValue();
  }

  private static MalformedFrameException cutOff() {
    return new MalformedFrameException("gzip: cut off");
  }

  /** Collects inflated bytes up to a bound. */
  private static final class Output {
    private final int max;
    private byte[] bytes;
    private int size;
    private boolean isBeyondBound;

    Output(int inputBytes, int max) {
      this.max = max;
      this.bytes = new byte[(int) Math.min(max, Math.max(256L, 3L * inputBytes))];
    }

    /** Makes room for a known number of bytes. */
    void ensure(int more) throws MalformedFrameException {
      if (more > max - size) {
        throw beyondBound();
      }
      grow((long) size + more);
    }

    /** Makes room for at least a byte, one behind the bound if need be, so that its use shows. */
    void makeRoom() {
      grow(size + 1L);
    }

    void checkBound() throws MalformedFrameException {
      if (size > max) {
        throw beyondBound();
      }
    }

    private void grow(long needed) {
      if (needed > bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(max + 1L, Math.max(2L * bytes.length, needed)));
      }
    }

    private MalformedFrameException beyondBound() {
      isBeyondBound = true;
      return new MalformedFrameException("gzip: inflates beyond " + max + " bytes");
    }

    byte[] toByteArray() {
      return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
  }
}
