package im.hongyan.proto;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.Declarations.DeclaredRoute;
import im.hongyan.proto.RouteTables.Row;
import im.hongyan.proto.options.Access;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that the declared routes are those of the specification's tables, none more or less, each
 * with its verb, with or without a token, at the RPC that the specification names, and open to the
 * callers that it names.
 */
class RouteTablesTest {
  private static final Pattern SELF = Pattern.compile("(?:Self|OneOf)\\(([\\w.,]+)\\)");

  /**
   * Where the declaration is stricter than the table's column: the chapter's text says so under
   * "Improve", or the column leaves it to the text.
   */
  private static final Map<String, String> STRICTER =
      Map.of(
          "/user/set_global_msg_recv_opt", "self userID",
          "/user/get_all_users_uid", "APP_ADMIN",
          "/user/get_users", "APP_ADMIN",
          "/user/get_user_client_config", "self userID",
          "/friend/get_incremental_blacks", "self userID",
          "/third/fcm_update_token", "self account",
          "/group/join_group", "self inviterUserID",
          "/group/get_groups", "APP_ADMIN",
          "/msg/search_msg", "APP_ADMIN",
          "/statistics/user/register", "APP_ADMIN");

  /** Rights that only the handler can tell; every user comes as far as there. */
  private static final Set<String> IN_HANDLER =
      Set.of(
          "/group/get_specified_user_group_request_info",
          "/group/set_group_member_info",
          "/group/transfer_group",
          "/group/get_incremental_group_members_batch");

  /** Our additions (docs/protocol), which no table has. */
  private static final Set<String> ADDITIONS =
      Set.of(
          "/msg/get_batch_send",
          "/msg/cancel_batch_send",
          "/msg/get_group_message_readers",
          "/msg/get_group_message_read_counts",
          "/msg/search_text");

  private static List<Row> rows = List.of();

  @BeforeAll
  static void readSpecification() throws IOException {
    rows = RouteTables.read().rows();
  }

  @Test
  void noRowOfTheTablesIsLost() {
    Map<String, Long> counts =
        rows.stream().collect(Collectors.groupingBy(Row::chapter, Collectors.counting()));
    assertThat(counts)
        .isEqualTo(
            Map.of("rest-account", 66L, "rest-group", 33L, "rest-message", 55L, "rest-third", 15L));
  }

  @Test
  void routesAreTheSame() {
    Map<String, String> specified = new TreeMap<>();
    for (Row row : rows) {
      String form = row.verb() + (row.open() ? " open" : " token");
      assertThat(specified.put(row.path(), form)).as(row.path()).isIn(null, form);
    }
    Map<String, String> declared = new TreeMap<>();
    for (DeclaredRoute route : Declarations.allRoutes()) {
      String form = route.verb() + (route.route().getOpen() ? " open" : " token");
      assertThat(declared.put(route.route().getPath(), form)).as(route.toString()).isNull();
    }
    assertThat(declared.keySet()).containsAll(ADDITIONS);
    declared.keySet().removeAll(ADDITIONS);
    assertThat(declared).containsExactlyEntriesOf(specified);
  }

  @Test
  void routesEndAtTheRpcOfTheSpecification() throws IOException {
    Map<String, String> byPath = new TreeMap<>();
    Specification.read()
        .paths
        .forEach((rpc, paths) -> paths.forEach(path -> byPath.put(path, rpc)));
    assertThat(byPath).as("paths in the tables of RPCs").hasSize(129);
    for (DeclaredRoute route : Declarations.allRoutes()) {
      if (route.method() != null && !ADDITIONS.contains(route.route().getPath())) {
        assertThat(Declarations.name(route.method()))
            .as(route.route().getPath())
            .isEqualTo(byPath.remove(route.route().getPath()));
      }
    }
    assertThat(byPath)
        .as("routes with request forms of their own")
        .containsOnlyKeys(
            "/msg/send_msg",
            "/msg/batch_send_msg",
            "/msg/send_business_notification",
            "/msg/send_simple_msg");
  }

  @Test
  void rightsAreThoseOfTheTables() {
    Map<String, DeclaredRoute> declared =
        Declarations.allRoutes().stream()
            .collect(Collectors.toMap(route -> route.route().getPath(), route -> route));
    for (Row row : rows) {
      var method = declared.get(row.path()).method();
      if (method != null && !IN_HANDLER.contains(row.path())) {
        String access = text(Declarations.access(method));
        String stricter = STRICTER.get(row.path());
        assertThat(access).as(row.path()).matches(stricter != null ? stricter : expected(row));
      }
    }
  }

  private static String expected(Row row) {
    String caller = row.caller();
    Matcher self = SELF.matcher(caller);
    if (self.find()) {
      return "self " + Pattern.quote(self.group(1));
    }
    if (row.chapter().equals("rest-account") || row.chapter().equals("rest-third")) {
      return caller.startsWith("Open")
          ? "ANONYMOUS"
          : caller.startsWith("Admin") ? "APP_ADMIN" : "ANY_USER";
    }
    if (row.path().startsWith("/statistics")) {
      return "APP_ADMIN";
    }
    return switch (caller) {
      case "self as owner, app admin", "self, app admin" -> "self \\w+";
      case "owner, admin, app admin" -> "role ADMIN .*";
      case "owner, app admin" -> "role OWNER .*";
      case "member, app admin" -> "role MEMBER .*";
      case "app admin" -> "APP_ADMIN";
      case "any user" -> "ANY_USER";
      default -> throw new AssertionError(row.toString());
    };
  }

  private static String text(Access access) {
    if (access.getSelfCount() > 0) {
      return "self " + String.join(",", access.getSelfList());
    }
    return access.getGroupRole() == Access.Role.NO_ROLE
        ? access.getIs().name()
        : "role " + access.getGroupRole() + " " + access.getGroup();
  }
}
