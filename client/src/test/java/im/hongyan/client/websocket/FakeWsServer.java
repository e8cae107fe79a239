package im.hongyan.client.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A WebSocket server for tests, on loopback and a free port: accepts connections and hands each,
 * after the handshake, to whoever takes it. What it sends is up to the test, so that it can also be
 * wrong.
 */
public final class FakeWsServer implements AutoCloseable {
  /** A frame from the client, unmasked. */
  public record Frame(boolean fin, int opcode, byte[] payload) {}

  /** One accepted connection. */
  public static final class Peer implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final String requestLine;

    private Peer(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      this.in = new DataInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
      this.requestLine = readLine();
    }

    /** The request line of the handshake. */
    public String requestLine() {
      return requestLine;
    }

    /** Answers the handshake as a good server does, with further header lines. */
    public Peer upgrade(String... moreHeaders) throws IOException {
      return upgradeWith("Upgrade: websocket\r\nConnection: Upgrade", moreHeaders);
    }

    /** Answers the handshake with these upgrade headers. */
    public Peer upgradeWith(String upgradeHeaders, String... moreHeaders) throws IOException {
      String key = "";
      for (String line = readLine(); !line.isEmpty(); line = readLine()) {
        if (line.startsWith("Sec-WebSocket-Key: ")) {
          key = line.substring("Sec-WebSocket-Key: ".length());
        }
      }
      StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
      answer.append(upgradeHeaders).append("\r\nSec-WebSocket-Accept: ").append(accept(key));
      for (String header : moreHeaders) {
        answer.append("\r\n").append(header);
      }
      return raw(answer.append("\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Answers the handshake with an ordinary HTTP response. */
    public Peer refuse(int status, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      String head = "HTTP/1.1 " + status + " X\r\nContent-Length: " + bytes.length + "\r\n\r\n";
      return raw(head.getBytes(StandardCharsets.UTF_8)).raw(bytes);
    }

    /** Sends bytes as they are. */
    public Peer raw(byte[] bytes) throws IOException {
      out.write(bytes);
      return this;
    }

    /** Sends a frame; {@code head} holds the FIN bit and the opcode. */
    public Peer frame(int head, byte[] payload) throws IOException {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(head);
      if (payload.length < 126) {
        frame.write(payload.length);
      } else if (payload.length < 65_536) {
        frame.write(126);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
      } else {
        frame.write(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) payload.length >>> shift));
        }
      }
      frame.write(payload);
      return raw(frame.toByteArray());
    }

    /** Sends a binary message. */
    public Peer binary(byte[] payload) throws IOException {
      return frame(0x82, payload);
    }

    /** Reads the next frame. */
    public Frame read() throws IOException {
      int head = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      if ((second & 0x80) == 0) {
        throw new IOException("a client must mask its frames");
      }
      long length = second & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes((int) length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i & 3];
      }
      return new Frame((head & 0x80) != 0, head & 0x0f, payload);
    }

    /** Reads the next binary message, fragments joined; control frames are passed over. */
    public byte[] readBinary() throws IOException {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      while (true) {
        Frame frame = read();
        if (frame.opcode() == 0x8) {
          throw new IOException("the client closed");
        }
        if (frame.opcode() < 0x8) {
          message.write(frame.payload());
          if (frame.fin()) {
            return message.toByteArray();
          }
        }
      }
    }

    private String readLine() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
        line.write(b);
      }
      return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    private static String accept(String key) {
      try {
        byte[] text =
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
      } catch (NoSuchAlgorithmException impossible) {
        throw new LinkageError("no SHA-1", impossible);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private final ServerSocket server;
  private final BlockingQueue<Peer> accepted = new LinkedBlockingQueue<>();
  private final List<Peer> all = new ArrayList<>();

  /** Starts listening. */
  public FakeWsServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::acceptLoop);
  }

  private void acceptLoop() {
    try {
      while (true) {
        Peer peer = new Peer(server.accept());
        synchronized (all) {
          all.add(peer);
        }
        accepted.add(peer);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  /** The next connection, before its handshake is answered. */
  public Peer accept() throws InterruptedException {
    return accepted.take();
  }

  /** Address of the server. */
  public URI address() {
    return URI.create("ws://127.0.0.1:" + server.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (all) {
      for (Peer peer : all) {
        peer.close();
      }
    }
  }
}
