package im.hongyan.gatewayws.connect;

import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.net.ConnectionGate;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections whose handshake is not answered yet, and what their heads hold, all
 * together and per peer; trusted proxies and this machine are exempt from the second. Where there
 * are too many the oldest whose head is not whole is closed, so that whoever sends a handshake at
 * once gets in. Safe for use by several threads.
 */
public final class HalfOpenLimit {
  /** What heads may hold, for each connection that may be half open. */
  private static final long HEAD_BYTES = 8_192;

  private final ClientAddresses addresses;
  private final int mostPerAddress;
  private final Group all;
  private final Map<InetAddress, Group> perAddress = new HashMap<>();
  private final Counter rejected;
  private final Counter rejectedOfAddress;

  /** The half-open connections of all, or of one address; guarded by the limit. */
  private static final class Group {
    private final int most;
    private final Set<Place> waiting = new LinkedHashSet<>();
    private int size;
    private long bytes;

    Group(int most) {
      this.most = most;
    }

    /** The one to go; null where nothing is over, or all are being answered. */
    @Nullable Place excess(boolean forOneMore) {
      if (size + (forOneMore ? 1 : 0) > most) {
        return waiting.isEmpty() ? null : waiting.iterator().next();
      }
      return bytes > most * HEAD_BYTES ? oldestThatHolds() : null;
    }

    private @Nullable Place oldestThatHolds() {
      for (Place place : waiting) {
        if (place.bytes > 0) {
          return place;
        }
      }
      return null;
    }
  }

  /** One half-open connection. */
  final class Place {
    private final Channel channel;
    private final @Nullable InetAddress address;
    private long bytes;
    private boolean left;

    private Place(Channel channel, @Nullable InetAddress address) {
      this.channel = channel;
      this.address = address;
    }

    /**
     * Notes what its head holds on the heap; closes the oldest that hold some if it is too much.
     */
    void holds(int now) {
      if (now != bytes) {
        change(this, now);
      }
    }

    /** Its head is whole: from now on it is not closed for others. */
    void beginsAnswer() {
      answers(this);
    }

    /** The connection is upgraded, or closed. */
    void leave() {
      remove(this);
    }
  }

  /**
   * Creates the limits {@code ws_half_open} and {@code ws_half_open_per_address}, and the budget
   * {@code ws_heads}.
   */
  public HalfOpenLimit(
      ClientAddresses addresses, int most, int mostPerAddress, MeterRegistry meters) {
    this.addresses = addresses;
    this.mostPerAddress = mostPerAddress;
    all = new Group(most);
    meters.gauge("limit_active", Tags.of("limit", "ws_half_open"), this, HalfOpenLimit::size);
    meters.gauge("budget_bytes", Tags.of("budget", "ws_heads"), this, HalfOpenLimit::bytes);
    meters.gaugeMapSize("limit_keys", Tags.of("limit", "ws_half_open_per_address"), perAddress);
    rejected = meters.counter("limit_rejected", "limit", "ws_half_open");
    rejectedOfAddress = meters.counter("limit_rejected", "limit", "ws_half_open_per_address");
  }

  private synchronized double size() {
    return all.size;
  }

  private synchronized double bytes() {
    return all.bytes;
  }

  /** A place for a connection until it leaves; null where all others are being answered. */
  @Nullable Place enter(Channel channel) {
    InetAddress peer = ConnectionGate.peer(channel);
    InetAddress address = addresses.exempt(peer) ? null : ClientAddresses.subscriber(peer);
    Place place = new Place(channel, address);
    Place oldest;
    synchronized (this) {
      Group own = address == null ? null : groupOf(address);
      Group full = own != null && own.size >= own.most ? own : all;
      oldest = full.excess(true);
      if (oldest == null && full.size >= full.most) {
        (full == all ? rejected : rejectedOfAddress).increment();
        forgetEmpty(address);
        return null;
      }
      if (oldest != null) {
        takeOut(oldest, full);
      }
      add(place);
    }
    close(oldest);
    return place;
  }

  private Group groupOf(InetAddress address) {
    return perAddress.computeIfAbsent(address, _ -> new Group(mostPerAddress));
  }

  private void add(Place place) {
    all.size++;
    all.waiting.add(place);
    if (place.address != null) {
      Group own = groupOf(place.address);
      own.size++;
      own.waiting.add(place);
    }
  }

  private void takeOut(Place oldest, Group full) {
    (full == all ? rejected : rejectedOfAddress).increment();
    remove(oldest);
  }

  private static void close(@Nullable Place place) {
    if (place != null) {
      place.channel.close();
    }
  }

  private void change(Place place, int now) {
    Place ofAddress;
    Place ofAll;
    synchronized (this) {
      if (place.left) {
        return;
      }
      long more = now - place.bytes;
      place.bytes = now;
      all.bytes += more;
      Group own = place.address == null ? null : groupOf(place.address);
      if (own != null) {
        own.bytes += more;
      }
      ofAddress = own == null ? null : own.excess(false);
      if (ofAddress != null && own != null) {
        takeOut(ofAddress, own);
      }
      ofAll = all.excess(false);
      if (ofAll != null) {
        takeOut(ofAll, all);
      }
    }
    close(ofAddress);
    close(ofAll);
  }

  private synchronized void answers(Place place) {
    all.waiting.remove(place);
    if (place.address != null) {
      groupOf(place.address).waiting.remove(place);
      forgetEmpty(place.address);
    }
  }

  private synchronized void remove(Place place) {
    if (place.left) {
      return;
    }
    place.left = true;
    all.size--;
    all.bytes -= place.bytes;
    all.waiting.remove(place);
    if (place.address != null) {
      Group own = groupOf(place.address);
      own.size--;
      own.bytes -= place.bytes;
      own.waiting.remove(place);
      forgetEmpty(place.address);
    }
  }

  private void forgetEmpty(@Nullable InetAddress address) {
    if (address != null && groupOf(address).size == 0) {
      perAddress.remove(address);
    }
  }
}
