package im.hongyan.kit.net;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.OutOfDirectMemoryError;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives the sockets of one edge their buffers, from arenas of its own and within a bound of its
 * own. Whatever clients do, stores, Kafka and gRPC keep theirs. Safe for use by several threads;
 * never closed, since its arenas go with its last buffer.
 *
 * <p>Beyond the bound an allocation throws {@link ExhaustedException}. Netty hands it to {@code
 * exceptionCaught} or to the promise of a write; whoever gets it closes that connection. The bound
 * is kept to within a megabyte and a chunk for each arena, since the arenas are measured by and by
 * rather than at each allocation.
 */
public final class EdgeAllocator extends PooledByteBufAllocator {
  private static final int PAGE_BYTES = 8_192;
  private static final int MAX_ORDER = 9;
  private static final int LEAST_CHUNKS = 8;
  private static final int MOST_STEPS = 64;
  private static final long MAX_STEP_BYTES = 1L << 20;

  /** No memory for this edge: the connection that asked must be closed. Without a stack. */
  public static final class ExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExhaustedException(String edge) {
      super("no memory is left for buffers of " + edge, null, false, false);
    }
  }

  private final String edge;
  private final long maxBytes;
  private final long stepBytes;
  private final AtomicLong sinceMeasured = new AtomicLong();
  private final Counter rejected;

  /**
   * Creates an allocator with the meters {@code edge_buffer_bytes} and {@code
   * edge_buffer_rejected}.
   *
   * @param edge its name in meters, such as http
   * @param maxBytes of direct memory that its arenas may hold
   * @param loops event loops that allocate; each gets an arena
   */
  public EdgeAllocator(String edge, long maxBytes, int loops, MeterRegistry meters) {
    super(true, 0, loops, PAGE_BYTES, order(maxBytes, loops), 256, 64, false);
    this.edge = edge;
    this.maxBytes = maxBytes;
    stepBytes = Math.min(MAX_STEP_BYTES, maxBytes / MOST_STEPS);
    meters.gauge("edge_buffer_bytes", Tags.of("edge", edge), this, EdgeAllocator::usedBytes);
    rejected = meters.counter("edge_buffer_rejected", "edge", edge);
  }

  /** Chunks so small that each arena has several within the bound. */
  private static int order(long maxBytes, int loops) {
    long pages = maxBytes / loops / LEAST_CHUNKS / PAGE_BYTES;
    return Math.max(0, Math.min(MAX_ORDER, 63 - Long.numberOfLeadingZeros(Math.max(1, pages))));
  }

  /** Direct memory that the arenas hold, whether buffers use it or not. */
  public long usedBytes() {
    return metric().usedDirectMemory();
  }

  /**
   * Allocates a buffer.
   *
   * @throws ExhaustedException when this edge, or the process, has no direct memory left
   */
  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    if (sinceMeasured.addAndGet(initialCapacity) >= stepBytes && isExhausted(initialCapacity)) {
      throw exhausted();
    }
    try {
      return super.newDirectBuffer(initialCapacity, maxCapacity);
    } catch (OutOfDirectMemoryError none) {
      throw exhausted();
    }
  }

  /**
   * Whether the arenas are at their bound. Half of what they hold may be free, in pieces: then a
   * buffer that fits into a chunk is given, else a few long-lived buffers could shut the edge.
   */
  private boolean isExhausted(int bytes) {
    boolean ownChunk = bytes > metric().chunkSize();
    if (usedBytes() + (ownChunk ? bytes : 0) <= maxBytes) {
      sinceMeasured.set(0);
      return false;
    }
    return ownChunk || pinnedDirectMemory() > maxBytes / 2;
  }

  private ExhaustedException exhausted() {
    rejected.increment();
    return new ExhaustedException(edge);
  }
}
