package im.hongyan.messagelog.kafka;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How a record is laid out: one byte of format version, then the protobuf message. */
public final class LaneRecords {
  private static final byte FORMAT = 1;

  private LaneRecords() {}

  /** A message as a record's value. */
  public static byte[] encode(MessageLite message) {
    byte[] bytes = new byte[1 + message.getSerializedSize()];
    bytes[0] = FORMAT;
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, 1, bytes.length - 1);
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  /**
   * The message of a record's value.
   *
   * @throws InvalidProtocolBufferException for foreign junk and formats that are newer than this
   *     code
   */
  public static <M> M decode(byte[] value, Parser<M> parser) throws InvalidProtocolBufferException {
    if (value.length == 0 || value[0] != FORMAT) {
      throw new InvalidProtocolBufferException("not a record of format " + FORMAT);
    }
    return parser.parseFrom(value, 1, value.length - 1);
  }
}
