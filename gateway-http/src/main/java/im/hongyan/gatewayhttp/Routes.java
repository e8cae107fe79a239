package im.hongyan.gatewayhttp;

import static im.hongyan.gatewayhttp.Route.open;
import static im.hongyan.gatewayhttp.Route.withToken;

import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.user.userGrpc;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
              "/user/get_users_info", ServiceName.RELATION, userGrpc.getGetDesignateUsersMethod()),
          withToken(
              "/msg/set_conversation_has_read_seq",
              ServiceName.MSG,
              msgGrpc.getSetConversationHasReadSeqMethod()),
          withToken("/friend/add_black", ServiceName.RELATION, friendGrpc.getAddBlackMethod()),
          withToken("/group/create_group", ServiceName.RELATION, groupGrpc.getCreateGroupMethod()),
          withToken(
              "/group/invite_user_to_group",
              ServiceName.RELATION,
              groupGrpc.getInviteUserToGroupMethod()),
          withToken(
              "/group/get_group_member_user_id",
              ServiceName.RELATION,
              groupGrpc.getGetGroupMemberUserIDsMethod()),
          withToken("/msg/newest_seq", ServiceName.MSG, msgGrpc.getGetMaxSeqMethod()),
          withToken("/msg/pull_msg_by_seq", ServiceName.MSG, msgGrpc.getPullMessageBySeqsMethod()),
          withToken(
              "/msg/get_conversations_has_read_and_max_seq",
              ServiceName.MSG,
              msgGrpc.getGetConversationsHasReadAndMaxSeqMethod()),
          withToken("/msg/get_server_time", ServiceName.MSG, msgGrpc.getGetServerTimeMethod()));

  static final Map<String, Route<?, ?>> BY_PATH =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Route::path, Function.identity()));

  private Routes() {}

  /** Whether a path needs a token; what begins like an open one does not (rest-account.md 0.2). */
  static boolean needsToken(String path) {
    return ALL.stream().noneMatch(route -> route.open() && path.startsWith(route.path()));
  }

  /** The route that differs from a path by a slash at the end alone; empty where there is none. */
  static Optional<String> besideSlash(String path) {
    String other = path.endsWith("/") ? path.substring(0, path.length() - 1) : path + "/";
    return BY_PATH.containsKey(path) || !BY_PATH.containsKey(other)
        ? Optional.empty()
        : Optional.of(other);
  }
}
