package im.hongyan.gatewayws.delivery;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import im.hongyan.gatewayws.connection.SharedFrame;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.ConversationId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Pushed messages as envelopes (websocket.md 4.5). Stateless. */
final class PushedFrames {
  private static final int PUSH = 2001;
  private static final int MSGS_FIELD = 1;
  private static final int NOTIFICATION_MSGS_FIELD = 2;
  private static final int MAP_KEY_FIELD = 1;
  private static final int MAP_VALUE_FIELD = 2;
  private static final int PULL_MSGS_MESSAGES_FIELD = 1;

  private PushedFrames() {}

  /** The frame of a copy; the caller closes it. */
  static SharedFrame of(String operationId, PushedCopy copy) {
    return new SharedFrame(new ResponseFrame(PUSH, "", operationId, 0, "", pushMessages(copy)));
  }

  /** openim.sdkws.PushMessages with one message, without taking the message apart. */
  private static ByteString pushMessages(PushedCopy copy) {
    boolean notification = new ConversationId(copy.getConversationId()).isNotification();
    try {
      byte[] pullMsgs = field(PULL_MSGS_MESSAGES_FIELD, copy.getMessage());
      byte[] key = field(MAP_KEY_FIELD, copy.getConversationIdBytes());
      byte[] value = field(MAP_VALUE_FIELD, ByteString.copyFrom(pullMsgs));
      ByteString entry = ByteString.copyFrom(key).concat(ByteString.copyFrom(value));
      return ByteString.copyFrom(field(notification ? NOTIFICATION_MSGS_FIELD : MSGS_FIELD, entry));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] field(int number, ByteString value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(value.size() + 8);
    CodedOutputStream coded = CodedOutputStream.newInstance(out, 16);
    coded.writeBytes(number, value);
    coded.flush();
    return out.toByteArray();
  }
}
