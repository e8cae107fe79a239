package im.hongyan.client.rest;

import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getUserTokenReq;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.userRegisterReq;
import im.hongyan.proto.user.userRegisterResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.List;

/**
 * What an app server does before its users can log in (client-sync.md 2): get an admin token with
 * the secret, register users, get their tokens. Safe for use by several threads; calls block.
 */
public final class AdminApi {
  private final RestClient rest;
  private final String adminToken;

  private AdminApi(RestClient rest, String adminToken) {
    this.rest = rest;
    this.adminToken = adminToken;
  }

  /**
   * Logs in with the deployment's secret.
   *
   * @throws ImException 1002 for a wrong secret, 1001 for somebody who is no administrator
   */
  public static AdminApi login(RestClient rest, String secret, String adminUserId)
      throws IOException {
    getAdminTokenResp answer =
        rest.call(
            "/auth/get_admin_token",
            "",
            getAdminTokenReq.newBuilder().setSecret(secret).setUserID(adminUserId).build(),
            getAdminTokenResp.getDefaultInstance());
    return new AdminApi(rest, answer.getToken());
  }

  /** The administrator's token, for routes that this class does not name. */
  public String token() {
    return adminToken;
  }

  /** Registers users whose nickname is their id. */
  public void register(List<String> userIds) throws IOException {
    userRegisterReq.Builder request = userRegisterReq.newBuilder();
    for (String userId : userIds) {
      request.addUsers(UserInfo.newBuilder().setUserID(userId).setNickname(userId));
    }
    rest.call(
        "/user/user_register", adminToken, request.build(), userRegisterResp.getDefaultInstance());
  }

  /** Registers a user unless it is there already. */
  public void ensureRegistered(String userId) throws IOException {
    try {
      register(List.of(userId));
    } catch (ImException refused) {
      if (!refused.is(ImError.REGISTERED_ALREADY)) {
        throw refused;
      }
    }
  }

  /** Gets a login token for a user. */
  public String userToken(String userId, Platform platform) throws IOException {
    return rest.call(
            "/auth/get_user_token",
            adminToken,
            getUserTokenReq.newBuilder().setUserID(userId).setPlatformID(platform.number()).build(),
            getUserTokenResp.getDefaultInstance())
        .getToken();
  }
}
