package im.hongyan.relation.presence;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import im.hongyan.proto.user.getAllOnlineUsersReq;
import im.hongyan.proto.user.getAllOnlineUsersResp;
import im.hongyan.proto.user.getUserStatusReq;
import im.hongyan.proto.user.onlineStatus;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.RelationTestServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves, through gRPC, how what several gateways publish becomes one status a user. */
class PresenceTest {
  private final Gateways gateways = new Gateways();

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer().serve(new Presence(gateways, gateways.there::keySet));

  /** Gateways as Redis shows them; a page holds two users. */
  private static final class Gateways implements PresenceStore {
    private final Map<String, NodePresence> there = new TreeMap<>();

    void publish(String node, boolean complete, Map<String, Set<Integer>> platforms) {
      there.put(node, new NodePresence(complete, platforms));
    }

    @Override
    public Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds) {
      Map<String, NodePresence> found = new HashMap<>();
      for (String nodeId : nodeIds) {
        NodePresence node = there.getOrDefault(nodeId, new NodePresence(false, Map.of()));
        Map<String, Set<Integer>> platforms = new HashMap<>(node.platforms());
        platforms.keySet().retainAll(userIds);
        found.put(nodeId, new NodePresence(node.complete(), platforms));
      }
      return found;
    }

    @Override
    public Page scan(String nodeId, long cursor, int count) {
      NodePresence node = there.getOrDefault(nodeId, new NodePresence(false, Map.of()));
      Map<String, Set<Integer>> all = new TreeMap<>(node.platforms());
      List<String> ids = new ArrayList<>(all.keySet());
      int to = Math.min(ids.size(), (int) cursor + 2);
      all.keySet().retainAll(ids.subList((int) cursor, to));
      return new Page(to < ids.size() ? to : 0, all);
    }
  }

  private static onlineStatus status(String user, Integer... platforms) {
    return onlineStatus
        .newBuilder()
        .setUserID(user)
        .setStatus(platforms.length == 0 ? 0 : 1)
        .addAllPlatformIDs(Stream.of(platforms).sorted().toList())
        .build();
  }

  private static getUserStatusReq request(List<String> userIds) {
    return getUserStatusReq.newBuilder().addAllUserIDs(userIds).build();
  }

  private List<onlineStatus> statuses(List<String> userIds) {
    return server
        .call("anybody", userGrpc.getGetUserStatusMethod(), request(userIds))
        .getStatusListList();
  }

  private getAllOnlineUsersResp online(long cursor) {
    return server.call(
        RelationTestServer.ADMIN,
        userGrpc.getGetAllOnlineUsersMethod(),
        getAllOnlineUsersReq.newBuilder().setCursor(cursor).build());
  }

  @Test
  void statusesComeInTheOrderAskedAndAsOftenAsAsked() {
    gateways.publish("a", true, Map.of("alice", Set.of(5, 2)));
    gateways.publish("b", true, Map.of("alice", Set.of(1, 2), "bob", Set.of(3)));
    assertThat(statuses(List.of("bob", "alice", "nobody", "", "bob")))
        .containsExactly(
            status("bob", 3),
            status("alice", 1, 2, 5),
            status("nobody"),
            status(""),
            status("bob", 3));
    onlineStatus alice = statuses(List.of("alice")).getFirst();
    assertThat(alice.getPlatformIDsList()).as("ascending").containsExactly(1, 2, 5);
    assertThat(alice.getStatus()).isEqualTo(1);
    assertThat(statuses(List.of("nobody")).getFirst().getStatus()).isZero();
  }

  @Test
  void whatAnUnregisteredGatewayHoldsDoesNotCount() {
    gateways.publish("a", false, Map.of("alice", Set.of(1)));
    gateways.publish("b", true, Map.of("alice", Set.of(2)));
    assertThat(statuses(List.of("alice"))).containsExactly(status("alice", 2));
    assertThat(listed()).containsExactly(status("alice", 2));
  }

  @Test
  void noUsersAndTooManyAreRefused() {
    gateways.publish("a", true, Map.of());
    refused(List.of(), "UserIDs is empty");
    refused(Collections.nCopies(1_001, "u"), "more than 1000 users");
    assertThat(statuses(Collections.nCopies(1_000, "u"))).hasSize(1_000);
  }

  private void refused(List<String> userIds, String why) {
    assertThat(server.refusal("anybody", userGrpc.getGetUserStatusMethod(), request(userIds)))
        .isEqualTo("1001 " + why);
  }

  @Test
  void onlyAdministratorsListOnlineUsers() {
    assertThat(
            server.refusal(
                "eve",
                userGrpc.getGetAllOnlineUsersMethod(),
                getAllOnlineUsersReq.getDefaultInstance()))
        .startsWith("1002");
  }

  @Test
  void everyOnlineUserIsListedOnceWithAllPlatforms() {
    gateways.publish("a", true, Map.of("u1", Set.of(1), "u2", Set.of(1), "u3", Set.of(1)));
    gateways.publish("b", true, Map.of());
    gateways.publish("c", true, Map.of("u2", Set.of(2), "u3", Set.of(2), "u4", Set.of(2)));
    assertThat(listed())
        .containsExactlyInAnyOrder(
            status("u1", 1), status("u2", 1, 2), status("u3", 1, 2), status("u4", 2));
  }

  private List<onlineStatus> listed() {
    List<onlineStatus> all = new ArrayList<>();
    Set<Long> cursors = new HashSet<>();
    long cursor = 0;
    do {
      assertThat(cursors.add(cursor)).as("no page twice").isTrue();
      getAllOnlineUsersResp page = online(cursor);
      all.addAll(page.getStatusListList());
      cursor = page.getNextCursor();
    } while (cursor != 0);
    return all;
  }

  @Test
  void aCursorBeyondTheLastGatewayEndsTheListing() {
    assertThat(online(0)).isEqualTo(getAllOnlineUsersResp.getDefaultInstance());
    gateways.publish("a", true, Map.of("u1", Set.of(1)));
    assertThat(online(1L << 48)).isEqualTo(getAllOnlineUsersResp.getDefaultInstance());
    assertThat(online(-1)).isEqualTo(getAllOnlineUsersResp.getDefaultInstance());
  }

  @Test
  void aStatusHasTheKeysOfTheProtocol() {
    gateways.publish("a", true, Map.of("alice", Set.of(5, 2)));
    assertThat(
            server.rest(
                "anybody",
                userGrpc.getGetUserStatusMethod(),
                "{\"userID\":\"\",\"userIDs\":[\"alice\",\"nobody\"]}"))
        .isEqualTo(
            "{\"statusList\":[{\"userID\":\"alice\",\"status\":1,\"platformIDs\":[2,5]},"
                + "{\"userID\":\"nobody\",\"status\":0,\"platformIDs\":null}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"userIDs":["u"],"genre":1}                       | 1001 UserID is empty
          {"userID":"eve","genre":3}                        | 1001 subscription User-list is empty
          {"userID":"eve","userIDs":[],"genre":1}           | 1001 subscription User-list is empty
          {"userID":"eve","userIDs":["u"],"genre":3}        | 1001 invalid subscription type parameter
          {"userID":"eve","userIDs":["u"]}                  | 1001 invalid subscription type parameter
          {"userID":"eve","userIDs":["u"],"genre":"1"}      | 1001
          {"userID":"eve","userIDs":["u"],"genre":1}        | {"statusList":null}
          {"userID":"eve","userIDs":["u"],"genre":2}        | {"statusList":null}
          """)
  void subscriptionsByRestDoNothing(String body, String answer) {
    assertThat(server.rest("eve", userGrpc.getSubscribeOrCancelUsersStatusMethod(), body))
        .isEqualTo(answer);
  }

  @Test
  void nobodyHasSubscriptionsByRest() {
    var method = userGrpc.getGetSubscribeUsersStatusMethod();
    assertThat(server.rest("eve", method, "{}")).isEqualTo("1001 UserID is empty");
    assertThat(server.rest("eve", method, "{\"userID\":\"x\"}")).isEqualTo("{\"statusList\":null}");
  }
}
