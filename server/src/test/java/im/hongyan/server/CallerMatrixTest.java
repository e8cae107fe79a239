package im.hongyan.server;

import static im.hongyan.server.GuardedRpc.DISMISSED;
import static im.hongyan.server.GuardedRpc.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.proto.options.Route;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Proves for every RPC that is built, and for every kind of caller, that the guard lets pass whom
 * the RPC's options name and refuses all others with the code that they give. Rows are made from
 * the options, so none is left out; what would let a wrong option through stands in the tests
 * without options, and in RouteTablesTest, which compares routes with the specification.
 */
class CallerMatrixTest {
  private static final int REFUSED = ImError.NO_PERMISSION.code();
  private static final List<MethodDescriptor> BUILT =
      Declarations.methods().stream().filter(Declarations::isBuilt).toList();
  private static final AtomicInteger ROWS = new AtomicInteger();
  private static final AtomicInteger CALLS = new AtomicInteger();

  /**
   * RPCs that users may call though no route ends at them: over WebSocket, behind a route of the
   * gateway's own, or as OpenIM has it.
   */
  private static final Set<String> WITHOUT_ROUTE =
      Set.of(
          "openim.conversation.conversation/GetConversationIDs",
          "openim.msg.msg/GetLastMessage",
          "openim.msg.msg/GetSeqMessage",
          "openim.msg.msg/SendMsg",
          "openim.msg.msg/SendSimpleMsg",
          "openim.push.PushMsgService/DelUserPushToken",
          "openim.relation.friend/isBlack");

  @AfterAll
  static void print() {
    System.out.printf(
        "MATRIX %d RPCs x %d callers, %d calls%n", ROWS.get(), Player.values().length, CALLS.get());
  }

  @TestFactory
  Stream<DynamicTest> everyRpcLetsPassWhomItsOptionsName() {
    return BUILT.stream()
        .map(method ->
            dynamicTest(
                Declarations.name(method),
                () -> {
                  ROWS.incrementAndGet();
                  assertThat(differences(method, method, CALLS)).isEmpty();
                }));
  }

  /** Calls whose answer is not what the options of the declared method say. */
  private static List<String> differences(
      MethodDescriptor declared, MethodDescriptor served, AtomicInteger calls) {
    Access access = Declarations.access(declared);
    List<String> different = new ArrayList<>();
    try (GuardedRpc rpc = new GuardedRpc(served)) {
      for (String group :
          access.getGroup().isEmpty() ? List.of(GROUP) : List.of(GROUP, DISMISSED)) {
        for (DynamicMessage request : ValidRequests.of(served, access, group)) {
          for (Player player : Player.values()) {
            calls.incrementAndGet();
            int code = rpc.play(player, request);
            int wanted = expected(access, player, group);
            if (code != wanted) {
              different.add(player + " got " + code + " and not " + wanted + ", " + group);
            }
          }
        }
      }
    }
    return different;
  }

  private static int expected(Access access, Player player, String group) {
    return switch (access.getIs()) {
      case ANONYMOUS -> 0;
      case INTERNAL -> passIf(player == Player.SERVICE);
      case APP_ADMIN -> passIf(player == Player.SERVICE || player == Player.APP_ADMIN);
      case ANY_USER -> passIf(player != Player.NO_TOKEN);
      case NOT_SAID ->
          player == Player.SERVICE || player == Player.APP_ADMIN
              ? 0
              : related(access, player, group);
      case UNRECOGNIZED -> throw new AssertionError(access);
    };
  }

  private static int related(Access access, Player player, String group) {
    if (access.getSelfCount() > 0) {
      return passIf(player == Player.SELF);
    }
    if (!access.getParticipant().isEmpty()) {
      return passIf(player.role() > 0);
    }
    if (group.equals(DISMISSED) && access.getGroupFirst() && player != Player.NO_TOKEN) {
      return ImError.DISMISSED_ALREADY.code();
    }
    return passIf(group.equals(GROUP) && player.role() >= access.getGroupRoleValue());
  }

  private static int passIf(boolean allowed) {
    return allowed ? 0 : REFUSED;
  }

  /** A row that cannot fail proves nothing. */
  @TestFactory
  Stream<DynamicTest> aWrongAccessFailsItsRow() {
    return BUILT.stream()
        .map(method ->
            dynamicTest(
                Declarations.name(method),
                () -> {
                  boolean open = Declarations.access(method).getIs() == Access.Is.ANONYMOUS;
                  Access wrong =
                      Access.newBuilder()
                          .setIs(open ? Access.Is.INTERNAL : Access.Is.ANONYMOUS)
                          .build();
                  MethodDescriptor changed = GuardedRpc.withAccess(method, wrong);
                  assertThat(differences(method, changed, new AtomicInteger())).isNotEmpty();
                }));
  }

  /** The RPCs that let a caller pass whoever the request is about. */
  private static Set<String> passedBy(Player player) {
    return BUILT.stream()
        .filter(method -> passes(method, player))
        .map(Declarations::name)
        .collect(Collectors.toSet());
  }

  private static boolean passes(MethodDescriptor method, Player player) {
    try (GuardedRpc rpc = new GuardedRpc(method)) {
      return ValidRequests.of(method, Declarations.access(method), GROUP).stream()
          .anyMatch(request -> rpc.play(player, request) == 0);
    }
  }

  @Test
  void withoutATokenOnlyOpenRoutesPass() {
    assertThat(passedBy(Player.NO_TOKEN))
        .isEqualTo(
            BUILT.stream()
                .filter(method -> routes(method).stream().anyMatch(Route::getOpen))
                .map(Declarations::name)
                .collect(Collectors.toSet()));
  }

  @Test
  void usersPassOnlyWhatHasARouteOrIsListed() {
    Set<String> routed = routed();
    for (Player player : Player.values()) {
      if (player != Player.SERVICE && player != Player.APP_ADMIN) {
        assertThat(passedBy(player))
            .as(player.toString())
            .allMatch(name -> routed.contains(name) || WITHOUT_ROUTE.contains(name));
      }
    }
    assertThat(passedBy(Player.SELF)).containsAll(WITHOUT_ROUTE);
  }

  private static Set<String> routed() {
    return BUILT.stream()
        .filter(method -> !routes(method).isEmpty())
        .map(Declarations::name)
        .collect(Collectors.toSet());
  }

  private static List<Route> routes(MethodDescriptor method) {
    return method.getOptions().getExtension(OptionsProto.route);
  }

  /** But for the routes that we add to OpenIM's. */
  @Test
  void ourOwnProtocolIsForServicesAlone() {
    Set<String> routed = routed();
    for (Player player : Player.values()) {
      if (player != Player.SERVICE) {
        assertThat(passedBy(player))
            .as(player.toString())
            .noneMatch(name -> name.startsWith("hongyan.") && !routed.contains(name));
      }
    }
  }

  @Test
  void servicesPassEverywhere() {
    assertThat(passedBy(Player.SERVICE)).hasSameSizeAs(BUILT);
  }
}
