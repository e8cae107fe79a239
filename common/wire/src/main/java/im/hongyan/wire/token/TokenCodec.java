package im.hongyan.wire.token;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTDecodeException;
import com.auth0.jwt.exceptions.SignatureVerificationException;
import com.auth0.jwt.interfaces.Claim;
import com.auth0.jwt.interfaces.DecodedJWT;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.GoJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies login tokens: JWT, HS256, claims {@code UserID, PlatformID, exp, iat}
 * (rest-account.md 1.1 and steps 1 to 6 of 1.4). Whether a verified token is known and not kicked
 * is the auth service's business.
 *
 * <p>Immutable and safe for use by several threads. Stricter than the reference in two places, as
 * the specification advises: only HS256 is accepted, and {@code exp} must be there.
 */
public final class TokenCodec {
  /** Longest token that is looked at, in characters; ours have about 200. */
  static final int MAX_TOKEN_LENGTH = 4096;

  /** Tokens carry an issue time this much in the past, so that clocks may differ a little. */
  private static final long ISSUED_BACK_SECONDS = 5;

  private static final byte[] HEADER =
      "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8);

  private final Algorithm algorithm;
  private final InstantSource clock;

  /**
   * Creates the codec.
   *
   * @param secret the deployment's shared secret; its bytes are the key
   * @param clock gives the time of issue and of the check
   */
  public TokenCodec(String secret, InstantSource clock) {
    this.algorithm = Algorithm.HMAC256(secret);
    this.clock = clock;
  }

  /**
   * Issues a token valid from now for the given time, truncated to whole seconds.
   *
   * @throws ImException 1001 for a user id so long that the token would not be accepted again
   */
  public String issue(String userId, int platformId, Duration validity) {
    long nowSeconds = clock.instant().getEpochSecond();
    return sign(
        new TokenClaims(
            userId,
            platformId,
            nowSeconds + validity.toSeconds(),
            nowSeconds - ISSUED_BACK_SECONDS));
  }

  /** Signs exactly these claims. */
  String sign(TokenClaims claims) {
    String payload =
        "{\"UserID\":"
            + GoJson.quote(claims.userId())
            + ",\"PlatformID\":"
            + claims.platformId()
            + ",\"exp\":"
            + claims.expiresAtSeconds()
            + ",\"iat\":"
            + claims.issuedAtSeconds()
            + "}";
    byte[] payloadBytes = payload.getBytes(StandardCharsets.UTF_8);
    byte[] signature = algorithm.sign(base64(HEADER), base64(payloadBytes));
    String token =
        text(base64(HEADER)) + "." + text(base64(payloadBytes)) + "." + text(base64(signature));
    if (token.length() > MAX_TOKEN_LENGTH) {
      throw ImError.ARGS.with("userID is too long for a token");
    }
    return token;
  }

  /**
   * Verifies signature and times of a token.
   *
   * @return the claims, of which {@code issuedAtSeconds} is 0 when the token has none
   * @throws ImException 1501, 1503, 1504 or 1505 in the order of rest-account.md 1.4
   */
  public TokenClaims verify(String token) {
    DecodedJWT decoded = decode(token);
    checkSignature(decoded);
    Long expires = seconds(decoded, "exp");
    Long notBefore = seconds(decoded, "nbf");
    Long issued = seconds(decoded, "iat");
    long nowSeconds = clock.instant().getEpochSecond();
    if (expires == null) {
      throw ImError.TOKEN_UNKNOWN.named("token has no exp", "");
    }
    if (nowSeconds >= expires) {
      throw ImError.TOKEN_EXPIRED.bare();
    }
    if (notBefore != null && nowSeconds < notBefore) {
      throw ImError.TOKEN_NOT_VALID_YET.bare();
    }
    if (issued != null && nowSeconds < issued) {
      throw ImError.TOKEN_UNKNOWN.named("token used before issued", "");
    }
    Claim user = claim(decoded, "UserID");
    Claim platform = claim(decoded, "PlatformID");
    String userId = user == null ? "" : user.asString();
    Integer platformId = platform == null ? Integer.valueOf(0) : platform.asInt();
    if (userId == null || platformId == null) {
      throw ImError.TOKEN_MALFORMED.bare();
    }
    return new TokenClaims(userId, platformId, expires, issued == null ? 0 : issued);
  }

  private static DecodedJWT decode(String token) {
    if (token.length() > MAX_TOKEN_LENGTH) {
      throw ImError.TOKEN_MALFORMED.bare();
    }
    try {
      return JWT.decode(token);
    } catch (JWTDecodeException malformed) {
      throw ImError.TOKEN_MALFORMED.bare();
    }
  }

  private void checkSignature(DecodedJWT decoded) {
    if (!"HS256".equals(decoded.getAlgorithm())) {
      throw ImError.TOKEN_UNKNOWN.named("signing method (alg) is unavailable", "");
    }
    try {
      algorithm.verify(decoded);
    } catch (SignatureVerificationException wrong) {
      throw ImError.TOKEN_UNKNOWN.named("signature is invalid", "");
    }
  }

  /** A time claim in Unix seconds; a claim of another type makes the token malformed. */
  private static @Nullable Long seconds(DecodedJWT decoded, String name) {
    Claim claim = claim(decoded, name);
    if (claim == null) {
      return null;
    }
    Double value = claim.asDouble();
    if (value == null) {
      throw ImError.TOKEN_MALFORMED.bare();
    }
    return value.longValue();
  }

  /** A claim by its name in any letter case, the exact one first; null when absent or JSON null. */
  private static @Nullable Claim claim(DecodedJWT decoded, String name) {
    Map<String, Claim> claims = decoded.getClaims();
    Claim found = claims.get(name);
    if (found == null) {
      for (Map.Entry<String, Claim> entry : claims.entrySet()) {
        if (entry.getKey().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
          found = entry.getValue();
        }
      }
    }
    return found == null || found.isNull() ? null : found;
  }

  private static byte[] base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encode(bytes);
  }

  private static String text(byte[] ascii) {
    return new String(ascii, StandardCharsets.US_ASCII);
  }
}
