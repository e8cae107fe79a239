package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.Declarations;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that exactly the declared routes are served, and where they end: a row for some of every
 * service, so that a new route needs none.
 */
class RouteTableTest {
  private static final List<String> ROUTES =
      Arrays.asList(
          """
          /auth/force_logout AUTH openim.auth.Auth/forceLogout
          /auth/get_admin_token AUTH openim.auth.Auth/getAdminToken open
          /auth/get_user_token AUTH openim.auth.Auth/getUserToken
          /auth/parse_token AUTH openim.auth.Auth/parseToken open
          /friend/add_black RELATION openim.relation.friend/addBlack
          /group/create_group RELATION openim.group.group/createGroup
          /group/get_group_member_user_id RELATION openim.group.group/getGroupMemberUserIDs
          /group/invite_user_to_group RELATION openim.group.group/inviteUserToGroup
          /msg/check_msg_is_send_success MSG openim.msg.msg/GetSendMsgStatus
          /msg/get_conversations_has_read_and_max_seq MSG openim.msg.msg/GetConversationsHasReadAndMaxSeq
          /msg/get_server_time MSG openim.msg.msg/GetServerTime
          /msg/newest_seq MSG openim.msg.msg/GetMaxSeq
          /msg/pull_msg_by_seq MSG openim.msg.msg/PullMessageBySeqs
          /msg/set_conversation_has_read_seq MSG openim.msg.msg/SetConversationHasReadSeq
          /user/get_users_info RELATION openim.user.user/getDesignateUsers
          /user/user_register RELATION openim.user.user/userRegister
          """
              .split("\n"));

  private final RouteTable table = RouteTable.declared();

  @Test
  void theTableIsWhatTheProtoFilesDeclare() {
    assertThat(
            Stream.of(
                    table.routes().stream().map(Route::path),
                    table.ownPaths().stream(),
                    table.openReads().stream())
                .flatMap(paths -> paths))
        .containsExactlyInAnyOrderElementsOf(
            Declarations.routes().stream().map(declared -> declared.route().getPath()).toList());
    assertThat(table.ownPaths())
        .containsExactlyInAnyOrder(
            "/user/get_users_online_status",
            "/user/get_users_online_token_detail",
            "/msg/send_msg",
            "/msg/batch_send_msg",
            "/msg/send_business_notification",
            "/msg/send_simple_msg",
            "/msg/get_batch_send",
            "/msg/cancel_batch_send",
            "/jssdk/get_conversations",
            "/jssdk/get_active_conversations",
            "/config/get_config_list",
            "/config/get_config",
            "/config/set_config",
            "/config/reset_config",
            "/config/set_enable_config_manager",
            "/config/get_enable_config_manager",
            "/restart");
    assertThat(table.openReads())
        .hasSize(11)
        .contains("/prometheus_discovery/api", "/prometheus_discovery/msg_transfer");
    assertThat(table.routes()).extracting(RouteTableTest::row).containsAll(ROUTES);
  }

  private static String row(Route route) {
    String row = route.path() + " " + route.service() + " " + route.method().getFullMethodName();
    return route.open() ? row + " open" : row;
  }

  @Test
  void whatIsPlannedIsNotServed() {
    assertThat(Declarations.allRoutes())
        .filteredOn(declared -> declared.route().getPlanned())
        .extracting(declared -> declared.route().getPath())
        .contains("/third/prometheus", "/object/*name")
        .noneMatch(table::contains);
  }

  @Test
  void theSharedSecretIsComparedByOneRouteAlone() {
    assertThat(table.routes())
        .filteredOn(Route::comparesSecret)
        .extracting(Route::path)
        .containsExactly("/auth/get_admin_token");
  }

  @Test
  void aSlashTooMuchOrTooFewHasARouteBesideIt() {
    assertThat(table.besideSlash("/auth/parse_token/")).contains("/auth/parse_token");
    assertThat(table.besideSlash("/auth/parse_token")).isEmpty();
    assertThat(table.besideSlash("/nowhere/")).isEmpty();
  }
}
