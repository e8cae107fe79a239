package im.hongyan.gatewayhttp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How REST answers what was sent (rest-message.md 5.1, 5.5): of a message that a hook has changed
 * only the changed fields, the content as a text. Stateless.
 */
final class SentMessages {
  /** Fields that the answer has anyway. */
  private static final Set<Integer> SAID =
      Set.of(
          MsgData.SERVERMSGID_FIELD_NUMBER,
          MsgData.CLIENTMSGID_FIELD_NUMBER,
          MsgData.SENDTIME_FIELD_NUMBER);

  private SentMessages() {}

  /** A message that was sent to one of several. */
  record ToOne(String userId, MsgData message, SendMsgResp answer) {}

  /** The body of the answer to one message. */
  static byte[] one(MsgData message, SendMsgResp answer) {
    return ApiEnvelope.success(out -> write(message, answer, null, out));
  }

  /**
   * The body of the answer to a batch.
   *
   * @param jobId null where everything was sent by now
   */
  static byte[] batch(List<ToOne> sent, List<String> failed, @Nullable String jobId) {
    return ApiEnvelope.success(out -> writeBatch(sent, failed, jobId, out));
  }

  private static void writeBatch(
      List<ToOne> sent, List<String> failed, @Nullable String jobId, JsonBuffer out) {
    out.raw(JsonBuffer.ascii("{\"results\":"));
    if (sent.isEmpty()) {
      out.nothing();
    } else {
      char before = '[';
      for (ToOne each : sent) {
        write(each.message(), each.answer(), each.userId(), out.raw(before));
        before = ',';
      }
      out.raw(']');
    }
    texts(failed, out.raw(JsonBuffer.ascii(",\"failedUserIDs\":")));
    if (jobId != null) {
      out.raw(JsonBuffer.ascii(",\"jobID\":")).string(jobId);
    }
    out.raw('}');
  }

  private static void write(
      MsgData message, SendMsgResp answer, @Nullable String userId, JsonBuffer out) {
    out.raw(JsonBuffer.ascii("{\"serverMsgID\":")).string(answer.getServerMsgID());
    out.raw(JsonBuffer.ascii(",\"clientMsgID\":")).string(answer.getClientMsgID());
    out.raw(JsonBuffer.ascii(",\"sendTime\":")).number(answer.getSendTime());
    if (userId != null) {
      out.raw(JsonBuffer.ascii(",\"recvID\":")).string(userId);
    }
    if (answer.hasModify()) {
      writeChanges(message, answer.getModify(), out);
    }
    out.raw('}');
  }

  private static void writeChanges(MsgData before, MsgData after, JsonBuffer out) {
    boolean any = false;
    for (FieldDescriptor field : MsgData.getDescriptor().getFields()) {
      if (!SAID.contains(field.getNumber())
          && !before.getField(field).equals(after.getField(field))) {
        out.raw(any ? JsonBuffer.ascii(",") : JsonBuffer.ascii(",\"modify\":{"));
        any = true;
        out.string(field.getName()).raw(':');
        writeField(after, field, out);
      }
    }
    if (any) {
      out.raw('}');
    }
  }

  private static void writeField(MsgData message, FieldDescriptor field, JsonBuffer out) {
    switch (field.getNumber()) {
      case MsgData.OPTIONS_FIELD_NUMBER -> options(message.getOptionsMap(), out);
      case MsgData.ATUSERIDLIST_FIELD_NUMBER -> texts(message.getAtUserIDListList(), out);
      case MsgData.OFFLINEPUSHINFO_FIELD_NUMBER ->
          GoJsonWriter.write(message.getOfflinePushInfo(), out);
      default -> {
        switch (message.getField(field)) {
          case String text -> out.string(text);
          case ByteString bytes -> out.string(bytes.toStringUtf8());
          case Boolean flag -> out.bool(flag);
          case Integer number -> out.number(number);
          case Long number -> out.number(number);
          case Object other -> throw new IllegalStateException(field + " is a " + other.getClass());
        }
      }
    }
  }

  private static void options(Map<String, Boolean> options, JsonBuffer out) {
    Map<String, Boolean> sorted = new TreeMap<>(Utf8Order.INSTANCE);
    sorted.putAll(options);
    out.raw('{');
    boolean any = false;
    for (Map.Entry<String, Boolean> option : sorted.entrySet()) {
      if (any) {
        out.raw(',');
      }
      any = true;
      out.string(option.getKey()).raw(':').bool(option.getValue());
    }
    out.raw('}');
  }

  private static void texts(List<String> texts, JsonBuffer out) {
    if (texts.isEmpty()) {
      out.nothing();
      return;
    }
    char before = '[';
    for (String text : texts) {
      out.raw(before).string(text);
      before = ',';
    }
    out.raw(']');
  }
}
