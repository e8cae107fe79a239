package im.hongyan.gatewayhttp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.limit.RateLimit;
import im.hongyan.kit.net.ClientAddresses;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.net.InetAddress;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Bounds how many requests a second come from one user, and from one address without a valid token
 * (rest-account.md 0.11; what the peer limits by load, we limit by who asks). A request of an
 * address is taken before its token is looked at and given back once it may go on, so that many
 * users behind one address do not share its bucket. Remembers those who asked last: a bucket that
 * is forgotten has long been full, or makes room for others. Safe for use by several threads.
 */
final class RequestRates {
  private static final int MAX_KEYS = 50_000;
  private static final int BURST_SECONDS = 5;

  /**
   * Requests a second in the long run; at once five times as many.
   *
   * @param perUser of one user
   * @param perAdmin of one app administrator, such as an app server
   * @param perAddress of one address, without a valid token
   */
  record Rates(int perUser, int perAdmin, int perAddress) {
    private static final int MOST = 100_000;

    /**
     * Reads them.
     *
     * @throws ConfigException when one is out of bounds
     */
    static Rates from(Settings settings, String section) {
      return new Rates(
          settings.number(section + ".requestsPerSecondPerUser", 100, 1, MOST),
          settings.number(section + ".requestsPerSecondPerAdmin", 5_000, 1, MOST),
          settings.number(section + ".requestsPerSecondPerAddress", 500, 1, MOST));
    }
  }

  private final ClientAddresses clients;
  private final Set<String> admins;
  private final Buckets<String> users;
  private final Buckets<String> adminUsers;
  private final Buckets<InetAddress> addresses;

  /** Bounds by the rates of the moment and by the clock of {@link System#nanoTime}. */
  RequestRates(
      ClientAddresses clients, Set<String> admins, Supplier<Rates> rates, MeterRegistry meters) {
    this(clients, admins, rates, meters, System::nanoTime);
  }

  RequestRates(
      ClientAddresses clients,
      Set<String> admins,
      Supplier<Rates> rates,
      MeterRegistry meters,
      LongSupplier nanos) {
    this.clients = clients;
    this.admins = Set.copyOf(admins);
    users = new Buckets<>("http_rate_per_user", () -> rates.get().perUser(), meters, nanos);
    adminUsers = new Buckets<>("http_rate_per_admin", () -> rates.get().perAdmin(), meters, nanos);
    addresses =
        new Buckets<>("http_rate_per_address", () -> rates.get().perAddress(), meters, nanos);
  }

  /**
   * Counts a request for its address.
   *
   * @throws TooManyRequestsException when the address has none left
   */
  void takeOfAddress(HttpRequest call) {
    if (!clients.exempt(call.client())) {
      addresses.take(ClientAddresses.subscriber(call.client()));
    }
  }

  /** Gives back what a request took, since it is its user's. */
  void giveBackToAddress(HttpRequest call) {
    if (!clients.exempt(call.client())) {
      addresses.giveBack(ClientAddresses.subscriber(call.client()));
    }
  }

  /**
   * Counts a request for its user.
   *
   * @throws TooManyRequestsException when the user has none left
   */
  void takeOfUser(HttpRequest call, String userId) {
    if (!isFromThisMachine(call)) {
      (admins.contains(userId) ? adminUsers : users).take(userId);
    }
  }

  /** Not what a proxy on this machine passes on: that names somebody it passes it on for. */
  private static boolean isFromThisMachine(HttpRequest call) {
    return call.client().isLoopbackAddress()
        && !call.headers().contains("X-Forwarded-For")
        && !call.headers().contains("Forwarded");
  }

  /** A bucket for each key that asked last. */
  private static final class Buckets<K> {
    private final Supplier<RateLimit.Rate> rate;
    private final IntSupplier perSecond;
    private final LongSupplier nanos;
    private final Cache<K, RateLimit> left =
        Caffeine.newBuilder().maximumSize(MAX_KEYS).executor(Runnable::run).build();

    private final Counter rejected;

    Buckets(String name, IntSupplier perSecond, MeterRegistry meters, LongSupplier nanos) {
      this.perSecond = perSecond;
      this.nanos = nanos;
      rate =
          () -> {
            int now = perSecond.getAsInt();
            return RateLimit.Rate.perSecond(now, now * BURST_SECONDS);
          };
      rejected = meters.counter("limit_rejected", "limit", name);
      meters.gauge("limit_keys", Tags.of("limit", name), left, Cache::estimatedSize);
    }

    void take(K key) {
      long now = nanos.getAsLong();
      RateLimit bucket = left.get(key, _ -> new RateLimit(rate, now));
      long wait;
      synchronized (bucket) {
        if (bucket.take(now)) {
          return;
        }
        wait = bucket.waitNanos(now);
      }
      rejected.increment();
      throw new TooManyRequestsException(perSecond.getAsInt(), wait);
    }

    void giveBack(K key) {
      RateLimit bucket = left.getIfPresent(key);
      if (bucket != null) {
        synchronized (bucket) {
          bucket.giveBack();
        }
      }
    }
  }
}
