package im.hongyan.client.websocket;

import java.io.IOException;

/**
 * The server answered the upgrade with an ordinary HTTP response; its body says why (websocket.md
 * 1.4).
 */
public final class HandshakeRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String body;

  public HandshakeRefusedException(int status, String body) {
    super("handshake refused with HTTP status " + status + ": " + body);
    this.status = status;
    this.body = body;
  }

  /** HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** Body of the answer, cut after 64 KiB. */
  public String body() {
    return body;
  }
}
