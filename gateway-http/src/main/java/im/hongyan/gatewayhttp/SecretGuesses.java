package im.hongyan.gatewayhttp;

import im.hongyan.kit.limit.RateLimit;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Bounds how often one address may guess the shared secret, so that nobody can lock out others. A
 * guess is taken before the secret is compared, so that guesses made side by side all count, and
 * given back when it was right. Once an address has none left its right secret is refused as well,
 * else the answer would reveal it. Remembers the addresses that guessed last. Safe for use by
 * several threads.
 */
final class SecretGuesses {
  private static final int MAX_ADDRESSES = 10_000;
  private static final float LOAD = 0.75f;

  private final ClientAddresses clients;
  private final RateLimit.Rate rate;
  private final Map<InetAddress, RateLimit> left =
      new LinkedHashMap<>(16, LOAD, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, RateLimit> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  SecretGuesses(ClientAddresses clients, int perMinute) {
    this.clients = clients;
    rate = RateLimit.Rate.perMinute(perMinute);
  }

  /**
   * Makes a call that compares the secret.
   *
   * @throws ImException 429 when the client has no guess left, else what the call throws
   */
  <T> T guess(InetAddress client, Supplier<T> call) {
    if (clients.exempt(client)) {
      return call.get();
    }
    InetAddress key = ClientAddresses.subscriber(client);
    if (!take(key)) {
      throw ImError.TOO_MANY_REQUESTS.bare();
    }
    boolean wrong = false;
    try {
      return call.get();
    } catch (ImException e) {
      wrong = e.is(ImError.NO_PERMISSION);
      throw e;
    } finally {
      if (!wrong) {
        giveBack(key);
      }
    }
  }

  private synchronized boolean take(InetAddress key) {
    long now = System.nanoTime();
    return left.computeIfAbsent(key, k -> new RateLimit(rate, now)).take(now);
  }

  private synchronized void giveBack(InetAddress key) {
    RateLimit limit = left.get(key);
    if (limit != null) {
      limit.giveBack();
    }
  }
}
