package im.hongyan.auth.login;

import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.auth.login.TokenStore.Ended;
import im.hongyan.auth.login.TokenStore.Login;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.token.TokenClaims;
import im.hongyan.wire.token.TokenCodec;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Issues, checks and ends tokens (rest-account.md 1). Safe for use by several threads. */
public final class TokenService {
  /** How long a replaced administrator token lives on. */
  static final Duration ADMIN_GRACE = Duration.ofMinutes(5);

  private final TokenCodec codec;
  private final VerifiedTokens genuine;
  private final TokenStore store;
  private final LoginPolicy policy;
  private final Duration validity;
  private final Set<String> adminIds;
  private final InstantSource clock;
  private final Counter issued;

  /** What a service keeps to. */
  public record Rules(LoginPolicy policy, Duration validity, Set<String> adminIds) {}

  /**
   * A connection that is admitted.
   *
   * @param hash SHA-256 of its token in hex
   * @param epoch its place in the order of the user's logins
   */
  public record Connection(TokenClaims claims, String hash, long epoch) {}

  /**
   * Creates a service.
   *
   * @param issued counts issued tokens
   */
  public TokenService(
      TokenCodec codec, TokenStore store, Rules rules, InstantSource clock, Counter issued) {
    this.codec = codec;
    genuine = new VerifiedTokens(codec, clock);
    this.store = store;
    policy = rules.policy();
    validity = rules.validity();
    adminIds = Set.copyOf(rules.adminIds());
    this.clock = clock;
    this.issued = issued;
  }

  /** How long a new token is good for. */
  public Duration validity() {
    return validity;
  }

  /**
   * Issues a token and ends those that the login policy ends (rest-account.md 1.3). Connections are
   * left alone: the gateways hold their own to the policy when the token is used. Two tokens of one
   * second are the same one.
   */
  public String issue(UserId userId, int platformId) {
    String token = codec.issue(userId.value(), platformId, validity);
    long now = clock.millis();
    // The token itself speaks of whole seconds.
    long expires = now - now % 1_000 + validity.toMillis();
    TokenRow fresh =
        new TokenRow(platformId, VerifiedTokens.hash(token), TokenRow.NORMAL, now, expires, 0);
    store.update(userId, rows -> login(rows, fresh, now));
    issued.increment();
    return token;
  }

  private Change login(List<TokenRow> rows, TokenRow fresh, long now) {
    List<TokenRow> removed = new ArrayList<>();
    List<TokenRow> live = new ArrayList<>();
    List<TokenRow> changed = new ArrayList<>();
    boolean forAdmin = fresh.platformId() == Platform.ADMIN.number();
    for (TokenRow row : rows) {
      if (row.sameToken(fresh)) {
        continue;
      }
      if (!row.live(now)) {
        if (row.usableUntilMillis() <= now) {
          removed.add(row);
        }
      } else if (row.platformId() != Platform.ADMIN.number()) {
        live.add(row);
      } else if (forAdmin) {
        changed.add(row.usableUntil(now + ADMIN_GRACE.toMillis()));
      }
    }
    policy.kicked(live, fresh.platformId()).forEach(row -> changed.add(row.kicked()));
    changed.add(fresh);
    return new Change(removed, changed);
  }

  /**
   * Checks a token (rest-account.md 1.4).
   *
   * @throws ImException 1501 and 1503 to 1507
   */
  public TokenClaims check(String token) {
    VerifiedTokens.Verified verified = genuine.verify(token);
    TokenClaims claims = verified.claims();
    UserId userId = new UserId(claims.userId());
    TokenRow row =
        store
            .find(userId, claims.platformId(), verified.hash())
            .orElseThrow(ImError.TOKEN_NOT_EXIST::bare);
    refuseUnusable(userId, row);
    return claims;
  }

  /**
   * Checks the token of a connection just as {@link #check} does, and numbers the login.
   *
   * @throws ImException 1501 and 1503 to 1507
   */
  public Connection connect(String token) {
    VerifiedTokens.Verified verified = genuine.verify(token);
    TokenClaims claims = verified.claims();
    UserId userId = new UserId(claims.userId());
    Login login =
        store
            .connect(userId, claims.platformId(), verified.hash())
            .orElseThrow(ImError.TOKEN_NOT_EXIST::bare);
    refuseUnusable(userId, login.row());
    return new Connection(claims, verified.hash(), login.epoch());
  }

  private void refuseUnusable(UserId userId, TokenRow row) {
    if (row.usableUntilMillis() > 0
        && (!adminIds.contains(userId.value()) || row.usableUntilMillis() <= clock.millis())) {
      throw ImError.TOKEN_NOT_EXIST.bare();
    }
    switch (row.state()) {
      case TokenRow.NORMAL -> {}
      case TokenRow.KICKED -> throw ImError.TOKEN_KICKED.bare();
      default -> throw ImError.TOKEN_UNKNOWN.bare();
    }
  }

  /**
   * States of a user's tokens on a platform by their hashes, expired and replaced ones left out.
   */
  public Map<String, Integer> states(UserId userId, int platformId) {
    long now = clock.millis();
    Map<String, Integer> states = new TreeMap<>();
    for (TokenRow row : store.all(userId)) {
      if (row.platformId() == platformId
          && row.usableUntilMillis() == 0
          && row.expiresAtMillis() > now) {
        states.put(row.hash(), row.state());
      }
    }
    return states;
  }

  /**
   * Ends all tokens of a user on a platform.
   *
   * @return epoch of the kick: connections of those tokens have smaller ones, those of tokens
   *     issued after it larger ones
   */
  public long kickPlatform(UserId userId, int platformId) {
    return kick(userId, row -> row.platformId() == platformId);
  }

  /** Ends all tokens of a user on a platform but one. */
  public void kickOthers(UserId userId, int platformId, String preserved) {
    String kept = VerifiedTokens.hash(preserved);
    kick(userId, row -> row.platformId() == platformId && !row.hash().equals(kept));
  }

  /** Ends these tokens; those that are not ours, or no longer good, are passed over. */
  public void kickTokens(List<String> tokens) {
    Map<UserId, Set<String>> hashes = new TreeMap<>(Comparator.comparing(UserId::value));
    for (String token : tokens) {
      owner(token)
          .ifPresent(user ->
              hashes.computeIfAbsent(user, k -> new HashSet<>()).add(VerifiedTokens.hash(token)));
    }
    hashes.forEach((user, named) -> kick(user, row -> named.contains(row.hash())));
  }

  private Optional<UserId> owner(String token) {
    try {
      return Optional.of(new UserId(genuine.verify(token).claims().userId()));
    } catch (ImException notGood) {
      return Optional.empty();
    }
  }

  /** Ends tokens of users whose connections newer logins closed; see {@link TokenStore#end}. */
  public void end(Map<UserId, List<Ended>> byUser) {
    byUser.forEach(store::end);
  }

  private long kick(UserId userId, Predicate<TokenRow> which) {
    return store.update(
        userId,
        rows ->
            new Change(
                List.of(),
                rows.stream()
                    .filter(row -> row.state() == TokenRow.NORMAL)
                    .filter(which)
                    .map(TokenRow::kicked)
                    .toList()));
  }
}
