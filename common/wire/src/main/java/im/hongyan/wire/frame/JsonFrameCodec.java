package im.hongyan.wire.frame;

import com.google.protobuf.ByteString;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.json.GoJson;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.JsonBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The envelopes in JSON, for clients that ask for {@code sdkType=js} (websocket.md 2.2 and 2.3).
 */
public final class JsonFrameCodec implements FrameCodec {
  private static final int FRAME_OVERHEAD_BYTES = 200;

  private static final List<String> REQUEST =
      List.of("reqIdentifier", "token", "sendID", "operationID", "msgIncr", "data");
  private static final List<String> RESPONSE =
      List.of("reqIdentifier", "msgIncr", "operationID", "errCode", "errMsg", "data");

  /** Values by the index of their key; {@code numbers} and {@code texts} share the indexes. */
  private static final class Values {
    private final long[] numbers = new long[6];
    private final String[] texts = {"", "", "", "", "", ""};
    private @Nullable ByteString data;
  }

  @Override
  public byte[] encodeRequest(RequestFrame frame) {
    return end(
        begin(frame.reqIdentifier(), frame.data())
            .raw(JsonBuffer.ascii(",\"token\":"))
            .string(frame.token())
            .raw(JsonBuffer.ascii(",\"sendID\":"))
            .string(frame.sendID())
            .raw(JsonBuffer.ascii(",\"operationID\":"))
            .string(frame.operationID())
            .raw(JsonBuffer.ascii(",\"msgIncr\":"))
            .string(frame.msgIncr()),
        frame.data().isEmpty() ? null : frame.data());
  }

  @Override
  public RequestFrame decodeRequest(byte[] bytes) throws MalformedFrameException {
    Values values = decode(bytes, REQUEST, -1);
    ByteString data = values.data;
    return new RequestFrame(
        (int) values.numbers[0],
        values.texts[1],
        values.texts[2],
        values.texts[3],
        values.texts[4],
        data == null ? ByteString.EMPTY : data);
  }

  @Override
  public byte[] encodeResponse(ResponseFrame frame) {
    return end(
        begin(frame.reqIdentifier(), frame.data())
            .raw(JsonBuffer.ascii(",\"msgIncr\":"))
            .string(frame.msgIncr())
            .raw(JsonBuffer.ascii(",\"operationID\":"))
            .string(frame.operationID())
            .raw(JsonBuffer.ascii(",\"errCode\":"))
            .number(frame.errCode())
            .raw(JsonBuffer.ascii(",\"errMsg\":"))
            .string(frame.errMsg()),
        frame.data());
  }

  @Override
  public ResponseFrame decodeResponse(byte[] bytes) throws MalformedFrameException {
    Values values = decode(bytes, RESPONSE, 3);
    return new ResponseFrame(
        (int) values.numbers[0],
        values.texts[1],
        values.texts[2],
        values.numbers[3],
        values.texts[4],
        values.data);
  }

  private static JsonBuffer begin(int reqIdentifier, @Nullable ByteString data) {
    int payload = data == null ? 0 : data.size() * 4 / 3;
    return new JsonBuffer(FRAME_OVERHEAD_BYTES + payload)
        .raw(JsonBuffer.ascii("{\"reqIdentifier\":"))
        .number(reqIdentifier);
  }

  private static byte[] end(JsonBuffer out, @Nullable ByteString data) {
    out.raw(JsonBuffer.ascii(",\"data\":"));
    if (data == null) {
      out.nothing();
    } else {
      out.base64(data.toByteArray());
    }
    return out.raw('}').toByteArray();
  }

  private static Values decode(byte[] bytes, List<String> keys, int wideNumber)
      throws MalformedFrameException {
    try {
      return GoJson.parse(bytes, parser -> read(parser, keys, wideNumber));
    } catch (GoJsonException refused) {
      throw new MalformedFrameException("json: " + refused.getMessage());
    }
  }

  private static Values read(JsonParser parser, List<String> keys, int wideNumber)
      throws GoJsonException {
    Values values = new Values();
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return values;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new GoJsonException("the envelope is no object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int index = indexOf(keys, parser.currentName());
      boolean isNull = parser.nextToken() == JsonToken.VALUE_NULL;
      if (index < 0 || (isNull && index != 5)) {
        parser.skipChildren();
      } else if (index == 5) {
        values.data = isNull ? null : GoJson.bytes(parser);
      } else if (index == 0) {
        values.numbers[0] = GoJson.integer(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
      } else if (index == wideNumber) {
        values.numbers[index] = GoJson.integer(parser, Long.MIN_VALUE, Long.MAX_VALUE);
      } else {
        values.texts[index] = GoJson.string(parser);
      }
    }
    return values;
  }

  private static int indexOf(List<String> keys, String name) {
    int exact = keys.indexOf(name);
    if (exact >= 0) {
      return exact;
    }
    String folded = GoJson.fold(name);
    for (int i = 0; i < keys.size(); i++) {
      if (GoJson.fold(keys.get(i)).equals(folded)) {
        return i;
      }
    }
    return -1;
  }
}
