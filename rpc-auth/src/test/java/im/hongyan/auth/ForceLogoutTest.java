package im.hongyan.auth;

import static im.hongyan.auth.AuthTokensTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import im.hongyan.auth.login.Tokens;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.forceLogoutReq;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.ConnectRequest;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.wire.error.ImError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Proves rest-account.md 1.8: tokens end before any gateway is asked, every gateway is asked at
 * once with an epoch that separates the logins before from those after, and one that fails is a
 * line in the log and nothing else.
 */
class ForceLogoutTest {
  private final AuthService auth = new AuthService();
  private final GatewayDouble near = new GatewayDouble();
  private final GatewayDouble far = new GatewayDouble();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(GatewayNodes.class);

  @BeforeEach
  void begin() {
    auth.users.put("alice", 1);
    auth.gateways.put("near", near);
    auth.gateways.put("far", far);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void close() {
    logger.detachAppender(log);
    auth.close();
  }

  private void logout(String caller, String user, int platform) {
    var request = forceLogoutReq.newBuilder().setUserID(user).setPlatformID(platform).build();
    auth.as(caller, AuthGrpc.getForceLogoutMethod(), request);
  }

  private String token(int platform) {
    auth.clock.advance(Duration.ofSeconds(1));
    var request = getUserTokenReq.newBuilder().setUserID("alice").setPlatformID(platform).build();
    return auth.as(Tokens.ADMIN, AuthGrpc.getGetUserTokenMethod(), request).getToken();
  }

  private ConnectAnswer connect(String token) {
    var request = ConnectRequest.newBuilder().setToken(token).build();
    return auth.asService(LoginsGrpc.getConnectMethod(), request);
  }

  @Test
  void tokensEndFirstAndTheEpochSeparatesBeforeFromAfter() {
    String old = token(1);
    String other = token(2);
    long before = connect(old).getEpoch();
    near.handler = () -> refused(() -> connect(old), ImError.TOKEN_KICKED, "");
    logout(Tokens.ADMIN, "alice", 1);
    assertThat(near.closed).hasSize(1).isEqualTo(far.closed);
    CloseRequest close = near.closed.get(0);
    assertThat(close.getUserId()).isEqualTo("alice");
    assertThat(close.getPlatformId()).isEqualTo(1);
    assertThat(close.getEpoch()).isGreaterThan(before);
    assertThat(connect(other).getEpoch()).isGreaterThan(close.getEpoch());
    assertThat(connect(token(1)).getEpoch()).isGreaterThan(close.getEpoch());
    assertThat(log.list).isEmpty();
  }

  @Test
  void connectionsAreClosedAlsoWhereNoTokenIsLeftAndOfUnknownUsers() {
    logout(Tokens.ADMIN, "alice", 1);
    logout(Tokens.ADMIN, "nobody", 1);
    assertThat(near.closed).extracting(CloseRequest::getUserId).containsExactly("alice", "nobody");
    assertThat(near.closed).allMatch(close -> close.getEpoch() > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void everyPlatformCanBeLoggedOut(int platform) {
    logout(Tokens.ADMIN, "alice", platform);
    assertThat(far.closed).extracting(CloseRequest::getPlatformId).containsExactly(platform);
  }

  @Test
  void gatewaysAreAskedAtOnce() {
    CountDownLatch both = new CountDownLatch(2);
    Runnable together =
        () -> {
          both.countDown();
          try {
            // Ends by the call's deadline where the other is only asked afterwards.
            assertThat(both.await(1, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    near.handler = together;
    far.handler = together;
    logout(Tokens.ADMIN, "alice", 1);
    assertThat(near.closed).hasSize(1);
    assertThat(far.closed).hasSize(1);
  }

  @Test
  void aGatewayThatFailsIsOneLineAndHoldsBackNothing() {
    String old = token(1);
    near.handler =
        () -> {
          throw ImError.INTERNAL.with("broken");
        };
    logout(Tokens.ADMIN, "alice", 1);
    assertThat(far.closed).hasSize(1);
    refused(() -> connect(old), ImError.TOKEN_KICKED, "");
    assertThat(log.list).hasSize(1);
    ILoggingEvent line = log.list.get(0);
    assertThat(line.getLevel()).isEqualTo(Level.WARN);
    assertThat(line.getFormattedMessage()).contains("near").contains("broken").doesNotContain("\n");
    assertThat(line.getThrowableProxy()).isNull();
  }

  @Test
  void aGatewayThatIsGoneIsOneLineAndHoldsBackNothing() {
    far.close();
    logout(Tokens.ADMIN, "alice", 1);
    assertThat(near.closed).hasSize(1);
    assertThat(log.list).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "imAdmin, '', 0, 1001, userID is empty",
    "imAdmin, alice, 0, 1001, platformID is invalidate",
    "imAdmin, alice, 13, 1001, platformID is invalidate",
    "alice, alice, 1, 1002, user alice is not admin userID",
    "'', alice, 1, 1002, user  is not admin userID",
  })
  void errors(String caller, String user, int platform, int code, String detail) {
    refused(() -> logout(caller, user, platform), ImError.of(code).orElseThrow(), detail);
    assertThat(List.of(near.closed, far.closed)).allMatch(List::isEmpty);
  }
}
