package im.hongyan.wire.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A growing array of UTF-8 that knows Go's way of writing JSON values (protobuf/README.md, "JSON
 * written"). Single-threaded.
 */
public final class JsonBuffer {
  private static final byte[] NULL = ascii("null");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};
  private static final int MAX_DIGITS = 20;

  private static final byte[] NOTHING = {};
  private static final int POOLED_BYTES = 8 * 1024;
  private static final int MAX_POOLED_BYTES = 256 * 1024;

  /** Arrays that finished buffers have given back, 4 MiB at most. */
  private static final BlockingQueue<byte[]> POOL = new ArrayBlockingQueue<>(16);

  private byte[] bytes;
  private int size;

  /** Room for this many bytes at first; it grows. */
  public JsonBuffer(int capacity) {
    this(new byte[Math.max(32, capacity)]);
  }

  private JsonBuffer(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A buffer that takes the array of a finished one where there is one, so that large answers do
   * not grow theirs from small; end it by {@link #finish}. One that is not ended costs its array.
   */
  public static JsonBuffer pooled() {
    byte[] spare = POOL.poll();
    return new JsonBuffer(spare == null ? new byte[POOLED_BYTES] : spare);
  }

  /** A copy of what was written, whereupon the buffer is empty and its array is another's. */
  public byte[] finish() {
    byte[] written = toByteArray();
    if (bytes.length >= POOLED_BYTES && bytes.length <= MAX_POOLED_BYTES) {
      POOL.offer(bytes);
    }
    bytes = NOTHING;
    size = 0;
    return written;
  }

  /** ASCII text as bytes, for constant parts. */
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public JsonBuffer raw(byte[] constant) {
    ensure(constant.length);
    System.arraycopy(constant, 0, bytes, size, constant.length);
    size += constant.length;
    return this;
  }

  /** Writes one ASCII character. */
  public JsonBuffer raw(char c) {
    ensure(1);
    bytes[size++] = (byte) c;
    return this;
  }

  /** Writes {@code null}. */
  public JsonBuffer nothing() {
    return raw(NULL);
  }

  public JsonBuffer bool(boolean value) {
    return raw(value ? TRUE : FALSE);
  }

  public JsonBuffer number(long value) {
    ensure(MAX_DIGITS);
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        return raw(ascii(Long.toString(value)));
      }
      bytes[size++] = '-';
    }
    return digits(Math.abs(value));
  }

  public JsonBuffer unsigned(long value) {
    return value >= 0 ? digits(value) : raw(ascii(Long.toUnsignedString(value)));
  }

  private JsonBuffer digits(long value) {
    ensure(MAX_DIGITS);
    int count = 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      count++;
    }
    int at = size + count;
    long rest = value;
    do {
      bytes[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    size += count;
    return this;
  }

  /** Writes bytes as standard base64 with padding. */
  public JsonBuffer base64(byte[] value) {
    return raw('"').raw(Base64.getEncoder().encode(value)).raw('"');
  }

  /** Writes a text with Go's escapes; a lone surrogate becomes U+FFFD. */
  public JsonBuffer string(String text) {
    int length = text.length();
    ensure(length * 3 + 2);
    bytes[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') {
          bytes[size++] = (byte) c;
        } else {
          escape(c, length - i);
        }
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xc0 | (c >> 6));
        bytes[size++] = (byte) (0x80 | (c & 0x3f));
      } else if (Character.isSurrogate(c)) {
        i += surrogate(text, i);
      } else if (c == '\u2028' || c == '\u2029') {
        unicodeEscape(c, length - i);
      } else {
        bytes[size++] = (byte) (0xe0 | (c >> 12));
        bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        bytes[size++] = (byte) (0x80 | (c & 0x3f));
      }
    }
    bytes[size++] = '"';
    return this;
  }

  /** Writes the surrogate pair at an index; returns how many further chars it took. */
  private int surrogate(String text, int index) {
    int point = text.codePointAt(index);
    if (!Character.isSupplementaryCodePoint(point)) {
      System.arraycopy(REPLACEMENT, 0, bytes, size, REPLACEMENT.length);
      size += REPLACEMENT.length;
      return 0;
    }
    bytes[size++] = (byte) (0xf0 | (point >> 18));
    bytes[size++] = (byte) (0x80 | ((point >> 12) & 0x3f));
    bytes[size++] = (byte) (0x80 | ((point >> 6) & 0x3f));
    bytes[size++] = (byte) (0x80 | (point & 0x3f));
    return 1;
  }

  private void escape(char c, int charsLeft) {
    char letter =
        switch (c) {
          case '"', '\\' -> c;
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          case '\b' -> 'b';
          case '\f' -> 'f';
          default -> 0;
        };
    if (letter == 0) {
      unicodeEscape(c, charsLeft);
    } else {
      bytes[size++] = '\\';
      bytes[size++] = (byte) letter;
    }
  }

  private void unicodeEscape(char c, int charsLeft) {
    ensure(6 + charsLeft * 3);
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(c >> shift) & 0xf];
    }
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
