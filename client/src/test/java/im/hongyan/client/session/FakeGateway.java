package im.hongyan.client.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.websocket.FakeWsServer;
import im.hongyan.wire.frame.FrameCodec;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's side of one connection, played by a test step by step. One thread reads; frames are
 * sent whole, whoever sends.
 */
public final class FakeGateway {
  private final FakeWsServer.Peer peer;
  private final FrameCodec codec;
  private final boolean gzip;

  /** Plays the gateway for a peer whose handshake is answered. */
  public FakeGateway(FakeWsServer.Peer peer, Encoding encoding) {
    this.peer = peer;
    this.codec = encoding.json() ? new JsonFrameCodec() : new GobFrameCodec();
    this.gzip = encoding.gzip();
  }

  /** Reads the next request. */
  public RequestFrame read() throws IOException, MalformedFrameException {
    byte[] bytes = peer.readBinary();
    return codec.decodeRequest(gzip ? Gzip.inflate(bytes, 1 << 20) : bytes);
  }

  /** Reads a request, expects its id, and returns it. */
  public RequestFrame expect(int reqIdentifier) throws IOException, MalformedFrameException {
    RequestFrame request = read();
    if (request.reqIdentifier() != reqIdentifier) {
      throw new AssertionError("expected " + reqIdentifier + ", got " + request.reqIdentifier());
    }
    return request;
  }

  /** Answers a request with success. */
  public void answer(RequestFrame request, Message payload) throws IOException {
    send(
        new ResponseFrame(
            request.reqIdentifier(),
            request.msgIncr(),
            request.operationID(),
            0,
            "",
            payload.toByteString()));
  }

  /** Answers a request with an error code. */
  public void fail(RequestFrame request, int code, String text) throws IOException {
    send(
        new ResponseFrame(
            request.reqIdentifier(), request.msgIncr(), request.operationID(), code, text, null));
  }

  /** Sends what no request asked for. */
  public void push(int reqIdentifier, @Nullable Message payload) throws IOException {
    ByteString data = payload == null ? null : payload.toByteString();
    send(new ResponseFrame(reqIdentifier, "", "", 0, "", data));
  }

  private synchronized void send(ResponseFrame frame) throws IOException {
    byte[] bytes = codec.encodeResponse(frame);
    peer.binary(gzip ? Gzip.compress(bytes) : bytes);
  }

  /** Ends the connection without a word. */
  public void drop() throws IOException {
    peer.close();
  }
}
