package im.hongyan.kit.http;

import im.hongyan.kit.limit.ByteBudget;
import im.hongyan.kit.net.ClientAddresses;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;

/**
 * How many bytes of bodies a server holds at once, all together and per client's address; this
 * machine counts like any other address. Large bodies have three quarters of it, so that small ones
 * still find room beside clients who hold as many large ones as they can. Safe for use by several
 * threads.
 */
final class BodyBudget {
  /** Up to here a body is small. */
  static final int SMALL_BYTES = 65_536;

  private final ByteBudget<InetAddress> all;
  private final ByteBudget<InetAddress> large;

  /** Creates a budget with the meters of the budgets {@code NAME} and {@code NAME_large}. */
  BodyBudget(String name, HttpMemory memory, MeterRegistry meters) {
    long most = memory.maxUnfinishedBytes();
    long mostPerAddress = memory.maxUnfinishedBytesPerAddress();
    all = new ByteBudget<>(name, most, mostPerAddress, meters);
    large = new ByteBudget<>(name + "_large", forLarge(most), forLarge(mostPerAddress), meters);
  }

  private static long forLarge(long bytes) {
    return bytes / 4 * 3;
  }

  /** A body of a client, with nothing taken yet. */
  Share share(InetAddress client) {
    return new Share(ClientAddresses.subscriber(client));
  }

  /** What one body takes of the budget. For use by one thread at a time. */
  final class Share {
    private final InetAddress client;
    private long taken;
    private long takenLarge;

    private Share(InetAddress client) {
      this.client = client;
    }

    /** Takes more bytes; false, and none of them taken, when they do not fit. */
    boolean take(int bytes) {
      if (bytes == 0) {
        return true;
      }
      long most = taken + bytes;
      long more = most > SMALL_BYTES ? most - takenLarge : 0;
      if (more > 0 && !large.take(client, more)) {
        return false;
      }
      if (!all.take(client, bytes)) {
        if (more > 0) {
          large.give(client, more);
        }
        return false;
      }
      taken += bytes;
      takenLarge += more;
      return true;
    }

    /** Takes more or gives back until so much is taken; false, nothing changed, without room. */
    boolean set(int bytes) {
      if (bytes >= taken) {
        return take(bytes - (int) taken);
      }
      long stillLarge = bytes > SMALL_BYTES ? bytes : 0;
      give(taken - bytes, takenLarge - stillLarge);
      return true;
    }

    private void give(long bytes, long bytesOfLarge) {
      if (bytes > 0) {
        all.give(client, bytes);
      }
      if (bytesOfLarge > 0) {
        large.give(client, bytesOfLarge);
      }
      taken -= bytes;
      takenLarge -= bytesOfLarge;
    }

    /** Gives all of it back. */
    void close() {
      give(taken, takenLarge);
    }
  }
}
