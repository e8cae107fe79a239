package im.hongyan.auth.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.token.TokenClaims;
import im.hongyan.wire.token.TokenCodec;
import im.hongyan.wire.token.TokenHash;
import java.time.InstantSource;
import java.util.HexFormat;

/**
 * Tokens whose signature was found right, so that each is verified once and not with every call.
 * Only what the token itself says is remembered, which never changes; its times are compared with
 * the clock again. Safe for use by several threads.
 */
final class VerifiedTokens {
  /** Some ten thousand tokens. */
  private static final long MAX_CHARACTERS = 4L << 20;

  private final TokenCodec codec;
  private final InstantSource clock;
  private final Cache<String, Verified> known =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CHARACTERS)
          .<String, Verified>weigher((token, verified) -> token.length())
          .build();

  /**
   * A token that is genuine.
   *
   * @param hash SHA-256 of the token in hex
   */
  record Verified(TokenClaims claims, String hash) {}

  VerifiedTokens(TokenCodec codec, InstantSource clock) {
    this.codec = codec;
    this.clock = clock;
  }

  /**
   * Verifies signature and times of a token.
   *
   * @throws ImException 1501, 1503, 1504 or 1505 as {@link TokenCodec#verify} does
   */
  Verified verify(String token) {
    Verified remembered = known.getIfPresent(token);
    if (remembered != null && inTime(remembered.claims())) {
      return remembered;
    }
    Verified fresh = new Verified(codec.verify(token), hash(token));
    known.put(token, fresh);
    return fresh;
  }

  private boolean inTime(TokenClaims claims) {
    long nowSeconds = clock.instant().getEpochSecond();
    return claims.issuedAtSeconds() <= nowSeconds && nowSeconds < claims.expiresAtSeconds();
  }

  /** SHA-256 of a token in hex, by which it is stored. */
  static String hash(String token) {
    return HexFormat.of().formatHex(TokenHash.of(token).toByteArray());
  }
}
