package im.hongyan.client.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The opening handshake of RFC 6455, as strict as the native SDK's (websocket.md 1.1). Stateless.
 */
final class Handshake {
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int MAX_BODY_BYTES = 64 * 1024;

  private Handshake() {}

  static void upgrade(URI address, OutputStream out, DataInputStream in) throws IOException {
    byte[] nonce = new byte[16];
    ThreadLocalRandom.current().nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    out.write(request(address, key).getBytes(StandardCharsets.UTF_8));
    String statusLine = line(in);
    Map<String, String> headers = headers(in);
    int status = status(statusLine);
    if (status != 101) {
      throw new HandshakeRefusedException(status, body(headers, in));
    }
    require(headers, "upgrade", "websocket");
    require(headers, "connection", "upgrade");
    if (!accept(key).equals(headers.get("sec-websocket-accept"))) {
      throw new IOException("wrong Sec-WebSocket-Accept");
    }
    if (headers.containsKey("sec-websocket-extensions")) {
      throw new IOException("the server uses an extension that was not offered");
    }
  }

  private static String request(URI address, String key) {
    String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
    return "GET "
        + path
        + query
        + " HTTP/1.1\r\nHost: "
        + address.getRawAuthority()
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
        + "\r\nSec-WebSocket-Key: "
        + key
        + "\r\n\r\n";
  }

  /** The whole value must be the word: native SDKs refuse {@code keep-alive, Upgrade}. */
  private static void require(Map<String, String> headers, String name, String value)
      throws IOException {
    if (!value.equalsIgnoreCase(headers.getOrDefault(name, ""))) {
      throw new IOException("header " + name + " is not " + value + ": " + headers.get(name));
    }
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-1", impossible);
    }
  }

  private static int status(String statusLine) throws IOException {
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("\\d{3}")) {
      throw new IOException("not an HTTP answer: " + statusLine);
    }
    return Integer.parseInt(parts[1]);
  }

  private static Map<String, String> headers(DataInputStream in) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon <= 0 || headers.size() > 100) {
        throw new IOException("bad header: " + line);
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private static String line(DataInputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      if (line.size() >= MAX_HEAD_BYTES) {
        throw new IOException("header line too long");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  private static String body(Map<String, String> headers, DataInputStream in) throws IOException {
    String length = headers.getOrDefault("content-length", "");
    int wanted = length.matches("\\d{1,6}") ? Integer.parseInt(length) : MAX_BODY_BYTES;
    byte[] body = in.readNBytes(Math.min(wanted, MAX_BODY_BYTES));
    return new String(body, StandardCharsets.UTF_8);
  }
}
