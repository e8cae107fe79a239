package im.hongyan.wire.gob;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes gob's primitive encodings (websocket.md 3.1) into a growing array. Single-threaded. */
public final class GobWriter {
  private byte[] buffer;
  private int size;

  /** Room for this many bytes at first; it grows. */
  public GobWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  /** Number of bytes written. */
  public int size() {
    return size;
  }

  /** Writes an unsigned number in its shortest form. */
  public void uint(long value) {
    ensure(9);
    if (value >= 0 && value < 128) {
      buffer[size++] = (byte) value;
      return;
    }
    int length = 8 - Long.numberOfLeadingZeros(value) / 8;
    buffer[size++] = (byte) -length;
    for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
  }

  /** Writes a signed number. */
  public void integer(long value) {
    uint(value < 0 ? ~value << 1 | 1 : value << 1);
  }

  /** Writes a text as its UTF-8 bytes with their count. */
  public void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    uint(bytes.length);
    raw(bytes);
  }

  /** Writes bytes with their count. */
  public void bytes(ByteString bytes) {
    uint(bytes.size());
    ensure(bytes.size());
    bytes.copyTo(buffer, size);
    size += bytes.size();
  }

  /** Writes bytes as they are. */
  public void raw(byte[] bytes) {
    raw(bytes, bytes.length);
  }

  private void raw(byte[] bytes, int length) {
    ensure(length);
    System.arraycopy(bytes, 0, buffer, size, length);
    size += length;
  }

  /** Writes what another writer holds, preceded by its length: one gob message. */
  public void message(GobWriter content) {
    uint(content.size);
    raw(content.buffer, content.size);
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
