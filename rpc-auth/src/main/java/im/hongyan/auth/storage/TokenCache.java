package im.hongyan.auth.storage;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore.Login;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.wire.id.UserId;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Tokens and logins in Redis. All keys of a user share the hash tag {@code {USER}}, so that each
 * script works on one node of a Redis Cluster. Safe for use by several threads.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><td>tok:{USER}:PLATFORM:HASH</td><td>row of a token, "1,state,issued,expires,usable until"; 300
 * s as found in MySQL. A mark, made before MySQL commits, has the change's epoch behind it and
 * lasts 60 s, longer than a statement of the transaction can take</td></tr>
 * <tr><td>logins:{USER}</td><td>hash: last, the user's last epoch; since, every login from this
 * epoch on is in here; hash of a token, epoch of its last login. 2 days after the last change, at
 * most 64 tokens</td></tr>
 * </table>
 */
final class TokenCache {
  private static final long TOKEN_SECONDS = 300;
  private static final long MARK_SECONDS = 60;
  private static final long LOGINS_SECONDS = 172_800;
  private static final int MOST_TOKENS = 64;

  private static final RedisScript LOGIN = new RedisScript("login.lua");
  private static final RedisScript MARK = new RedisScript("mark.lua");
  private static final RedisScript UNMARK = new RedisScript("unmark.lua");

  private final Redis redis;

  TokenCache(Redis redis) {
    this.redis = redis;
  }

  /**
   * A token to write.
   *
   * @param by epoch of the login that ends it; empty where it is written whatever logged in
   */
  record Write(TokenRow row, OptionalLong by) {}

  /**
   * What a change did here.
   *
   * @param epoch of the change
   * @param written rows that were written
   */
  record Marks(long epoch, List<TokenRow> written) {}

  /** A token, if it is cached. */
  Optional<TokenRow> get(UserId userId, int platformId, String hash) {
    byte[] value = Redis.await(redis.commands().get(key(userId, platformId, hash)));
    return Optional.ofNullable(value).map(found -> row(platformId, hash, found));
  }

  /** Keeps what MySQL said, unless a change or another reader was faster. Does not wait. */
  void fill(UserId userId, TokenRow row) {
    redis
        .commands()
        .set(
            key(userId, row.platformId(), row.hash()),
            bytes(text(row)),
            SetArgs.Builder.ex(TOKEN_SECONDS).nx());
  }

  /**
   * Numbers a login; empty when the token is not cached and was not given.
   *
   * @param found the token as MySQL has it, taken where nothing is cached
   */
  Optional<Login> login(UserId userId, int platformId, String hash, @Nullable TokenRow found) {
    List<Object> answer =
        LOGIN.run(
            redis,
            List.of(key(userId, platformId, hash), loginsKey(userId)),
            List.of(
                HexFormat.of().parseHex(hash),
                bytes(found == null ? "" : text(found)),
                bytes(TOKEN_SECONDS),
                bytes(LOGINS_SECONDS),
                bytes(MOST_TOKENS)));
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    TokenRow row = row(platformId, hash, (byte[]) answer.get(0));
    return Optional.of(new Login(row, number(answer.get(1))));
  }

  /** Makes a change seen and numbers it, in one step. */
  Marks mark(UserId userId, List<Write> writes, List<TokenRow> forgotten) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    keys.add(loginsKey(userId));
    arguments.add(bytes(MARK_SECONDS));
    arguments.add(bytes(LOGINS_SECONDS));
    arguments.add(bytes(writes.size()));
    for (Write write : writes) {
      keys.add(key(userId, write.row()));
      arguments.add(bytes(text(write.row())));
      arguments.add(write.row().hashBytes());
      arguments.add(write.by().isPresent() ? bytes(write.by().getAsLong()) : new byte[0]);
    }
    forgotten.forEach(row -> keys.add(key(userId, row)));
    List<Object> answer = MARK.run(redis, keys, arguments);
    List<TokenRow> written = new ArrayList<>();
    for (int i = 0; i < writes.size(); i++) {
      if (number(answer.get(1 + i)) == 1) {
        written.add(writes.get(i).row());
      }
    }
    return new Marks(number(answer.get(0)), List.copyOf(written));
  }

  /** Takes the marks of a change back; where that fails they end with their time. */
  void unmark(UserId userId, Marks marks) {
    if (!marks.written().isEmpty()) {
      List<byte[]> keys = marks.written().stream().map(row -> key(userId, row)).toList();
      UNMARK.run(redis, keys, List.of(bytes(marks.epoch())));
    }
  }

  /** A closing brace would end the hash tag early, and an empty tag is none. */
  private static String tag(UserId userId) {
    return "{" + userId.value().replace("%", "%25").replace("}", "%7D") + "}";
  }

  private static byte[] loginsKey(UserId userId) {
    return bytes("logins:" + tag(userId));
  }

  private static byte[] key(UserId userId, TokenRow row) {
    return key(userId, row.platformId(), row.hash());
  }

  private static byte[] key(UserId userId, int platformId, String hash) {
    return bytes("tok:" + tag(userId) + ":" + platformId + ":" + hash);
  }

  private static String text(TokenRow row) {
    return "1,"
        + row.state()
        + ","
        + row.issuedAtMillis()
        + ","
        + row.expiresAtMillis()
        + ","
        + row.usableUntilMillis();
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

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(long number) {
    return bytes(Long.toString(number));
  }

  private static long number(Object answer) {
    return Long.parseLong(new String((byte[]) answer, StandardCharsets.US_ASCII));
  }
}
