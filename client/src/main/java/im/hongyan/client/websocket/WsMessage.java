package im.hongyan.client.websocket;

/** What arrives on a WebSocket, fragments joined. Arrays are the receiver's own. */
public sealed interface WsMessage {
  /** A binary message. */
  record Binary(byte[] payload) implements WsMessage {}

  /** A text message. */
  record Text(String payload) implements WsMessage {}

  /** A pong control frame. */
  record Pong(byte[] payload) implements WsMessage {}

  /**
   * The end of the connection: the peer's close frame, or 1006 when the stream ended without one.
   *
   * @param code close code, 1005 when the close frame had none
   */
  record Closed(int code, String reason) implements WsMessage {}
}
