package im.hongyan.kit.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests so that none costs more than it says: headers are bounded in number, since each
 * costs a hundred bytes of heap, and what a read leaves over is kept on the heap at its own length,
 * instead of the whole buffer of that read. While the channel is not read on nothing more is
 * decoded, so that requests behind one that is being answered wait as bytes. Used on the
 * connection's event loop only.
 */
public final class RequestDecoder extends HttpRequestDecoder {
  /** Headers of a request, and as many trailers; a request with more is refused with 431. */
  public static final int MAX_HEADERS = 100;

  /** What a request holds without its headers. */
  private static final int REQUEST_BYTES = 512;

  /** What a header holds beside its letters: an entry, a name and a value. */
  private static final int HEADER_BYTES = 160;

  private final Headers headers;
  private @Nullable ChannelHandlerContext context;
  private byte @Nullable [] rest;
  private boolean bodiless;
  private boolean discards;

  /** Bounds the line, all headers, and each piece of a body, in bytes. */
  public RequestDecoder(int maxLineBytes, int maxHeaderBytes, int maxChunkBytes) {
    Headers counted = new Headers();
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(maxLineBytes)
            .setMaxHeaderSize(maxHeaderBytes)
            .setMaxChunkSize(maxChunkBytes)
            .setHeadersFactory(counted.of(DefaultHttpHeadersFactory.headersFactory()))
            .setTrailersFactory(counted.of(DefaultHttpHeadersFactory.trailersFactory())));
    headers = counted;
  }

  /** Counts the headers of the head, or of the trailers, that were begun last. */
  private static final class Headers {
    private int count;
    private int bytes;
    private boolean unfinished;

    HttpHeadersFactory of(DefaultHttpHeadersFactory rules) {
      return new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
          begin();
          return new Counted(rules);
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
          return newHeaders();
        }
      };
    }

    private void begin() {
      count = 0;
      bytes = REQUEST_BYTES;
      unfinished = true;
    }

    private void add(CharSequence name, Object value) {
      if (++count > MAX_HEADERS) {
        throw new TooLongHttpHeaderException("more than " + MAX_HEADERS + " headers");
      }
      bytes += HEADER_BYTES + name.length() + value.toString().length();
    }

    /** Headers that are counted as they are read. */
    private final class Counted extends DefaultHttpHeaders {
      Counted(DefaultHttpHeadersFactory rules) {
        super(rules.getNameValidator(), rules.getValueValidator());
      }

      @Override
      public HttpHeaders add(CharSequence name, Object value) {
        if (unfinished) {
          Headers.this.add(name, value);
        }
        return super.add(name, value);
      }
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    context = added;
    super.handlerAdded(added);
  }

  /**
   * What comes behind an upgrade is for the decoder that takes this one's place; what is left of a
   * connection that has ended is for nobody.
   */
  @Override
  protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
    byte[] left = rest;
    if (left != null) {
      rest = null;
      if (removed.channel().isActive()) {
        removed.fireChannelRead(Unpooled.wrappedBuffer(left));
        removed.fireChannelReadComplete();
      }
    }
    super.handlerRemoved0(removed);
  }

  @Override
  protected HttpMessage createMessage(String[] line) throws Exception {
    HttpMessage begun = super.createMessage(line);
    bodiless = line[0].equals(HttpMethod.HEAD.name());
    headers.bytes += line[1].length();
    return begun;
  }

  @Override
  protected void decode(ChannelHandlerContext decoding, ByteBuf in, List<Object> out)
      throws Exception {
    if (!decoding.channel().config().isAutoRead()) {
      return;
    }
    if (discards) {
      in.skipBytes(in.readableBytes());
      return;
    }
    super.decode(decoding, in, out);
    if (!out.isEmpty()) {
      headers.unfinished = false;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object message) throws Exception {
    takeUpRest(reading);
    super.channelRead(reading, message);
  }

  private void takeUpRest(ChannelHandlerContext reading) throws Exception {
    byte[] left = rest;
    if (left != null) {
      rest = null;
      super.channelRead(reading, Unpooled.wrappedBuffer(left));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext reading) throws Exception {
    ByteBuf left = internalBuffer();
    if (left.isReadable()) {
      rest = ByteBufUtil.getBytes(left);
      left.skipBytes(left.readableBytes());
      // Lets go of the buffer, in which nothing is left.
      super.channelRead(reading, Unpooled.EMPTY_BUFFER);
    }
    super.channelReadComplete(reading);
  }

  /** Reads the channel on, and throws away what comes. */
  public void discard() {
    discards = true;
    headers.unfinished = false;
    readOn();
  }

  /** Reads the channel on, beginning with what was left. */
  void readOn() {
    ChannelHandlerContext reading = context;
    if (reading == null) {
      return;
    }
    reading.channel().config().setAutoRead(true);
    if (rest == null || reading.isRemoved()) {
      return;
    }
    try {
      takeUpRest(reading);
      channelReadComplete(reading);
    } catch (Exception e) {
      reading.fireExceptionCaught(e);
    }
  }

  /**
   * Heap that is held by the head or trailers which have not come to their end, and by the rest.
   */
  public int unfinishedBytes() {
    byte[] left = rest;
    return (headers.unfinished ? headers.bytes : 0) + (left == null ? 0 : left.length);
  }

  /** Heap that the head which was read last holds as long as somebody has it. */
  public int headBytes() {
    return headers.bytes;
  }

  /** Writes the answers to the requests that are read here. */
  public HttpResponseEncoder newEncoder() {
    return new HttpResponseEncoder() {
      @Override
      protected boolean isContentAlwaysEmpty(HttpResponse answer) {
        return bodiless || super.isContentAlwaysEmpty(answer);
      }
    };
  }
}
