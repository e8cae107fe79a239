package im.hongyan.auth.login;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.AuthProto;
import im.hongyan.proto.auth.GetExistingTokenReq;
import im.hongyan.proto.auth.forceLogoutReq;
import im.hongyan.proto.auth.forceLogoutResp;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getExistingTokenResp;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.proto.auth.invalidateTokenReq;
import im.hongyan.proto.auth.invalidateTokenResp;
import im.hongyan.proto.auth.kickTokensReq;
import im.hongyan.proto.auth.kickTokensResp;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.token.TokenClaims;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The gRPC endpoint of tokens (rest-account.md 1.5 to 1.8, websocket.md 6.4): checks arguments,
 * maps to {@link TokenService} and back. Safe for use by several threads.
 */
public final class AuthApi extends AuthGrpc.AuthImplBase {
  private static final int APP_ACCOUNT_LEVEL = 3;

  private final TokenService tokens;
  private final LoginDependencies dependencies;

  /** Creates the endpoint. */
  public AuthApi(TokenService tokens, LoginDependencies dependencies) {
    this.tokens = tokens;
    this.dependencies = dependencies;
  }

  /** Who may call what. */
  public static AuthorisationTable access() {
    var service = AuthProto.getDescriptor().findServiceByName("Auth");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "getAdminToken", Access.anonymous())
        .allow(service, "getUserToken", Access.appAdmin())
        .allow(service, "forceLogout", Access.appAdmin())
        .allow(service, "parseToken", Access.anonymous())
        .allow(service, "invalidateToken", Access.internal())
        .allow(service, "kickTokens", Access.internal())
        .allow(service, "getExistingToken", Access.internal())
        .build();
  }

  @Override
  public void getAdminToken(getAdminTokenReq request, StreamObserver<getAdminTokenResp> reply) {
    Unary.reply(
        reply,
        () -> {
          String userId = request.getUserID();
          if (userId.isEmpty()) {
            throw ImError.ARGS.with("userID is empty");
          }
          checkSecret(request.getSecret());
          if (!dependencies.adminIds().contains(userId)) {
            throw ImError.ARGS.with("userID is error., userID=" + userId);
          }
          if (dependencies.users().find(userId).isEmpty()) {
            throw ImError.RECORD_NOT_FOUND.with("user not found");
          }
          return getAdminTokenResp
              .newBuilder()
              .setToken(tokens.issue(userId, Platform.ADMIN.number()))
              .setExpireTimeSeconds(tokens.validity().toSeconds())
              .build();
        });
  }

  private void checkSecret(String given) {
    if (!MessageDigest.isEqual(utf8(given), utf8(dependencies.secret().reveal()))) {
      throw ImError.NO_PERMISSION.with("secret invalid");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void getUserToken(getUserTokenReq request, StreamObserver<getUserTokenResp> reply) {
    Unary.reply(
        reply,
        () -> {
          String userId = request.getUserID();
          int platformId = request.getPlatformID();
          if (platformId == Platform.ADMIN.number()) {
            throw ImError.NO_PERMISSION.with(
                "platformID invalid. platformID must not be adminPlatformID");
          }
          if (Platform.of(platformId).isEmpty()) {
            throw ImError.ARGS.with("platformID is invalid");
          }
          if (dependencies.adminIds().contains(userId)) {
            throw ImError.NO_PERMISSION.with("don't get Admin token");
          }
          var user =
              dependencies
                  .users()
                  .find(userId)
                  .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("record not found"));
          if (user.getAppMangerLevel() >= APP_ACCOUNT_LEVEL) {
            throw ImError.ARGS.with("app account can`t get token");
          }
          return getUserTokenResp
              .newBuilder()
              .setToken(tokens.issue(userId, platformId))
              .setExpireTimeSeconds(tokens.validity().toSeconds())
              .build();
        });
  }

  @Override
  public void parseToken(parseTokenReq request, StreamObserver<parseTokenResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getToken().isEmpty()) {
            throw ImError.ARGS.with("userID is empty");
          }
          TokenClaims claims = tokens.check(request.getToken());
          return parseTokenResp
              .newBuilder()
              .setUserID(claims.userId())
              .setPlatformID(claims.platformId())
              .setExpireTimeSeconds(claims.expiresAtSeconds())
              .build();
        });
  }

  @Override
  public void forceLogout(forceLogoutReq request, StreamObserver<forceLogoutResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getUserID().isEmpty()) {
            throw ImError.ARGS.with("userID is empty");
          }
          if (Platform.of(request.getPlatformID()).isEmpty()) {
            throw ImError.ARGS.with("platformID is invalidate");
          }
          String userId = request.getUserID();
          int platformId = request.getPlatformID();
          long epoch = tokens.kickPlatform(userId, platformId);
          dependencies.gateways().close(userId, platformId, epoch);
          return forceLogoutResp.getDefaultInstance();
        });
  }

  @Override
  public void invalidateToken(
      invalidateTokenReq request, StreamObserver<invalidateTokenResp> reply) {
    Unary.reply(
        reply,
        () -> {
          tokens.kickOthers(
              request.getUserID(), request.getPlatformID(), request.getPreservedToken());
          return invalidateTokenResp.getDefaultInstance();
        });
  }

  @Override
  public void kickTokens(kickTokensReq request, StreamObserver<kickTokensResp> reply) {
    Unary.reply(
        reply,
        () -> {
          tokens.kickTokens(request.getTokensList());
          return kickTokensResp.getDefaultInstance();
        });
  }

  @Override
  public void getExistingToken(
      GetExistingTokenReq request, StreamObserver<getExistingTokenResp> reply) {
    Unary.reply(
        reply,
        () ->
            getExistingTokenResp
                .newBuilder()
                .putAllTokenStates(tokens.states(request.getUserID(), request.getPlatformID()))
                .build());
  }
}
