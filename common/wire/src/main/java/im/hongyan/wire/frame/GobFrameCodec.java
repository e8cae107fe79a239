package im.hongyan.wire.frame;

import com.google.protobuf.ByteString;
import im.hongyan.wire.gob.GobStruct;
import im.hongyan.wire.gob.GobStruct.Field;
import im.hongyan.wire.gob.GobStruct.Kind;
import im.hongyan.wire.gob.GobStruct.Values;
import im.hongyan.wire.gob.MalformedFrameException;
import java.util.List;

/** The envelopes in Go's gob, which all official SDKs speak (websocket.md 3.5 to 3.7). */
public final class GobFrameCodec implements FrameCodec {
  private static final int DEFAULT_TYPE_ID = 65;
  private static final int FRAME_OVERHEAD_BYTES = 64;

  private static final Field REQ_IDENTIFIER = new Field("ReqIdentifier", Kind.INT);
  private static final Field OPERATION_ID = new Field("OperationID", Kind.STRING);
  private static final Field MSG_INCR = new Field("MsgIncr", Kind.STRING);
  private static final Field ERR_CODE = new Field("ErrCode", Kind.INT);
  private static final Field ERR_MSG = new Field("ErrMsg", Kind.STRING);
  private static final Field DATA = new Field("Data", Kind.BYTES);

  private static final List<Field> REQUEST =
      List.of(
          REQ_IDENTIFIER,
          new Field("Token", Kind.STRING),
          new Field("SendID", Kind.STRING),
          OPERATION_ID,
          MSG_INCR,
          DATA);
  private static final List<Field> RESPONSE =
      List.of(REQ_IDENTIFIER, MSG_INCR, OPERATION_ID, ERR_CODE, ERR_MSG, DATA);

  private final GobStruct request;
  private final GobStruct response;

  /** Frames of this side use type id 65. */
  public GobFrameCodec() {
    this(DEFAULT_TYPE_ID);
  }

  /** Frames of this side use this type id, at least 64. */
  public GobFrameCodec(int typeId) {
    request = GobStruct.of("GeneralWsReq", typeId, REQUEST);
    response = GobStruct.of("Resp", typeId, RESPONSE);
  }

  @Override
  public byte[] encodeRequest(RequestFrame frame) {
    return request
        .encoder(frame.data().size() + 2 * FRAME_OVERHEAD_BYTES)
        .number(0, frame.reqIdentifier())
        .text(1, frame.token())
        .text(2, frame.sendID())
        .text(3, frame.operationID())
        .text(4, frame.msgIncr())
        .bytes(5, frame.data())
        .frame();
  }

  @Override
  public RequestFrame decodeRequest(byte[] bytes) throws MalformedFrameException {
    Values values = request.decode(bytes);
    ByteString data = values.bytes(5);
    return new RequestFrame(
        int32(values.number(0)),
        values.text(1),
        values.text(2),
        values.text(3),
        values.text(4),
        data == null ? ByteString.EMPTY : data);
  }

  @Override
  public byte[] encodeResponse(ResponseFrame frame) {
    ByteString data = frame.data();
    return response
        .encoder((data == null ? 0 : data.size()) + 2 * FRAME_OVERHEAD_BYTES)
        .number(0, frame.reqIdentifier())
        .text(1, frame.msgIncr())
        .text(2, frame.operationID())
        .number(3, frame.errCode())
        .text(4, frame.errMsg())
        .bytes(5, data)
        .frame();
  }

  /**
   * Decodes an answer; gob does not distinguish absent data from empty data, both come back as
   * null.
   */
  @Override
  public ResponseFrame decodeResponse(byte[] bytes) throws MalformedFrameException {
    Values values = response.decode(bytes);
    ByteString data = values.bytes(5);
    return new ResponseFrame(
        int32(values.number(0)),
        values.text(1),
        values.text(2),
        values.number(3),
        values.text(4),
        data == null || data.isEmpty() ? null : data);
  }

  private static int int32(long value) throws MalformedFrameException {
    if (value != (int) value) {
      throw new MalformedFrameException("gob: ReqIdentifier is out of range");
    }
    return (int) value;
  }
}
