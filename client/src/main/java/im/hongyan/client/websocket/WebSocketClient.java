package im.hongyan.client.websocket;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocketFactory;

/**
 * One WebSocket connection, blocking: cheap on virtual threads, and open to what tests and official
 * clients do on purpose (fragments of a chosen size, pings with a payload, text frames).
 *
 * <p>One thread reads; any number of threads write, each frame whole. Pings are answered while
 * reading. {@link #close} may be called by anybody and makes the reader see the end.
 *
 * <p>Implements websocket.md 1.1 and 2 from the client's side. No extensions are offered.
 */
public final class WebSocketClient implements AutoCloseable {
  private static final int OPCODE_CONTINUATION = 0x0;
  private static final int OPCODE_TEXT = 0x1;
  private static final int OPCODE_BINARY = 0x2;
  private static final int OPCODE_CLOSE = 0x8;
  private static final int OPCODE_PING = 0x9;
  private static final int OPCODE_PONG = 0xA;
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int CODE_ABNORMAL = 1006;
  private static final int CODE_NONE = 1005;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final int maxMessageBytes;
  private final ReentrantLock writing = new ReentrantLock();

  private WebSocketClient(Socket socket, DataInputStream in, int maxMessageBytes)
      throws IOException {
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * Connects and upgrades.
   *
   * @param address {@code ws://} or {@code wss://}, query included
   * @param timeout for the connect and for each read of the handshake
   * @param maxMessageBytes longest message that is taken; a longer one ends the connection
   * @throws HandshakeRefusedException when the server answers anything but 101
   * @throws IOException when it cannot be reached or breaks the protocol
   */
  public static WebSocketClient connect(URI address, Duration timeout, int maxMessageBytes)
      throws IOException {
    Socket socket = open(address, timeout);
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 2048));
      Handshake.upgrade(address, socket.getOutputStream(), in);
      socket.setSoTimeout(0);
      return new WebSocketClient(socket, in, maxMessageBytes);
    } catch (IOException | RuntimeException failed) {
      socket.close();
      throw failed;
    }
  }

  private static Socket open(URI address, Duration timeout) throws IOException {
    boolean secure = "wss".equals(address.getScheme());
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    Socket plain = new Socket();
    plain.connect(
        new InetSocketAddress(address.getHost(), port), Math.toIntExact(timeout.toMillis()));
    return secure
        ? ((SSLSocketFactory) SSLSocketFactory.getDefault())
            .createSocket(plain, address.getHost(), port, true)
        : plain;
  }

  /**
   * Sets how long {@link #read} waits for the next byte; zero waits without end. A read that waits
   * longer throws {@link java.net.SocketTimeoutException}.
   */
  public void readTimeout(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
  }

  /** Sends a binary message in one frame. */
  public void sendBinary(byte[] payload) throws IOException {
    writeFrame(FIN | OPCODE_BINARY, payload, 0, payload.length);
  }

  /** Sends a binary message in frames of at most {@code fragmentBytes}, as native SDKs do. */
  public void sendBinary(byte[] payload, int fragmentBytes) throws IOException {
    writing.lock();
    try {
      int sent = 0;
      do {
        int length = Math.min(fragmentBytes, payload.length - sent);
        int opcode = sent == 0 ? OPCODE_BINARY : OPCODE_CONTINUATION;
        int fin = sent + length == payload.length ? FIN : 0;
        writeFrame(fin | opcode, payload, sent, length);
        sent += length;
      } while (sent < payload.length);
    } finally {
      writing.unlock();
    }
  }

  /** Sends a text message. */
  public void sendText(String payload) throws IOException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    writeFrame(FIN | OPCODE_TEXT, bytes, 0, bytes.length);
  }

  /** Sends a ping of at most 125 bytes. */
  public void sendPing(byte[] payload) throws IOException {
    writeFrame(FIN | OPCODE_PING, payload, 0, payload.length);
  }

  /** Sends a close frame; the connection ends when the peer answers or {@link #close} is called. */
  public void sendClose(int code, String reason) throws IOException {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    writeFrame(FIN | OPCODE_CLOSE, payload, 0, payload.length);
  }

  /** Waits for the next message. After {@link WsMessage.Closed} the connection is over. */
  public WsMessage read() throws IOException {
    try {
      return readMessage();
    } catch (EOFException end) {
      return new WsMessage.Closed(CODE_ABNORMAL, "");
    }
  }

  private WsMessage readMessage() throws IOException {
    ByteArrayOutputStream fragments = null;
    int messageOpcode = OPCODE_CONTINUATION;
    while (true) {
      int head = in.readUnsignedByte();
      int opcode = head & 0x0f;
      boolean fin = (head & FIN) != 0;
      byte[] payload = readPayload(fragments == null ? 0 : fragments.size());
      switch (opcode) {
        case OPCODE_PING -> writeFrame(FIN | OPCODE_PONG, payload, 0, payload.length);
        case OPCODE_PONG -> {
          return new WsMessage.Pong(payload);
        }
        case OPCODE_CLOSE -> {
          return closed(payload);
        }
        case OPCODE_TEXT, OPCODE_BINARY, OPCODE_CONTINUATION -> {
          if ((opcode == OPCODE_CONTINUATION) == (fragments == null)) {
            throw new IOException("fragments out of order");
          }
          messageOpcode = opcode == OPCODE_CONTINUATION ? messageOpcode : opcode;
          if (fin && fragments == null) {
            return message(messageOpcode, payload);
          }
          fragments = fragments == null ? new ByteArrayOutputStream() : fragments;
          fragments.write(payload);
          if (fin) {
            return message(messageOpcode, fragments.toByteArray());
          }
        }
        default -> throw new IOException("unknown opcode " + opcode);
      }
    }
  }

  private static WsMessage message(int opcode, byte[] payload) {
    return opcode == OPCODE_TEXT
        ? new WsMessage.Text(new String(payload, StandardCharsets.UTF_8))
        : new WsMessage.Binary(payload);
  }

  private static WsMessage closed(byte[] payload) {
    if (payload.length < 2) {
      return new WsMessage.Closed(CODE_NONE, "");
    }
    int code = (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    return new WsMessage.Closed(
        code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
  }

  private byte[] readPayload(int alreadyRead) throws IOException {
    int second = in.readUnsignedByte();
    if ((second & MASKED) != 0) {
      throw new IOException("the server masked a frame");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length < 0 || length + alreadyRead > maxMessageBytes) {
      throw new IOException("message over the limit of " + maxMessageBytes + " bytes");
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return payload;
  }

  private void writeFrame(int head, byte[] payload, int offset, int length) throws IOException {
    int lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    byte[] frame = new byte[2 + lengthBytes + 4 + length];
    frame[0] = (byte) head;
    frame[1] = (byte) (MASKED | (lengthBytes == 0 ? length : lengthBytes == 2 ? 126 : 127));
    for (int i = 0; i < lengthBytes; i++) {
      frame[2 + i] = (byte) ((long) length >>> (8 * (lengthBytes - 1 - i)));
    }
    int mask = ThreadLocalRandom.current().nextInt();
    int at = 2 + lengthBytes;
    for (int i = 0; i < 4; i++) {
      frame[at + i] = (byte) (mask >>> (24 - 8 * i));
    }
    for (int i = 0; i < length; i++) {
      frame[at + 4 + i] = (byte) (payload[offset + i] ^ frame[at + (i & 3)]);
    }
    writing.lock();
    try {
      out.write(frame);
    } finally {
      writing.unlock();
    }
  }

  /** Drops the connection without a close frame. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // Nothing is left to be done for a socket that cannot even be closed.
    }
  }
}
