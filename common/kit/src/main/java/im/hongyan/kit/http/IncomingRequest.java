package im.hongyan.kit.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A request whose body is arriving. What has arrived is copied at once, so that buffers of sockets
 * are free for the next read. Used on the connection's event loop only.
 */
final class IncomingRequest {
  /** What is known of the headers. */
  enum Admission {
    NOT_ASKED,
    ASKED,
    GIVEN
  }

  /**
   * What a smaller piece of a chunked body counts as, in every bound: its cost is that of its
   * reading.
   */
  private static final int LEAST_PIECE_BYTES = 256;

  private final HttpRequest head;
  private final boolean keepAlive;
  private final long announced;
  private final BodyBudget.Share share;
  private byte[] bytes = new byte[0];
  private int size;

  /** What the pieces of a chunked body count as, which is no less than its size. */
  private int counted;

  private int maxBytes;
  private boolean whole;
  private Admission admission = Admission.NOT_ASKED;

  /**
   * Begins.
   *
   * @param announced length of the body, below 0 where the headers do not say
   * @param maxBytes longer bodies are refused
   */
  IncomingRequest(
      HttpRequest head, boolean keepAlive, long announced, int maxBytes, BodyBudget.Share share) {
    this.head = head;
    this.keepAlive = keepAlive;
    this.announced = announced;
    this.maxBytes = maxBytes;
    this.share = share;
  }

  HttpRequest head() {
    return head;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  Admission admission() {
    return admission;
  }

  void asked() {
    admission = Admission.ASKED;
  }

  /** Lets it have a body of so many bytes, if it could have one as long before. */
  void admitted(int most) {
    admission = Admission.GIVEN;
    maxBytes = Math.min(maxBytes, most);
  }

  /** Whether its body is, or is announced to be, longer than it may be. */
  boolean isTooLong() {
    return Math.max(announced, counted) > maxBytes;
  }

  /** Whether more than a small body is here, or is announced. */
  boolean isLarge() {
    return Math.max(announced, counted) > BodyBudget.SMALL_BYTES;
  }

  /** Counts what its head holds; false where the budget has no room for it. */
  boolean holdHead(int heapBytes) {
    return share.take(heapBytes);
  }

  /** Copies a part of the body; false, and nothing copied, where the budget has no room for it. */
  boolean append(ByteBuf part) {
    int more = part.readableBytes();
    int counts = announced < 0 ? Math.max(more, LEAST_PIECE_BYTES) : more;
    if (!share.take(counts)) {
      return false;
    }
    counted += counts;
    int needed = size + more;
    if (needed > bytes.length) {
      long roomy = Math.max(needed, Math.min(2L * needed, announced < 0 ? maxBytes : announced));
      bytes = Arrays.copyOf(bytes, (int) roomy);
    }
    part.readBytes(bytes, size, more);
    size = needed;
    return true;
  }

  void complete() {
    whole = true;
  }

  boolean isWhole() {
    return whole;
  }

  /** The request with the body that has arrived. */
  HttpRequest request() {
    return head.withBody(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
  }

  /** Gives back what it took of the budget. */
  void close() {
    share.close();
  }
}
