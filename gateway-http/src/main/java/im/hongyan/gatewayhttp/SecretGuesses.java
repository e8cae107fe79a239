package im.hongyan.gatewayhttp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.kit.limit.RateLimit;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.net.InetAddress;
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

  private final ClientAddresses clients;
  private final Supplier<Integer> perMinute;
  private final Supplier<RateLimit.Rate> rate;
  private final Cache<InetAddress, RateLimit> left =
      Caffeine.newBuilder().maximumSize(MAX_ADDRESSES).executor(Runnable::run).build();

  SecretGuesses(ClientAddresses clients, Supplier<Integer> perMinute) {
    this.clients = clients;
    this.perMinute = perMinute;
    rate = () -> RateLimit.Rate.perMinute(perMinute.get());
  }

  /**
   * Makes a call that compares the secret.
   *
   * @throws TooManyRequestsException when the client has no guess left, else what the call throws
   */
  <T> T guess(InetAddress client, Supplier<T> call) {
    if (clients.exempt(client)) {
      return call.get();
    }
    InetAddress key = ClientAddresses.subscriber(client);
    take(key);
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

  private synchronized void take(InetAddress key) {
    long now = System.nanoTime();
    RateLimit guesses = left.get(key, _ -> new RateLimit(rate, now));
    if (!guesses.take(now)) {
      throw new TooManyRequestsException(perMinute.get(), guesses.waitNanos(now));
    }
  }

  private synchronized void giveBack(InetAddress key) {
    RateLimit limit = left.getIfPresent(key);
    if (limit != null) {
      limit.giveBack();
    }
  }
}
