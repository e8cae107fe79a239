package im.hongyan.gatewayws.connection;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one connection holds of the {@link WaitingBytes}. Exists only while it holds more than a
 * little, so that a connection which is idle, or asks and reads as SDKs do, costs nothing here.
 * Lives in the event loop.
 */
final class HeldBytes {
  /** Of each kind so much is free: small requests and answers are never refused for others. */
  static final int FREE_BYTES = 4_096;

  /** What is counted. */
  enum Kind {
    /** The bytes of a message that has not come to its end. */
    RECEIVING,
    /** Requests that wait for the one before them. */
    QUEUED,
    /** The request that is being answered, inflated. */
    ANSWERING,
    /** What the client has not taken yet. */
    SENDING
  }

  private final WaitingBytes budget;
  private final String user;
  private final @Nullable InetAddress address;
  private final Map<Kind, Long> bytesOf = new EnumMap<>(Kind.class);
  private long taken;

  HeldBytes(WaitingBytes budget, String user, @Nullable InetAddress address) {
    this.budget = budget;
    this.user = user;
    this.address = address;
  }

  /**
   * Notes how much of a kind is held now; false, and nothing noted, when the budget has no room.
   */
  boolean set(Kind kind, long bytes) {
    long before = bytesOf.getOrDefault(kind, 0L);
    long now = bytes <= FREE_BYTES ? 0 : bytes;
    if (now > before && !budget.take(user, address, now - before)) {
      return false;
    }
    if (now < before) {
      budget.give(user, address, before - now);
    }
    bytesOf.put(kind, now);
    taken += now - before;
    return true;
  }

  /** Whether nothing is held, so that this may be dropped. */
  boolean isEmpty() {
    return taken == 0;
  }

  /** Returns everything. */
  void release() {
    for (Kind kind : Kind.values()) {
      set(kind, 0);
    }
  }
}
