package im.hongyan.auth.login;

import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.token.TokenClaims;
import im.hongyan.wire.token.TokenCodec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Issues, checks and ends tokens (rest-account.md 1). Safe for use by several threads. */
public final class TokenService {
  /** How long a replaced administrator token lives on. */
  static final Duration ADMIN_GRACE = Duration.ofMinutes(5);

  private final TokenCodec codec;
  private final TokenStore store;
  private final LoginPolicy policy;
  private final Duration validity;
  private final Set<String> adminIds;
  private final InstantSource clock;

  /** What a service is made of. */
  public record Rules(LoginPolicy policy, Duration validity, Set<String> adminIds) {}

  /** Creates a service. */
  public TokenService(TokenCodec codec, TokenStore store, Rules rules, InstantSource clock) {
    this.codec = codec;
    this.store = store;
    policy = rules.policy();
    validity = rules.validity();
    adminIds = Set.copyOf(rules.adminIds());
    this.clock = clock;
  }

  /** How long a new token is good for. */
  public Duration validity() {
    return validity;
  }

  /** Issues a token and ends those that the login policy ends. */
  public String issue(String userId, int platformId) {
    String token = codec.issue(userId, platformId, validity);
    long now = clock.millis();
    TokenRow fresh =
        new TokenRow(platformId, hash(token), TokenRow.NORMAL, now, now + validity.toMillis(), 0);
    store.update(userId, rows -> login(rows, fresh, now));
    return token;
  }

  private Change login(List<TokenRow> rows, TokenRow fresh, long now) {
    List<TokenRow> removed = new ArrayList<>();
    List<TokenRow> live = new ArrayList<>();
    List<TokenRow> changed = new ArrayList<>();
    boolean forAdmin = fresh.platformId() == Platform.ADMIN.number();
    for (TokenRow row : rows) {
      boolean same = row.platformId() == fresh.platformId() && row.hash().equals(fresh.hash());
      if (same) {
        continue;
      }
      if (!row.live(now)) {
        if (row.usableUntilMillis() <= now) {
          removed.add(row);
        }
      } else if (row.platformId() != Platform.ADMIN.number()) {
        live.add(row);
      } else if (forAdmin) {
        changed.add(usableUntil(row, now + ADMIN_GRACE.toMillis()));
      }
    }
    policy.kicked(live, fresh.platformId()).forEach(row -> changed.add(kicked(row)));
    changed.add(fresh);
    return new Change(removed, changed);
  }

  /**
   * Checks a token (rest-account.md 1.4).
   *
   * @throws im.hongyan.wire.error.ImException 1501 and 1503 to 1507
   */
  public TokenClaims check(String token) {
    TokenClaims claims = codec.verify(token);
    TokenRow row =
        store
            .find(claims.userId(), claims.platformId(), hash(token))
            .orElseThrow(ImError.TOKEN_NOT_EXIST::bare);
    if (row.usableUntilMillis() > 0
        && (!adminIds.contains(claims.userId()) || row.usableUntilMillis() <= clock.millis())) {
      throw ImError.TOKEN_NOT_EXIST.bare();
    }
    return switch (row.state()) {
      case TokenRow.NORMAL -> claims;
      case TokenRow.KICKED -> throw ImError.TOKEN_KICKED.bare();
      default -> throw ImError.TOKEN_UNKNOWN.bare();
    };
  }

  /** Ends all tokens of a user on a platform. */
  public void kickPlatform(String userId, int platformId) {
    kick(userId, row -> row.platformId() == platformId);
  }

  /** Ends all tokens of a user on a platform but one. */
  public void kickOthers(String userId, int platformId, String preserved) {
    String kept = hash(preserved);
    kick(userId, row -> row.platformId() == platformId && !row.hash().equals(kept));
  }

  /** Ends these tokens; those that were not signed by us are passed over. */
  public void kickTokens(List<String> tokens) {
    for (String token : tokens) {
      TokenClaims claims;
      try {
        claims = codec.verify(token);
      } catch (im.hongyan.wire.error.ImException notOurs) {
        continue;
      }
      String hash = hash(token);
      kick(claims.userId(), row -> row.hash().equals(hash));
    }
  }

  private void kick(String userId, Predicate<TokenRow> which) {
    store.update(
        userId,
        rows ->
            new Change(
                List.of(),
                rows.stream()
                    .filter(row -> row.state() == TokenRow.NORMAL)
                    .filter(which)
                    .map(TokenService::kicked)
                    .toList()));
  }

  private static TokenRow kicked(TokenRow row) {
    return new TokenRow(
        row.platformId(),
        row.hash(),
        TokenRow.KICKED,
        row.issuedAtMillis(),
        row.expiresAtMillis(),
        row.usableUntilMillis());
  }

  private static TokenRow usableUntil(TokenRow row, long untilMillis) {
    return new TokenRow(
        row.platformId(),
        row.hash(),
        row.state(),
        row.issuedAtMillis(),
        row.expiresAtMillis(),
        untilMillis);
  }

  private static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
