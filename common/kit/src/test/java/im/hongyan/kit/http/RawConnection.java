package im.hongyan.kit.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that writes bytes as they are given and reads one answer after the other. */
public final class RawConnection implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  /** An answer, headers as they came. */
  public record Answer(int status, String headers, byte[] bytes) {
    /** As text. */
    public String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Connects to this machine. */
  public RawConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = socket.getInputStream();
  }

  /** Sends bytes, one for each letter. */
  public RawConnection send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Waits for the next answer. */
  public Answer answer() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended after: " + head);
      }
      head.append((char) next);
    }
    String headers = head.toString();
    String lower = headers.toLowerCase(Locale.ROOT);
    int length = 0;
    int at = lower.indexOf("content-length:");
    if (at >= 0) {
      length = Integer.parseInt(headers.substring(at + 15, headers.indexOf('\r', at)).strip());
    }
    return new Answer(Integer.parseInt(headers.substring(9, 12)), headers, in.readNBytes(length));
  }

  /** Whether bytes of an answer are here already. */
  public boolean hasArrived() {
    try {
      return in.available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the server ends the connection; whether it said anything before. */
  public boolean endsSilently() {
    try {
      return in.read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
