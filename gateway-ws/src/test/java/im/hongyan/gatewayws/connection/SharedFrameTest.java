package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.wire.frame.ResponseFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves websocket.md 10.3, row 1: an envelope is encoded once per form, and freed with its last.
 */
class SharedFrameTest {
  private static final ResponseFrame PUSH =
      new ResponseFrame(2001, "", "op", 0, "", ByteString.copyFromUtf8("payload"));

  @Test
  void connectionsOfAFormShareOneBuffer() {
    List<ByteBuf> handedOut = new ArrayList<>();
    try (SharedFrame shared = new SharedFrame(PUSH)) {
      for (boolean json : new boolean[] {false, true}) {
        for (boolean gzip : new boolean[] {false, true}) {
          FrameEncoding form = FrameEncoding.of(json, gzip);
          ByteBuf one = shared.in(form, ByteBufAllocator.DEFAULT);
          ByteBuf two = shared.in(form, ByteBufAllocator.DEFAULT);
          handedOut.add(one);
          handedOut.add(two);
          // Not by object: the leak detector wraps one buffer in a hundred.
          assertThat(two.memoryAddress()).isEqualTo(one.memoryAddress());
          assertThat(ByteBufUtil.getBytes(one))
              .as("a whole frame: binary, one length byte, the envelope")
              .endsWith(form.encode(PUSH))
              .startsWith(0x82);
        }
      }
      assertThat(handedOut.stream().map(ByteBuf::memoryAddress).distinct()).hasSize(4);
    }
    assertThat(handedOut).allSatisfy(frame -> assertThat(frame.refCnt()).isEqualTo(2));
    handedOut.forEach(ByteBuf::release);
    assertThat(handedOut).allSatisfy(frame -> assertThat(frame.refCnt()).isZero());
  }

  @Test
  void readingOneDoesNotMoveTheOther() {
    try (SharedFrame shared = new SharedFrame(PUSH)) {
      ByteBuf one = shared.in(FrameEncoding.of(false, false), ByteBufAllocator.DEFAULT);
      ByteBuf two = shared.in(FrameEncoding.of(false, false), ByteBufAllocator.DEFAULT);
      int whole = one.readableBytes();
      one.skipBytes(whole);
      assertThat(two.readableBytes()).isEqualTo(whole);
      one.release();
      two.release();
    }
  }
}
