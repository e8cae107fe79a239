package im.hongyan.auth.login;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.auth.AuthGrpc;
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
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.token.TokenClaims;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Tokens for apps and administrators (rest-account.md 1.5 to 1.8, websocket.md 6.4). Safe for use
 * by several threads.
 */
public final class AuthTokens implements Feature {
  private static final int APP_ACCOUNT_LEVEL = 3;

  private final TokenService tokens;
  private final LoginDependencies dependencies;

  /** Creates the feature. */
  public AuthTokens(TokenService tokens, LoginDependencies dependencies) {
    this.tokens = tokens;
    this.dependencies = dependencies;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(AuthGrpc.getGetAdminTokenMethod(), this::getAdminToken);
    rpcs.unary(AuthGrpc.getGetUserTokenMethod(), this::getUserToken);
    rpcs.unary(AuthGrpc.getParseTokenMethod(), this::parseToken);
    rpcs.unary(AuthGrpc.getForceLogoutMethod(), this::forceLogout);
    rpcs.unary(AuthGrpc.getInvalidateTokenMethod(), this::invalidateToken);
    rpcs.unary(AuthGrpc.getKickTokensMethod(), this::kickTokens);
    rpcs.unary(AuthGrpc.getGetExistingTokenMethod(), this::getExistingToken);
  }

  private getAdminTokenResp getAdminToken(Caller caller, getAdminTokenReq request) {
    UserId userId = new UserId(request.getUserID());
    checkSecret(request.getSecret());
    if (!dependencies.adminIds().contains(userId.value())) {
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
  }

  private void checkSecret(String given) {
    if (!MessageDigest.isEqual(utf8(given), utf8(dependencies.secret().reveal()))) {
      throw ImError.NO_PERMISSION.with("secret invalid");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private getUserTokenResp getUserToken(Caller caller, getUserTokenReq request) {
    UserId userId = new UserId(request.getUserID());
    if (dependencies.adminIds().contains(userId.value())) {
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
        .setToken(tokens.issue(userId, request.getPlatformID()))
        .setExpireTimeSeconds(tokens.validity().toSeconds())
        .build();
  }

  private parseTokenResp parseToken(Caller caller, parseTokenReq request) {
    TokenClaims claims = tokens.check(request.getToken());
    return parseTokenResp
        .newBuilder()
        .setUserID(claims.userId())
        .setPlatformID(claims.platformId())
        .setExpireTimeSeconds(claims.expiresAtSeconds())
        .build();
  }

  private forceLogoutResp forceLogout(Caller caller, forceLogoutReq request) {
    UserId userId = new UserId(request.getUserID());
    int platformId = request.getPlatformID();
    long epoch = tokens.kickPlatform(userId, platformId);
    dependencies.gateways().close(userId, platformId, epoch);
    return forceLogoutResp.getDefaultInstance();
  }

  private invalidateTokenResp invalidateToken(Caller caller, invalidateTokenReq request) {
    tokens.kickOthers(
        new UserId(request.getUserID()), request.getPlatformID(), request.getPreservedToken());
    return invalidateTokenResp.getDefaultInstance();
  }

  private kickTokensResp kickTokens(Caller caller, kickTokensReq request) {
    tokens.kickTokens(request.getTokensList());
    return kickTokensResp.getDefaultInstance();
  }

  private getExistingTokenResp getExistingToken(Caller caller, GetExistingTokenReq request) {
    return getExistingTokenResp
        .newBuilder()
        .putAllTokenStates(tokens.states(new UserId(request.getUserID()), request.getPlatformID()))
        .build();
  }
}
