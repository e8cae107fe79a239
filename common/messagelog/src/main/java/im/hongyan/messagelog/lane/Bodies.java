package im.hongyan.messagelog.lane;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Puts a seq into the bytes of a message without reading them. */
public final class Bodies {
  private static final int SEQ_FIELD = 14;

  private Bodies() {}

  /**
   * The bytes of openim.sdkws.MsgData with a seq: of a field that occurs twice the last one counts.
   */
  public static byte[] withSeq(ByteString message, long seq) {
    if (seq == 0) {
      return message.toByteArray();
    }
    int length = message.size();
    byte[] body = new byte[length + CodedOutputStream.computeInt64Size(SEQ_FIELD, seq)];
    message.copyTo(body, 0);
    try {
      CodedOutputStream.newInstance(body, length, body.length - length).writeInt64(SEQ_FIELD, seq);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body;
  }
}
