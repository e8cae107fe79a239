package im.hongyan.gatewayws.connection;

import com.google.protobuf.ByteString;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** What one connection may write, given what it was asked and what was pushed to it. */
final class OutboundCheck {
  private static final int PUSH = 2001;
  private static final int KICK = 2002;
  private final FrameEncoding form;
  private final Deque<RequestFrame> asked = new ArrayDeque<>();
  private final Map<String, Long> pushed = new HashMap<>();
  private final Map<String, Long> seen = new HashMap<>();
  private long pushes;

  OutboundCheck(FrameEncoding form) {
    this.form = form;
  }

  /** A request was taken. */
  void expect(RequestFrame request) {
    asked.add(request);
  }

  /** The next push of a key; a newer one may take its place. */
  ResponseFrame push(String key, int length) {
    pushed.put(key, ++pushes);
    return new ResponseFrame(PUSH, "", key, pushes, "", ByteString.copyFrom(new byte[length]));
  }

  /** Checks all that was written; a connection that did not end must have written everything. */
  void check(ByteBuffer written, boolean ended) {
    boolean closed = false;
    while (written.hasRemaining()) {
      InboundProbe.check(!closed, "something is written after a close");
      int head = Byte.toUnsignedInt(written.get());
      byte[] payload = new byte[length(written)];
      InboundProbe.check(payload.length <= written.remaining(), "half a frame");
      written.get(payload);
      switch (head) {
        case 0x81 ->
            InboundProbe.check(
                new String(payload, StandardCharsets.UTF_8)
                    .startsWith("{\"type\":\"pong\",\"body\":"),
                "a text that is no pong");
        case 0x82 -> envelope(payload);
        case 0x88 -> closed = true;
        case 0x89, 0x8a -> InboundProbe.check(payload.length < 126, "a long control frame");
        default -> throw new AssertionError("no frame begins with " + head);
      }
    }
    if (!ended) {
      InboundProbe.check(!closed, "a close without an end");
      InboundProbe.check(asked.isEmpty(), "requests without an answer: " + asked);
      InboundProbe.check(seen.equals(pushed), "the newest push is missing");
    }
  }

  private static int length(ByteBuffer written) {
    int length = Byte.toUnsignedInt(written.get());
    InboundProbe.check(length < 128, "a masked frame");
    if (length == 126) {
      length = Short.toUnsignedInt(written.getShort());
    } else if (length == 127) {
      length = Math.toIntExact(written.getLong());
    }
    InboundProbe.check(length <= FrameLimits.MAX_FRAME_BYTES, "a frame over 1 MiB");
    return length;
  }

  private void envelope(byte[] payload) {
    ResponseFrame frame;
    try {
      byte[] plain = form.gzip() ? Gzip.inflate(payload, 16_777_216) : payload;
      frame = (form.json() ? new JsonFrameCodec() : new GobFrameCodec()).decodeResponse(plain);
    } catch (MalformedFrameException e) {
      throw new AssertionError("an envelope that clients cannot read", e);
    }
    if (frame.reqIdentifier() == PUSH) {
      Long last = seen.put(frame.operationID(), frame.errCode());
      InboundProbe.check(last == null || last < frame.errCode(), "pushes out of order");
    } else if (frame.reqIdentifier() != KICK) {
      RequestFrame request = asked.poll();
      InboundProbe.check(
          request != null
              && request.reqIdentifier() == frame.reqIdentifier()
              && request.msgIncr().equals(frame.msgIncr()),
          "an answer to nothing that was asked: " + frame + ", " + request);
    }
  }
}
