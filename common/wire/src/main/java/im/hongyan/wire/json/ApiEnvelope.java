package im.hongyan.wire.json;

import com.google.protobuf.Message;
import im.hongyan.wire.bounds.ElementCount;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The envelope of REST answers and of refused handshakes: {@code errCode, errMsg, errDlt} and, when
 * there is something to say, {@code data} (rest-account.md 0.3). Stateless and safe for use by
 * several threads.
 */
public final class ApiEnvelope {
  private static final byte[] ERR_CODE = JsonBuffer.ascii("{\"errCode\":");
  private static final byte[] SUCCESS = JsonBuffer.ascii("{\"errCode\":0,");
  private static final byte[] ERR_MSG = JsonBuffer.ascii(",\"errMsg\":");
  private static final byte[] ERR_DLT = JsonBuffer.ascii(",\"errDlt\":");
  private static final byte[] DATA = JsonBuffer.ascii(",\"data\":");
  private static final byte[] NULL = JsonBuffer.ascii("null");

  private ApiEnvelope() {}

  /** A success; an answer type without fields has no data. */
  public static byte[] success(Message answer) {
    JsonBuffer out = head(0, "", "");
    if (!answer.getDescriptorForType().getFields().isEmpty()) {
      GoJsonWriter.write(answer, out.raw(DATA));
    }
    return out.raw('}').finish();
  }

  /** A success whose data is a list; null where it is empty. */
  public static byte[] successOfList(List<? extends Message> answers) {
    return success(out -> {
      if (answers.isEmpty()) {
        out.raw(NULL);
        return;
      }
      char before = '[';
      for (Message answer : answers) {
        GoJsonWriter.write(answer, out.raw(before));
        before = ',';
      }
      out.raw(']');
    });
  }

  /** A success whose data is no message; what is given writes it. */
  public static byte[] success(Consumer<JsonBuffer> data) {
    JsonBuffer out = head(0, "", "").raw(DATA);
    data.accept(out);
    return out.raw('}').finish();
  }

  /** A success without data. */
  public static byte[] success() {
    return head(0, "", "").raw('}').finish();
  }

  /** A failure. */
  public static byte[] failure(ImException failure) {
    return head(failure.code(), failure.text(), failure.detail()).raw('}').finish();
  }

  private static JsonBuffer head(int code, String message, String detail) {
    return JsonBuffer.pooled()
        .raw(ERR_CODE)
        .number(code)
        .raw(ERR_MSG)
        .string(message)
        .raw(ERR_DLT)
        .string(detail);
  }

  /** How every success begins, and no failure. */
  public static byte[] beginningOfSuccess() {
    return SUCCESS.clone();
  }

  /**
   * Reads an envelope, as clients do.
   *
   * @param prototype an empty message of the type of {@code data}
   * @return the answer; an empty message when there is no data
   * @throws ImException when the envelope carries an error code
   * @throws GoJsonException when it is no envelope
   */
  @SuppressWarnings("unchecked") // a builder builds messages of its own type
  public static <M extends Message> M read(byte[] json, M prototype) throws GoJsonException {
    Fields fields = GoJson.parse(json, parser -> readFields(parser, prototype));
    if (fields.code != 0) {
      throw new ImException(fields.code, fields.message, fields.detail, null);
    }
    Message.Builder data = fields.data;
    return data == null ? (M) prototype.getDefaultInstanceForType() : (M) data.build();
  }

  private static final class Fields {
    private int code;
    private String message = "";
    private String detail = "";
    private Message.@Nullable Builder data;
  }

  private static Fields readFields(JsonParser parser, Message prototype) throws GoJsonException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw GoJson.wrongType(parser, "envelope");
    }
    Fields fields = new Fields();
    boolean coded = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      boolean isNull = parser.nextToken() == JsonToken.VALUE_NULL;
      switch (isNull ? "" : name) {
        case "errCode" -> {
          fields.code = (int) GoJson.integer(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
          coded = true;
        }
        case "errMsg" -> fields.message = GoJson.string(parser);
        case "errDlt" -> fields.detail = GoJson.string(parser);
        case "data" -> {
          Message.Builder data = prototype.newBuilderForType();
          GoJsonReader.readObject(parser, data, ElementCount.unbounded());
          fields.data = data;
        }
        default -> parser.skipChildren();
      }
    }
    if (!coded) {
      throw new GoJsonException("no errCode");
    }
    return fields;
  }
}
