package im.hongyan.gatewayhttp;

import com.google.protobuf.Message;
import im.hongyan.proto.rest.SendMsgForm;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import im.hongyan.wire.json.JsonValue;
import im.hongyan.wire.json.JsonValue.Members;
import java.util.Optional;

/**
 * The body of a sending route (rest-message.md 5.1). What cannot be read, or lacks something, is
 * answered with HTTP status 400, unlike elsewhere.
 *
 * @param content as it was written, with unknown keys
 */
record SendBody(SendMsgForm form, Members content) {
  /** The end of the year 9999; dates beyond it have no place in most clients. */
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  /**
   * Reads a body.
   *
   * @param toOne whether it names its receiver, rather than several
   * @throws BadRequestException 1001 with what is wrong
   */
  static SendBody read(byte[] body, boolean toOne) {
    SendMsgForm form = readForm(body, SendMsgForm.getDefaultInstance());
    Optional<JsonValue> content = member(body, "content");
    requireThat(!form.getSendID().isEmpty(), "sendID is required");
    requireThat(content.isPresent(), "content is required");
    Optional<Members> object = content.filter(Members.class::isInstance).map(Members.class::cast);
    requireThat(object.isPresent(), "content is no object");
    requireThat(form.getContentType() != 0, "contentType is required");
    requireThat(form.getSessionType() != 0, "sessionType is required");
    int type = form.getSessionType();
    boolean user = type == SessionType.SINGLE.number() || type == SessionType.NOTIFICATION.number();
    boolean group = type == SessionType.GROUP.number() || type == SessionType.WRITE_GROUP.number();
    requireThat(!toOne || !user || !form.getRecvID().isEmpty(), "recvID is required");
    requireThat(!group || !form.getGroupID().isEmpty(), "groupID is required");
    requireThat(
        form.getSendTime() >= 0 && form.getSendTime() <= LAST_MILLIS, "sendTime is out of range");
    return new SendBody(form, object.orElseThrow());
  }

  /**
   * Reads the form of a sending route.
   *
   * @throws BadRequestException 1001 with the reader's text
   */
  static <M extends Message> M readForm(byte[] body, M prototype) {
    try {
      return GoJsonReader.readFirst(body, prototype);
    } catch (GoJsonException e) {
      throw badRequest(String.valueOf(e.getMessage()));
    } catch (ImException tooMany) {
      throw new BadRequestException(tooMany);
    }
  }

  /** The value of a key of a body; empty where it is null or there is none. */
  static Optional<JsonValue> member(byte[] body, String key) {
    try {
      return JsonValue.member(body, key);
    } catch (GoJsonException e) {
      throw badRequest(String.valueOf(e.getMessage()));
    }
  }

  static void requireThat(boolean condition, String otherwise) {
    if (!condition) {
      throw badRequest(otherwise);
    }
  }

  private static BadRequestException badRequest(String detail) {
    return new BadRequestException(ImError.ARGS.with(detail));
  }
}
