package im.hongyan.bench.echo;

import com.google.protobuf.ByteString;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.ConversationId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One user of the {@link EchoGateway}: its handshake, then gob and gzip in frames that are not
 * fragmented. Owned by the gateway's thread. What is left of a read waits in a buffer that is there
 * only as long.
 */
final class EchoConnection {
  private static final int MAX_BYTES = 1 << 20;
  private static final int OPCODE_CLOSE = 0x8;
  private static final int OPCODE_PING = 0x9;

  /** One for all, since one thread reads. */
  private static final ThreadLocal<ByteBuffer> SHARED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(64 * 1024));

  private final SocketChannel channel;
  private final GobFrameCodec codec = new GobFrameCodec();
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private @Nullable String userId;

  EchoConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Reads what is there and answers it. */
  void read(Map<String, EchoConnection> online) throws IOException, MalformedFrameException {
    ByteBuffer buffer = SHARED.get().clear();
    int count = channel.read(buffer);
    if (count < 0) {
      throw new EOFException();
    }
    buffer.flip();
    ByteBuffer all = ByteBuffer.allocate(rest.remaining() + buffer.remaining());
    all.put(rest).put(buffer).flip();
    if (userId == null) {
      shakeHands(all, online);
    }
    while (userId != null && nextFrame(all, online)) {}
    rest = all.hasRemaining() ? all.slice() : ByteBuffer.allocate(0);
  }

  private void shakeHands(ByteBuffer all, Map<String, EchoConnection> online) throws IOException {
    String head = StandardCharsets.US_ASCII.decode(all.duplicate()).toString();
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    all.position(all.position() + end + 4);
    String key = head.replaceFirst("(?s).*Sec-WebSocket-Key: ([^\r]*)\r.*", "$1");
    userId = head.replaceFirst("(?s).*[?&]sendID=([^& ]*)[& ].*", "$1");
    online.put(userId, this);
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String accept(String key) {
    try {
      byte[] text =
          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-1", impossible);
    }
  }

  /** Takes a frame when it is there whole. */
  private boolean nextFrame(ByteBuffer all, Map<String, EchoConnection> online)
      throws IOException, MalformedFrameException {
    int start = all.position();
    if (all.remaining() < 6) {
      return false;
    }
    int opcode = all.get() & 0x0f;
    int length = all.get() & 0x7f;
    if (length == 126 && all.remaining() >= 2) {
      length = all.getShort() & 0xffff;
    } else if (length > 125) {
      throw new EOFException("a frame that the echo server does not take");
    }
    if (all.remaining() < 4 + length) {
      all.position(start);
      return false;
    }
    byte[] mask = new byte[4];
    all.get(mask);
    byte[] payload = new byte[length];
    all.get(payload);
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i & 3];
    }
    switch (opcode) {
      case OPCODE_CLOSE -> throw new EOFException();
      case OPCODE_PING -> frame(0x8a, payload);
      default -> answer(codec.decodeRequest(Gzip.inflate(payload, MAX_BYTES)), online);
    }
    return true;
  }

  private void answer(RequestFrame request, Map<String, EchoConnection> online) throws IOException {
    ByteString data = ByteString.EMPTY;
    if (request.reqIdentifier() == ReqId.SEND_MSG) {
      MsgData message = MsgData.parseFrom(request.data());
      data =
          SendMsgResp.newBuilder()
              .setClientMsgID(message.getClientMsgID())
              .setServerMsgID(message.getClientMsgID())
              .build()
              .toByteString();
      EchoConnection receiver = online.get(message.getRecvID());
      if (receiver != null) {
        receiver.push(message);
      }
    }
    send(
        new ResponseFrame(
            request.reqIdentifier(), request.msgIncr(), request.operationID(), 0, "", data));
  }

  private void push(MsgData message) throws IOException {
    String conversation = ConversationId.single(message.getSendID(), message.getRecvID()).value();
    PushMessages push =
        PushMessages.newBuilder()
            .putMsgs(conversation, PullMsgs.newBuilder().addMsgs(message).build())
            .build();
    send(new ResponseFrame(ReqId.PUSH_MSG, "", "", 0, "", push.toByteString()));
  }

  private void send(ResponseFrame response) throws IOException {
    frame(0x82, Gzip.compress(codec.encodeResponse(response)));
  }

  private void frame(int head, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(4 + payload.length);
    frame.put((byte) head);
    if (payload.length < 126) {
      frame.put((byte) payload.length);
    } else {
      frame.put((byte) 126).putShort((short) payload.length);
    }
    write(frame.put(payload).flip());
  }

  /** Spins while the peer does not read, which stops everybody else too. */
  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        Thread.onSpinWait();
      }
    }
  }

  /** Ends the connection. */
  void close(Map<String, EchoConnection> online) {
    if (userId != null) {
      online.remove(userId, this);
    }
    try {
      channel.close();
    } catch (IOException ignored) {
      // Nothing is left to be done.
    }
  }
}
