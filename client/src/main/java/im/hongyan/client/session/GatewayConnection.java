package im.hongyan.client.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import im.hongyan.client.websocket.WebSocketClient;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.proto.sdkws.SubUserOnlineStatusTips;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.FrameCodec;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.MessageIds;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection of one user to the gateway: requests with their answers, pushes, heartbeat.
 *
 * <p>Any thread may send requests; a virtual thread of the connection reads, the {@link Heartbeat}
 * pings. Nothing reconnects here: {@link ImSession} does. The owner closes it.
 */
public final class GatewayConnection implements AutoCloseable {
  /** Longest message that official SDKs take. */
  private static final int MAX_MESSAGE_BYTES = 1024 * 1024;

  /** Bound on an inflated message. */
  private static final int MAX_INFLATED_BYTES = 8 * 1024 * 1024;

  /** Native SDKs split messages into frames of this size. */
  private static final int FRAGMENT_BYTES = 4096;

  private final LoginOptions options;
  private final PushListener listener;
  private final WebSocketClient socket;
  private final Heartbeat heartbeat;
  private final FrameCodec codec;
  private final AtomicLong counter = new AtomicLong();
  private final Map<String, CompletableFuture<ResponseFrame>> waiting = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private GatewayConnection(LoginOptions options, PushListener listener, WebSocketClient socket) {
    this.options = options;
    this.listener = listener;
    this.socket = socket;
    this.heartbeat = Heartbeat.start(socket);
    this.codec = options.encoding().json() ? new JsonFrameCodec() : new GobFrameCodec();
  }

  /**
   * Connects and logs in.
   *
   * @throws im.hongyan.client.websocket.HandshakeRefusedException when the gateway refuses, with
   *     the error's JSON as body
   */
  public static GatewayConnection open(LoginOptions options, PushListener listener)
      throws IOException {
    WebSocketClient socket =
        WebSocketClient.connect(
            options.address(MessageIds.next()), options.requestTimeout(), MAX_MESSAGE_BYTES);
    GatewayConnection connection = new GatewayConnection(options, listener, socket);
    Thread.ofVirtual().name("im-read-" + options.userId()).start(connection::readLoop);
    return connection;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws ImException when the answer carries an error code
   * @throws IOException when no answer comes in time or the connection ends
   */
  public <M extends Message> M request(int reqIdentifier, Message payload, Parser<M> answer)
      throws IOException {
    CompletableFuture<M> pending = send(reqIdentifier, payload, answer);
    try {
      return pending.get(options.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new IOException(
          "no answer to " + reqIdentifier + " in " + options.requestTimeout(), late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + reqIdentifier);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof ImException coded) {
        throw coded;
      }
      throw new IOException("request " + reqIdentifier + " failed", failed.getCause());
    }
  }

  /**
   * Sends a request without waiting.
   *
   * @return the answer; fails with {@link ImException} for an error code, with {@link IOException}
   *     when the connection ends first
   */
  public <M extends Message> CompletableFuture<M> send(
      int reqIdentifier, Message payload, Parser<M> answer) throws IOException {
    String msgIncr = options.userId() + "_" + counter.incrementAndGet();
    CompletableFuture<ResponseFrame> pending = new CompletableFuture<>();
    waiting.put(msgIncr, pending);
    if (closed.getCount() == 0) {
      waiting.remove(msgIncr);
      throw new IOException("the connection is closed");
    }
    byte[] envelope =
        codec.encodeRequest(
            new RequestFrame(
                reqIdentifier,
                "",
                options.userId(),
                MessageIds.next(),
                msgIncr,
                payload.toByteString()));
    socket.sendBinary(
        options.encoding().gzip() ? Gzip.compress(envelope) : envelope, FRAGMENT_BYTES);
    return pending
        .thenApply(response -> parse(response, answer))
        .whenComplete((_, _) -> waiting.remove(msgIncr));
  }

  private static <M> M parse(ResponseFrame response, Parser<M> answer) {
    if (response.errCode() != 0) {
      throw new ImException((int) response.errCode(), response.errMsg(), "", null);
    }
    ByteString data = response.data();
    try {
      return answer.parseFrom(data == null ? ByteString.EMPTY : data);
    } catch (InvalidProtocolBufferException bad) {
      throw new IllegalStateException("the answer's payload is not protobuf", bad);
    }
  }

  /** Waits until the connection is over. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /** Whether the connection is still open as far as is known. */
  public boolean isOpen() {
    return closed.getCount() > 0;
  }

  private void readLoop() {
    WsMessage.Closed end = new WsMessage.Closed(1006, "");
    try {
      while (true) {
        WsMessage message = socket.read();
        heartbeat.touch();
        if (message instanceof WsMessage.Closed close) {
          end = close;
          return;
        }
        if (message instanceof WsMessage.Binary binary) {
          dispatch(binary.payload());
        }
      }
    } catch (IOException | MalformedFrameException broken) {
      end = new WsMessage.Closed(1006, String.valueOf(broken.getMessage()));
    } finally {
      finish(end);
    }
  }

  private void finish(WsMessage.Closed end) {
    heartbeat.stop();
    socket.close();
    closed.countDown();
    IOException lost = new IOException("the connection ended: " + end.code() + " " + end.reason());
    waiting.values().forEach(pending -> pending.completeExceptionally(lost));
    listener.onClosed(end.code(), end.reason());
  }

  private void dispatch(byte[] payload) throws MalformedFrameException, IOException {
    byte[] envelope =
        options.encoding().gzip() ? Gzip.inflate(payload, MAX_INFLATED_BYTES) : payload;
    ResponseFrame frame = codec.decodeResponse(envelope);
    ByteString data = frame.data() == null ? ByteString.EMPTY : frame.data();
    CompletableFuture<ResponseFrame> pending = waiting.get(frame.msgIncr());
    switch (frame.reqIdentifier()) {
      case ReqId.PUSH_MSG -> listener.onPush(PushMessages.parseFrom(data));
      case ReqId.KICKED -> listener.onKicked();
      default -> {
        if (pending != null) {
          pending.complete(frame);
        }
        if (frame.reqIdentifier() == ReqId.SUBSCRIBE_STATUS && frame.errCode() == 0) {
          listener.onStatus(SubUserOnlineStatusTips.parseFrom(data));
        }
      }
    }
  }

  /** Ends the connection with close code 1000; the reader sees the end. */
  @Override
  public void close() {
    try {
      socket.sendClose(1000, "");
    } catch (IOException gone) {
      // The connection is already over.
    }
    socket.close();
  }
}
