package im.hongyan.auth.storage;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.stores.redis.Redis;
import im.hongyan.wire.error.ImException;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was found in Redis under {@code tok:USER:PLATFORM:HASH}, so that a check costs no SQL.
 * MySQL is written first and alone says that a token does not exist; a fill never replaces what a
 * change wrote. Without Redis every check asks MySQL.
 */
public final class CachedTokenStore implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(CachedTokenStore.class);
  private static final int SECONDS = 300;

  private final TokenStore truth;
  private final Redis redis;

  /** Puts the cache in front of a store. */
  public CachedTokenStore(TokenStore truth, Redis redis) {
    this.truth = truth;
    this.redis = redis;
  }

  @Override
  public void update(String userId, Function<List<TokenRow>, Change> decision) {
    List<TokenRow> gone = new ArrayList<>();
    List<TokenRow> changed = new ArrayList<>();
    truth.update(
        userId,
        rows -> {
          Change change = decision.apply(rows);
          gone.clear();
          changed.clear();
          gone.addAll(change.removed());
          changed.addAll(change.changed());
          return change;
        });
    var commands = redis.commands();
    for (TokenRow row : changed) {
      Redis.await(commands.set(key(userId, row.platformId(), row.hash()), value(row), expiry()));
    }
    for (TokenRow row : gone) {
      Redis.await(commands.del(key(userId, row.platformId(), row.hash())));
    }
  }

  @Override
  public Optional<TokenRow> find(String userId, int platformId, String hash) {
    byte[] key = key(userId, platformId, hash);
    try {
      byte[] cached = Redis.await(redis.commands().get(key));
      if (cached != null) {
        return Optional.of(row(platformId, hash, cached));
      }
    } catch (ImException e) {
      LOG.debug("token cache does not answer", e);
      return truth.find(userId, platformId, hash);
    }
    Optional<TokenRow> found = truth.find(userId, platformId, hash);
    found.ifPresent(row -> redis.commands().set(key, value(row), expiry().nx()));
    return found;
  }

  private static SetArgs expiry() {
    return SetArgs.Builder.ex(SECONDS);
  }

  private static byte[] key(String userId, int platformId, String hash) {
    return ("tok:" + userId + ":" + platformId + ":" + hash).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(TokenRow row) {
    String text =
        "1,"
            + row.state()
            + ","
            + row.issuedAtMillis()
            + ","
            + row.expiresAtMillis()
            + ","
            + row.usableUntilMillis();
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static TokenRow row(int platformId, String hash, byte[] value) {
    String[] parts = new String(value, StandardCharsets.US_ASCII).split(",", -1);
    return new TokenRow(
        platformId,
        hash,
        Integer.parseInt(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        Long.parseLong(parts[4]));
  }
}
