package im.hongyan.gatewayhttp;

import static im.hongyan.gatewayhttp.Route.open;
import static im.hongyan.gatewayhttp.Route.withToken;

import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.user.userGrpc;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The table of all routes. */
final class Routes {
  private static final List<Route<?, ?>> ALL =
      List.of(
          open("/auth/get_admin_token", ServiceName.AUTH, AuthGrpc.getGetAdminTokenMethod()),
          open("/auth/parse_token", ServiceName.AUTH, AuthGrpc.getParseTokenMethod()),
          withToken("/auth/get_user_token", ServiceName.AUTH, AuthGrpc.getGetUserTokenMethod()),
          withToken("/auth/force_logout", ServiceName.AUTH, AuthGrpc.getForceLogoutMethod()),
          withToken("/user/user_register", ServiceName.RELATION, userGrpc.getUserRegisterMethod()),
          withToken(
              "/user/get_users_info", ServiceName.RELATION, userGrpc.getGetDesignateUsersMethod()));

  static final Map<String, Route<?, ?>> BY_PATH =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Route::path, Function.identity()));

  private Routes() {}
}
