package im.hongyan.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.Tokens;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.GetExistingTokenReq;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.proto.auth.invalidateTokenReq;
import im.hongyan.proto.auth.kickTokensReq;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.token.TokenCodec;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Proves the answers and errors of rest-account.md 1.5 to 1.7 and of the internal calls, through
 * the real gRPC server and its guard: code, errMsg and errDlt, in the order of the specification.
 */
class AuthTokensTest {
  private final AuthService auth = new AuthService();

  @BeforeEach
  void addUsers() {
    auth.users.put(Tokens.ADMIN, 2);
    auth.users.put("alice", 1);
    auth.users.put("notice", 3);
    auth.users.put("robot", 4);
  }

  @AfterEach
  void close() {
    auth.close();
  }

  static void refused(ThrowingCallable call, ImError error, String detail) {
    refused(call, error.code(), error.text(), detail);
  }

  private static void refused(ThrowingCallable call, int code, String text, String detail) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(call)
        .satisfies(failure -> {
          assertThat(failure.code()).isEqualTo(code);
          assertThat(failure.text()).isEqualTo(text);
          assertThat(failure.detail()).isEqualTo(detail);
        });
  }

  private getAdminTokenResp adminToken(String secret, String user) {
    var request = getAdminTokenReq.newBuilder().setSecret(secret).setUserID(user).build();
    return auth.as("", AuthGrpc.getGetAdminTokenMethod(), request);
  }

  private getUserTokenResp userToken(String caller, String user, int platform) {
    var request = getUserTokenReq.newBuilder().setUserID(user).setPlatformID(platform).build();
    return auth.as(caller, AuthGrpc.getGetUserTokenMethod(), request);
  }

  private parseTokenResp parse(String token) {
    var request = parseTokenReq.newBuilder().setToken(token).build();
    return auth.as("", AuthGrpc.getParseTokenMethod(), request);
  }

  private double logins() {
    return auth.meters.counter("user_login").count();
  }

  @Test
  void anAdministratorsTokenIsOfPlatform10() {
    var answer = adminToken(AuthService.SECRET, Tokens.ADMIN);
    assertThat(answer.getExpireTimeSeconds()).isEqualTo(90 * 86_400);
    var parsed = parse(answer.getToken());
    assertThat(parsed.getUserID()).isEqualTo(Tokens.ADMIN);
    assertThat(parsed.getPlatformID()).isEqualTo(10);
    assertThat(parsed.getExpireTimeSeconds())
        .isEqualTo(auth.clock.instant().getEpochSecond() + 90 * 86_400);
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void adminTokenErrorsInOrder() {
    refused(() -> adminToken("wrong", ""), ImError.ARGS, "userID is empty");
    refused(() -> adminToken("wrong", "x"), ImError.NO_PERMISSION, "secret invalid");
    // No administrator is named.
    refused(() -> adminToken(AuthService.SECRET, "x"), ImError.ARGS, "userID is error., userID=x");
    refused(
        () -> adminToken(AuthService.SECRET, "ghost"), ImError.RECORD_NOT_FOUND, "user not found");
    assertThat(logins()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8", "9", "11", "12"})
  void aUsersTokenIsOfItsPlatform(int platform) {
    var answer = userToken(Tokens.ADMIN, "alice", platform);
    assertThat(answer.getExpireTimeSeconds()).isEqualTo(90 * 86_400);
    var parsed = parse(answer.getToken());
    assertThat(parsed.getUserID()).isEqualTo("alice");
    assertThat(parsed.getPlatformID()).isEqualTo(platform);
    assertThat(logins()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "alice, alice, 10, 1002, user alice is not admin userID",
    "'', alice, 1, 1002, user  is not admin userID",
    "imAdmin, imAdmin, 10, 1002, platformID invalid. platformID must not be adminPlatformID",
    "imAdmin, imAdmin, 0, 1001, platformID is invalid",
    "imAdmin, alice, 13, 1001, platformID is invalid",
    "imAdmin, alice, -1, 1001, platformID is invalid",
    "imAdmin, imAdmin, 1, 1002, 'don''t get Admin token'",
    "imAdmin, ghost, 1, 1002, 'don''t get Admin token'",
    "imAdmin, nobody, 1, 1004, record not found",
    "imAdmin, '', 1, 1004, record not found",
    "imAdmin, notice, 1, 1001, app account can`t get token",
    "imAdmin, robot, 1, 1001, app account can`t get token",
  })
  void userTokenErrorsInOrder(String caller, String user, int platform, int code, String detail) {
    ImError error = ImError.of(code).orElseThrow();
    refused(() -> userToken(caller, user, platform), error, detail);
    assertThat(logins()).isZero();
  }

  @Test
  void parseTokenErrors() {
    refused(() -> parse(""), ImError.ARGS, "userID is empty");
    refused(() -> parse("junk"), ImError.TOKEN_MALFORMED, "");
    String forged = new TokenCodec("another", auth.clock).issue("alice", 1, Tokens.VALIDITY);
    refused(() -> parse(forged), 1505, "signature is invalid", "");
    String unknown =
        new TokenCodec(AuthService.SECRET, auth.clock).issue("alice", 1, Tokens.VALIDITY);
    refused(() -> parse(unknown), ImError.TOKEN_NOT_EXIST, "");
    String first = userToken(Tokens.ADMIN, "alice", 2).getToken();
    auth.clock.advance(Duration.ofSeconds(1));
    String second = userToken(Tokens.ADMIN, "alice", 2).getToken();
    refused(() -> parse(first), ImError.TOKEN_KICKED, "");
    auth.clock.advance(Tokens.VALIDITY);
    refused(() -> parse(second), ImError.TOKEN_EXPIRED, "");
    auth.clock.advance(Tokens.VALIDITY.multipliedBy(-2));
    refused(() -> parse(second), 1505, "token used before issued", "");
  }

  @Test
  void internalCallsAreForServicesAlone() {
    String token = userToken(Tokens.ADMIN, "alice", 1).getToken();
    var kick = kickTokensReq.newBuilder().addTokens(token).build();
    var invalidate = invalidateTokenReq.newBuilder().setUserID("alice").setPlatformID(1).build();
    var existing = GetExistingTokenReq.newBuilder().setUserID("alice").setPlatformID(1).build();
    for (String caller : List.of("", "alice", Tokens.ADMIN)) {
      refused(
          () -> auth.as(caller, AuthGrpc.getKickTokensMethod(), kick),
          ImError.NO_PERMISSION,
          "internal method");
      refused(
          () -> auth.as(caller, AuthGrpc.getInvalidateTokenMethod(), invalidate),
          ImError.NO_PERMISSION,
          "internal method");
      refused(
          () -> auth.as(caller, AuthGrpc.getGetExistingTokenMethod(), existing),
          ImError.NO_PERMISSION,
          "internal method");
    }
    parse(token);
    assertThat(auth.asService(AuthGrpc.getGetExistingTokenMethod(), existing).getTokenStatesMap())
        .hasSize(1)
        .allSatisfy((hash, state) -> {
          assertThat(hash).matches("[0-9a-f]{64}");
          assertThat(state).isEqualTo(TokenRow.NORMAL);
        });
    auth.asService(
        AuthGrpc.getInvalidateTokenMethod(),
        invalidate.toBuilder().setPreservedToken(token).build());
    parse(token);
    auth.asService(AuthGrpc.getKickTokensMethod(), kick);
    refused(() -> parse(token), ImError.TOKEN_KICKED, "");
    assertThat(auth.asService(AuthGrpc.getGetExistingTokenMethod(), existing).getTokenStatesMap())
        .containsValue(TokenRow.KICKED);
  }

  @Test
  void invalidateEndsAllButTheOneKept() {
    String token = userToken(Tokens.ADMIN, "alice", 1).getToken();
    auth.asService(
        AuthGrpc.getInvalidateTokenMethod(),
        invalidateTokenReq
            .newBuilder()
            .setUserID("alice")
            .setPlatformID(1)
            .setPreservedToken("another")
            .build());
    refused(() -> parse(token), ImError.TOKEN_KICKED, "");
  }
}
