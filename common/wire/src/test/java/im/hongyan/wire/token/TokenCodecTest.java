package im.hongyan.wire.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import im.hongyan.testkit.Seeded;
import im.hongyan.wire.error.ImException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Proves token bytes and the order of the checks of rest-account.md 1.1 and 1.4. */
class TokenCodecTest {
  private static final String SECRET = "openIM123";
  private static final Instant NOW = Instant.ofEpochSecond(1_760_000_000L);
  private final TokenCodec codec = new TokenCodec(SECRET, InstantSource.fixed(NOW));

  @Test
  void specificationVectorIsReproducedToTheByte() {
    String vector =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySUQiOiJ1c2VyMSIsIlBsYXRmb3JtSUQiOjIsImV4cCI6"
            + "MTc2NzIyNTYwMCwiaWF0IjoxNzU5NDQ5NTk1fQ.-Jb_k78k9m_g5kB2vyNTh6qHbtKHvgkdNqs_AnQn6zQ";
    TokenClaims claims = new TokenClaims("user1", 2, 1_767_225_600L, 1_759_449_595L);
    assertThat(codec.sign(claims)).isEqualTo(vector);
    assertThat(codec.verify(vector)).isEqualTo(claims);
  }

  @Test
  void issuedTokenExpiresAfterItsValidityAndWasIssuedFiveSecondsAgo() {
    TokenClaims claims = codec.verify(codec.issue("用户\"1\"", 5, Duration.ofDays(90)));
    assertThat(claims)
        .isEqualTo(
            new TokenClaims(
                "用户\"1\"", 5, NOW.getEpochSecond() + 90 * 86_400, NOW.getEpochSecond() - 5));
  }

  @Test
  void aUserIdTooLongForATokenIsRefusedWhenItIsIssued() {
    assertThatThrownBy(() -> codec.issue("x".repeat(5_000), 1, Duration.ofDays(1)))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1001));
  }

  @Test
  void malformedTokensAre1503() {
    for (String token :
        new String[] {"", "a", "a.b", "a.b.c", "....", "x".repeat(5000), "e30.e30"}) {
      refuses(token, 1503, "TokenMalformedError");
    }
  }

  @Test
  void otherAlgorithmsAre1505() {
    refuses(builder().sign(Algorithm.none()), 1505, "signing method (alg) is unavailable");
    refuses(builder().sign(Algorithm.HMAC384(SECRET)), 1505, "signing method (alg) is unavailable");
  }

  @Test
  void wrongSignatureIs1505EvenWhenTheTokenIsExpired() {
    String forged =
        JWT.create()
            .withClaim("UserID", "u")
            .withExpiresAt(NOW.minusSeconds(1))
            .sign(Algorithm.HMAC256("another"));
    refuses(forged, 1505, "signature is invalid");
  }

  @Test
  void timesAreCheckedInOrderWithoutLeeway() {
    refuses(sign(builder().withExpiresAt(NOW)), 1501, "TokenExpiredError");
    refuses(
        sign(builder().withExpiresAt(NOW.minusSeconds(1)).withNotBefore(NOW.plusSeconds(9))),
        1501,
        "TokenExpiredError");
    refuses(sign(builder().withNotBefore(NOW.plusSeconds(1))), 1504, "TokenNotValidYetError");
    refuses(sign(builder().withIssuedAt(NOW.plusSeconds(1))), 1505, "token used before issued");
    assertThat(codec.verify(sign(builder().withExpiresAt(NOW.plusSeconds(1)))).userId())
        .isEqualTo("u");
  }

  @Test
  void expIsRequired() {
    refuses(
        JWT.create().withClaim("UserID", "u").sign(Algorithm.HMAC256(SECRET)),
        1505,
        "token has no exp");
  }

  @Test
  void claimsOfWrongTypeAre1503() {
    refuses(signed("{\"UserID\":7,\"PlatformID\":1,\"exp\":9999999999}"), 1503, null);
    refuses(signed("{\"UserID\":\"u\",\"PlatformID\":\"1\",\"exp\":9999999999}"), 1503, null);
    refuses(signed("{\"UserID\":\"u\",\"PlatformID\":1,\"exp\":\"soon\"}"), 1503, null);
  }

  @Test
  void claimNamesMatchInAnyLetterCaseAndUnknownOnesAreIgnored() {
    assertThat(
            codec.verify(
                signed("{\"userid\":\"u\",\"PLATFORMID\":3,\"exp\":9999999999,\"more\":[1]}")))
        .isEqualTo(new TokenClaims("u", 3, 9_999_999_999L, 0));
  }

  @Test
  void everyDamageToATokenIsRefusedWithATokenCode(@Seeded long seed) {
    Random random = new Random(seed);
    String good = codec.issue("user1", 2, Duration.ofDays(1));
    for (int i = 0; i < 2_000; i++) {
      char[] chars = good.toCharArray();
      int at = random.nextInt(chars.length - 1);
      char other = (char) (33 + random.nextInt(94));
      if (chars[at] == other) {
        continue;
      }
      chars[at] = other;
      String damaged = new String(chars);
      assertThatThrownBy(() -> codec.verify(damaged))
          .as("seed %d, token %s", seed, damaged)
          .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isIn(1503, 1505));
    }
  }

  private void refuses(String token, int code, @org.jspecify.annotations.Nullable String text) {
    assertThatThrownBy(() -> codec.verify(token))
        .as(token)
        .isInstanceOfSatisfying(
            ImException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.detail()).isEmpty();
              if (text != null) {
                assertThat(e.text()).isEqualTo(text);
              }
            });
  }

  private static JWTCreator.Builder builder() {
    return JWT.create()
        .withClaim("UserID", "u")
        .withClaim("PlatformID", 1)
        .withExpiresAt(NOW.plusSeconds(60));
  }

  private static String sign(JWTCreator.Builder builder) {
    return builder.sign(Algorithm.HMAC256(SECRET));
  }

  private static String signed(String payload) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String head = base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8));
    String body = base64.encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    byte[] signature =
        Algorithm.HMAC256(SECRET)
            .sign(head.getBytes(StandardCharsets.UTF_8), body.getBytes(StandardCharsets.UTF_8));
    return head + "." + body + "." + base64.encodeToString(signature);
  }
}
