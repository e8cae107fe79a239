package im.hongyan.auth;

import static im.hongyan.auth.AuthTokensTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.login.Tokens;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.kickTokensReq;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.ConnectRequest;
import im.hongyan.proto.login.EndTokensRequest;
import im.hongyan.proto.login.EndedToken;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.testkit.TestClock;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.token.TokenCodec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves through the real gRPC server that only our services log users in, that they hear the same
 * of a token as parseToken says, and that an end names the login it comes from.
 */
class LoginsTest {
  private final AuthService auth = new AuthService();

  @BeforeEach
  void begin() {
    auth.users.put("alice", 1);
    auth.users.put("bob", 1);
  }

  @AfterEach
  void close() {
    auth.close();
  }

  private String token(String user, int platform) {
    auth.clock.advance(Duration.ofSeconds(1));
    var request = getUserTokenReq.newBuilder().setUserID(user).setPlatformID(platform).build();
    return auth.as(Tokens.ADMIN, AuthGrpc.getGetUserTokenMethod(), request).getToken();
  }

  private ConnectAnswer connect(AuthService through, String token) {
    var request = ConnectRequest.newBuilder().setToken(token).build();
    return through.asService(LoginsGrpc.getConnectMethod(), request);
  }

  private ConnectAnswer connect(String token) {
    return connect(auth, token);
  }

  private void parse(AuthService through, String token) {
    var request = parseTokenReq.newBuilder().setToken(token).build();
    through.as("", AuthGrpc.getParseTokenMethod(), request);
  }

  private static EndedToken ended(ConnectAnswer login, long by) {
    return EndedToken.newBuilder()
        .setUserId(login.getUserId())
        .setPlatformId(login.getPlatformId())
        .setTokenHash(login.getTokenHash())
        .setEpoch(by)
        .build();
  }

  private void end(EndedToken... tokens) {
    var request = EndTokensRequest.newBuilder().addAllTokens(List.of(tokens)).build();
    auth.asService(LoginsGrpc.getEndTokensMethod(), request);
  }

  @Test
  void aLoginSaysWhoseTokenItIs() throws NoSuchAlgorithmException {
    String token = token("alice", 2);
    ConnectAnswer login = connect(token);
    assertThat(login.getUserId()).isEqualTo("alice");
    assertThat(login.getPlatformId()).isEqualTo(2);
    assertThat(login.getTokenHash().toByteArray())
        .isEqualTo(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    assertThat(connect(token).getEpoch()).isGreaterThan(login.getEpoch());
  }

  @Test
  void onlyServicesCall() {
    String token = token("alice", 2);
    var request = ConnectRequest.newBuilder().setToken(token).build();
    for (String caller : List.of("", "alice", Tokens.ADMIN)) {
      refused(
          () -> auth.as(caller, LoginsGrpc.getConnectMethod(), request),
          ImError.NO_PERMISSION,
          "internal method");
      refused(
          () ->
              auth.as(
                  caller, LoginsGrpc.getEndTokensMethod(), EndTokensRequest.getDefaultInstance()),
          ImError.NO_PERMISSION,
          "internal method");
    }
  }

  @Test
  void aLoginIsRefusedExactlyAsParseTokenRefuses() {
    String kicked = token("alice", 1);
    var kick = kickTokensReq.newBuilder().addTokens(kicked).build();
    auth.asService(AuthGrpc.getKickTokensMethod(), kick);
    TokenCodec codec = new TokenCodec(AuthService.SECRET, auth.clock);
    String unknown = codec.issue("bob", 1, Tokens.VALIDITY);
    String expired = codec.issue("bob", 1, Duration.ZERO);
    String forged = new TokenCodec("another", auth.clock).issue("bob", 1, Tokens.VALIDITY);
    auth.clock.advance(Duration.ofDays(1));
    String early = codec.issue("bob", 1, Tokens.VALIDITY);
    auth.clock.advance(Duration.ofDays(-1));
    List<Integer> codes = new java.util.ArrayList<>();
    for (String token : List.of("", "junk", forged, expired, early, unknown, kicked)) {
      ImException said = failure(() -> parse(auth, token));
      ImException heard = failure(() -> connect(token));
      assertThat(heard.getMessage()).isEqualTo(said.getMessage());
      codes.add(heard.code());
    }
    assertThat(codes).containsExactly(1001, 1503, 1505, 1501, 1505, 1507, 1506);
  }

  private static ImException failure(Runnable call) {
    try {
      call.run();
    } catch (ImException e) {
      return e;
    }
    throw new AssertionError("accepted");
  }

  @Test
  void anEndHitsOnlyWhatHasNotLoggedInSince() {
    String first = token("alice", 1);
    String second = token("alice", 2);
    String third = token("bob", 1);
    ConnectAnswer old = connect(first);
    ConnectAnswer again = connect(second);
    ConnectAnswer stranger = connect(third);
    long by = connect(second).getEpoch();
    connect(second);
    end(ended(old, by), ended(again, by), ended(stranger, connect(third).getEpoch()));
    refused(() -> connect(first), ImError.TOKEN_KICKED, "");
    refused(() -> parse(auth, first), ImError.TOKEN_KICKED, "");
    assertThat(connect(second).getEpoch()).isGreaterThan(by);
    refused(() -> connect(third), ImError.TOKEN_KICKED, "");
  }

  @Test
  void anEndOfNothingKnownIsNoFailure() {
    end();
    end(EndedToken.getDefaultInstance());
    end(
        EndedToken.newBuilder()
            .setUserId("alice")
            .setPlatformId(1)
            .setTokenHash(ByteString.copyFromUtf8("short"))
            .setEpoch(1)
            .build());
  }

  @Test
  void aStoreThatDoesNotAnswerIs500() {
    TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
    String token = new TokenCodec(AuthService.SECRET, clock).issue("alice", 1, Tokens.VALIDITY);
    try (AuthService broken = new AuthService(new SilentStore())) {
      refused(() -> connect(broken, token), ImError.INTERNAL, "no answer");
      refused(() -> parse(broken, token), ImError.INTERNAL, "no answer");
      refused(
          () ->
              broken.asService(
                  LoginsGrpc.getEndTokensMethod(),
                  EndTokensRequest.newBuilder().addTokens(EndedToken.getDefaultInstance()).build()),
          ImError.INTERNAL,
          "no answer");
    }
  }

  /** A store whose servers are away. */
  private static final class SilentStore implements TokenStore {
    private static ImException away() {
      return ImError.INTERNAL.with("no answer");
    }

    @Override
    public long update(UserId userId, Function<List<TokenRow>, Change> decision) {
      throw away();
    }

    @Override
    public Optional<TokenRow> find(UserId userId, int platformId, String hash) {
      throw away();
    }

    @Override
    public List<TokenRow> all(UserId userId) {
      throw away();
    }

    @Override
    public Optional<Login> connect(UserId userId, int platformId, String hash) {
      throw away();
    }

    @Override
    public void end(UserId userId, List<Ended> tokens) {
      throw away();
    }
  }
}
