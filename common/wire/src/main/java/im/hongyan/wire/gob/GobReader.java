package im.hongyan.wire.gob;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/**
 * Reads gob's primitive encodings (websocket.md 3.1) from a part of an array. Every length is
 * checked against the bytes left before anything is allocated. Single-threaded.
 */
final class GobReader {
  private final byte[] buffer;
  private int position;
  private int limit;

  GobReader(byte[] buffer, int position) {
    this.buffer = buffer;
    this.position = position;
    this.limit = buffer.length;
  }

  /** Opens the next gob message and narrows the reader to it. */
  void openMessage() throws MalformedFrameException {
    limit = buffer.length;
    int length = length();
    limit = position + length;
  }

  boolean atEnd() {
    return position == limit;
  }

  /** Reads an unsigned number, which need not be in its shortest form. */
  long uint() throws MalformedFrameException {
    int first = unsignedByte();
    if (first < 128) {
      return first;
    }
    int length = 256 - first;
    if (length > 8 || length > limit - position) {
      throw new MalformedFrameException("gob: bad number");
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (buffer[position++] & 0xff);
    }
    return value;
  }

  long integer() throws MalformedFrameException {
    long bits = uint();
    return (bits & 1) != 0 ? ~(bits >>> 1) : bits >>> 1;
  }

  /** Reads a count or an id that must be small and not negative. */
  int small(long value, int max) throws MalformedFrameException {
    if (value < 0 || value > max) {
      throw new MalformedFrameException("gob: number out of range");
    }
    return (int) value;
  }

  /** Reads a length, which never exceeds the bytes left. */
  int length() throws MalformedFrameException {
    return small(uint(), limit - position);
  }

  String string() throws MalformedFrameException {
    int length = length();
    String text = new String(buffer, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  ByteString bytes() throws MalformedFrameException {
    int length = length();
    ByteString bytes = ByteString.copyFrom(buffer, position, length);
    position += length;
    return bytes;
  }

  void skipBytes() throws MalformedFrameException {
    int length = length();
    position += length;
  }

  private int unsignedByte() throws MalformedFrameException {
    if (position == limit) {
      throw new MalformedFrameException("gob: unexpected end");
    }
    return buffer[position++] & 0xff;
  }
}
