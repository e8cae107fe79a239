package im.hongyan.auth.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.testkit.TestClock;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves the life of a token after its policy (rest-account.md 1.3 and 1.4): dead ones are removed
 * by the next one, an administrator's old one lives on for five minutes, and a connection is let in
 * exactly where a check says yes.
 */
class TokenServiceTest {
  private static final int ADMIN = 10;
  private static final UserId USER = new UserId("u");
  private static final UserId ADMINISTRATOR = new UserId(Tokens.ADMIN);

  private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00.700Z"));
  private final FakeTokenStore store = new FakeTokenStore(clock);
  private final TokenService service = service(1);

  private TokenService service(int policy) {
    return Tokens.service(store, new LoginPolicy(policy, 30), clock);
  }

  private String issue(UserId user, int platform) {
    clock.advance(Duration.ofSeconds(1));
    return service.issue(user, platform);
  }

  private void good(String token) {
    assertThat(service.check(token)).isEqualTo(service.connect(token).claims());
  }

  private void refused(String token, ImError error) {
    List.<Runnable>of(() -> service.check(token), () -> service.connect(token))
        .forEach(look ->
            assertThatExceptionOfType(ImException.class)
                .isThrownBy(look::run)
                .matches(failure -> failure.is(error), error.name())
                .matches(failure -> failure.detail().isEmpty()));
  }

  @Test
  void aKickedTokenIs1506AndAfterTheNextOne1507() {
    String first = issue(USER, 1);
    String second = issue(USER, 1);
    refused(first, ImError.TOKEN_KICKED);
    good(second);
    issue(USER, 2);
    refused(first, ImError.TOKEN_NOT_EXIST);
    good(second);
    assertThat(store.all(USER)).hasSize(2);
  }

  @Test
  void anExpiredTokenIsRemovedByTheNextOne() {
    String old = issue(USER, 1);
    clock.advance(Tokens.VALIDITY.minusSeconds(1));
    good(old);
    clock.advance(Duration.ofMillis(300));
    refused(old, ImError.TOKEN_EXPIRED);
    service.issue(USER, 2);
    assertThat(store.all(USER)).extracting(TokenRow::platformId).containsExactly(2);
  }

  @Test
  void anAdministratorsOldTokenLivesOnForFiveMinutes() {
    String old = issue(ADMINISTRATOR, ADMIN);
    String fresh = issue(ADMINISTRATOR, ADMIN);
    clock.advance(Duration.ofMinutes(5).minusMillis(1));
    good(old);
    service.issue(ADMINISTRATOR, 5);
    good(old);
    clock.advance(Duration.ofMillis(1));
    refused(old, ImError.TOKEN_NOT_EXIST);
    good(fresh);
    issue(ADMINISTRATOR, ADMIN);
    good(fresh);
    assertThat(store.all(ADMINISTRATOR)).hasSize(3);
  }

  @Test
  void whoIsNoAdministratorHasNoFiveMinutes() {
    String old = issue(USER, ADMIN);
    issue(USER, ADMIN);
    refused(old, ImError.TOKEN_NOT_EXIST);
  }

  @Test
  void ordinaryTokensLeaveAnAdministratorsAlone() {
    String admins = issue(ADMINISTRATOR, ADMIN);
    issue(ADMINISTRATOR, 1);
    issue(ADMINISTRATOR, 1);
    good(admins);
    assertThat(store.all(ADMINISTRATOR)).allMatch(row -> row.usableUntilMillis() == 0);
  }

  @Test
  void twoTokensOfOneSecondAreOneAndStayGood() {
    String token = issue(USER, 1);
    assertThat(service.issue(USER, 1)).isEqualTo(token);
    good(token);
    service.kickPlatform(USER, 1);
    refused(token, ImError.TOKEN_KICKED);
    assertThat(service.issue(USER, 1)).isEqualTo(token);
    good(token);
  }

  @Test
  void aPolicyThatIsNoneIssuesNothing() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> service(3).issue(USER, 1))
        .matches(failure -> failure.is(ImError.INTERNAL));
    assertThat(store.all(USER)).isEmpty();
  }

  @Test
  void kicksHitWhatTheyName() {
    TokenService many = service(0);
    String first = many.issue(USER, 1);
    clock.advance(Duration.ofSeconds(1));
    String second = many.issue(USER, 1);
    String other = many.issue(USER, 2);
    String stranger = many.issue(new UserId("v"), 1);
    service.kickOthers(USER, 1, second);
    refused(first, ImError.TOKEN_KICKED);
    good(second);
    good(other);
    service.kickTokens(List.of("junk", "", other + "x", second, stranger));
    refused(second, ImError.TOKEN_KICKED);
    refused(stranger, ImError.TOKEN_KICKED);
    good(other);
    service.kickPlatform(USER, 2);
    refused(other, ImError.TOKEN_KICKED);
  }

  @Test
  void aStateNobodyKnowsIs1505() {
    String token = issue(USER, 1);
    TokenRow row = store.all(USER).get(0);
    TokenRow odd = new TokenRow(1, row.hash(), 3, row.issuedAtMillis(), row.expiresAtMillis(), 0);
    store.update(USER, rows -> new TokenStore.Change(List.of(), List.of(odd)));
    refused(token, ImError.TOKEN_UNKNOWN);
  }

  @Test
  void statesAreByHashWithoutExpiredAndReplacedOnes() {
    issue(ADMINISTRATOR, ADMIN);
    issue(ADMINISTRATOR, ADMIN);
    assertThat(service.states(ADMINISTRATOR, ADMIN)).hasSize(1).containsValue(TokenRow.NORMAL);
    issue(USER, 1);
    String kicked = store.all(USER).get(0).hash();
    issue(USER, 1);
    assertThat(service.states(USER, 1)).hasSize(2).containsEntry(kicked, TokenRow.KICKED);
    assertThat(service.states(USER, 2)).isEmpty();
    clock.advance(Tokens.VALIDITY);
    assertThat(service.states(USER, 1)).isEmpty();
  }
}
