package im.hongyan.relation.group;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.GetGroupApplicationListReq;
import im.hongyan.proto.group.GetGroupApplicationListResp;
import im.hongyan.proto.group.GetGroupApplicationUnhandledCountReq;
import im.hongyan.proto.group.GetSpecifiedUserGroupRequestInfoReq;
import im.hongyan.proto.group.GetUserReqApplicationListReq;
import im.hongyan.proto.group.GetUserReqApplicationListResp;
import im.hongyan.proto.group.getGroupUsersReqApplicationListReq;
import im.hongyan.proto.group.getGroupUsersReqApplicationListResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupRequest;
import im.hongyan.proto.sdkws.PublicUserInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves who reads which applications to groups (rest-group.md 8.8 to 8.11, 8.32). */
@ExtendWith(TestStoresExtension.class)
class GroupApplicationsTest {
  private static final String PAGE = "\"pagination\":{\"pageNumber\":1,\"showNumber\":10}";

  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    world = new GroupWorld(database, "alice", "bob", "carl", "dora");
  }

  /** Alice owns g1 and administers g2; bob is a member of both. */
  @BeforeEach
  void fill() {
    database.clear();
    world.create("g1", "alice", "bob");
    world.create("g2", "carl", "alice", "bob");
    world.setRole("g2", "alice", 60);
    apply("g1", "dora", 0, 10);
    apply("g1", "carl", 1, 30);
    apply("g2", "dora", 0, 20);
    apply("g2", "nobody", -1, 40);
  }

  private static void apply(String groupId, String user, int result, long time) {
    database.execute(
        "INSERT INTO group_request (group_id, user_id, handle_result, req_msg, handle_msg,"
            + " req_time, handle_user_id, handle_time, join_source, inviter_user_id, ex)"
            + " VALUES (?, ?, ?, 'please', 'so', ?, 'h', 7, 3, 'i', 'e')",
        new GroupId(groupId),
        new UserId(user),
        result,
        time);
  }

  private static GetGroupApplicationListResp received(
      String caller, String user, List<String> groups, Integer... results) {
    return world.call(
        caller,
        groupGrpc.getGetGroupApplicationListMethod(),
        GetGroupApplicationListReq.newBuilder()
            .setFromUserID(user)
            .addAllGroupIDs(groups)
            .addAllHandleResults(List.of(results))
            .setPagination(GroupWorld.pagination(1, 10))
            .build());
  }

  private static List<Long> times(List<GroupRequest> requests) {
    return requests.stream().map(GroupRequest::getReqTime).toList();
  }

  @Test
  void managersReadWhatTheirGroupsGotTheNewestFirst() {
    GetGroupApplicationListResp all = received("alice", "alice", List.of());
    assertThat(all.getTotal()).isEqualTo(4);
    assertThat(times(all.getGroupRequestsList())).containsExactly(40L, 30L, 20L, 10L);
    GroupRequest newest = all.getGroupRequests(0);
    assertThat(newest.hasUserInfo()).as("of a user who is gone").isFalse();
    assertThat(all.getGroupRequests(3))
        .isEqualTo(
            GroupRequest.newBuilder()
                .setUserInfo(
                    PublicUserInfo.newBuilder()
                        .setUserID("dora")
                        .setNickname("nick dora")
                        .setFaceURL("face dora")
                        .setEx("ex dora"))
                .setGroupInfo(all.getGroupRequests(3).getGroupInfo())
                .setReqMsg("please")
                .setHandleMsg("so")
                .setReqTime(10)
                .setHandleUserID("h")
                .setHandleTime(7)
                .setEx("e")
                .setJoinSource(3)
                .setInviterUserID("i")
                .build());
    assertThat(all.getGroupRequests(3).getGroupInfo())
        .extracting(GroupInfo::getGroupID, GroupInfo::getMemberCount)
        .containsExactly("g1", 2);
    assertThat(times(received("alice", "alice", List.of(), 0, -1).getGroupRequestsList()))
        .containsExactly(40L, 20L, 10L);
    assertThat(times(received("alice", "alice", List.of("g1", "g1")).getGroupRequestsList()))
        .containsExactly(30L, 10L);
    assertThat(received("bob", "bob", List.of()))
        .isEqualTo(GetGroupApplicationListResp.getDefaultInstance());
    assertThat(received("carl", "carl", List.of(), 1))
        .isEqualTo(GetGroupApplicationListResp.getDefaultInstance());
    world.dismiss("g2");
    assertThat(received("alice", "alice", List.of()).getTotal()).isEqualTo(2);
  }

  @Test
  void receivedOnesAreRefusedInTheOrderOfTheProtocol() {
    var method = groupGrpc.getGetGroupApplicationListMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 pagination is empty");
    assertThat(world.rest("bob", method, "{\"pagination\":{}}"))
        .isEqualTo("1001 pageNumber is invalid");
    assertThat(world.rest("bob", method, "{" + PAGE + "}")).isEqualTo("1001 fromUserID is empty");
    String body = "{\"fromUserID\":\"%s\",\"groupIDs\":[%s]," + PAGE + "}";
    assertThat(world.rest("bob", method, body.formatted("alice", "\"x\"")))
        .isEqualTo("1002 ownerUserID, alice=MISSING");
    assertThat(world.rest("dora", method, body.formatted("dora", "\"g1\"")))
        .isEqualTo("1002 op user not in group");
    assertThat(world.rest("bob", method, body.formatted("bob", "\"g1\"")))
        .isEqualTo("1002 no group owner or admin");
    assertThat(world.rest("alice", method, body.formatted("alice", "\"g1\",\"x\"")))
        .isEqualTo("1002 op user not in group");
    assertThat(world.rest(ADMIN, method, body.formatted("bob", "\"x\",\"g1\",\"y\"")))
        .isEqualTo("1201 x,y");
    assertThat(world.rest(ADMIN, method, body.formatted("bob", "\"x\"")))
        .as("without rows nobody looks for the group")
        .isEqualTo("{\"total\":0,\"groupRequests\":null}");
  }

  private static GetUserReqApplicationListResp sent(List<String> groups, Integer... results) {
    return world.call(
        "dora",
        groupGrpc.getGetUserReqApplicationListMethod(),
        GetUserReqApplicationListReq.newBuilder()
            .setUserID("dora")
            .addAllGroupIDs(groups)
            .addAllHandleResults(List.of(results))
            .setPagination(GroupWorld.pagination(1, 10))
            .build());
  }

  @Test
  void applicantsReadTheirOwn() {
    assertThat(times(sent(List.of()).getGroupRequestsList())).containsExactly(20L, 10L);
    assertThat(sent(List.of()).getGroupRequests(0).getUserInfo().getUserID()).isEqualTo("dora");
    assertThat(times(sent(List.of("g1", "x")).getGroupRequestsList())).containsExactly(10L);
    assertThat(sent(List.of(), 1, -1))
        .isEqualTo(GetUserReqApplicationListResp.getDefaultInstance());
    database.execute("DELETE FROM chat_group WHERE group_id = 'g2'");
    assertThat(sent(List.of()).getGroupRequests(0).hasGroupInfo()).isFalse();
  }

  @Test
  void sentOnesAreRefusedInTheOrderOfTheProtocol() {
    var method = groupGrpc.getGetUserReqApplicationListMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 UserID is empty");
    assertThat(world.rest("bob", method, "{\"userID\":\"dora\"}"))
        .isEqualTo("1001 pagination is empty");
    assertThat(world.rest("bob", method, "{\"userID\":\"dora\",\"pagination\":{}}"))
        .isEqualTo("1001 pageNumber is invalid");
    assertThat(world.rest("bob", method, "{\"userID\":\"dora\"," + PAGE + "}"))
        .isEqualTo("1002 ownerUserID, dora=MISSING");
    assertThat(world.rest(ADMIN, method, "{\"userID\":\"nobody\"," + PAGE + "}")).isEqualTo("1004");
  }

  @Test
  void managersReadThoseOfSomeUsersWithTheirProfiles() {
    getGroupUsersReqApplicationListResp found =
        world.call(
            "alice",
            groupGrpc.getGetGroupUsersReqApplicationListMethod(),
            getGroupUsersReqApplicationListReq
                .newBuilder()
                .setGroupID("g1")
                .addAllUserIDs(List.of("dora", "carl", "bob", "dora"))
                .build());
    assertThat(found.getTotal()).isEqualTo(2);
    assertThat(found.getGroupRequestsList())
        .extracting(request -> request.getUserInfo().getNickname())
        .containsExactlyInAnyOrder("nick dora", "nick carl");
    var method = groupGrpc.getGetGroupUsersReqApplicationListMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 GroupID is empty");
    assertThat(world.rest("bob", method, "{\"groupID\":\"g1\",\"userIDs\":[]}"))
        .isEqualTo("1001 UserID is empty");
    String many = String.join(",", Collections.nCopies(1_001, "\"x\""));
    assertThat(world.rest("bob", method, "{\"groupID\":\"g1\",\"userIDs\":[" + many + "]}"))
        .isEqualTo("1001 too many UserIDs, need to be less than 1000");
    for (String caller : List.of("bob", "dora")) {
      assertThat(world.rest(caller, method, "{\"groupID\":\"g1\",\"userIDs\":[\"dora\"]}"))
          .isEqualTo("1002 no group owner or admin");
    }
    assertThat(world.rest(ADMIN, method, "{\"groupID\":\"x\",\"userIDs\":[\"dora\"]}"))
        .isEqualTo("1201 x");
  }

  private static List<Long> one(String caller, String groupId, String userId) {
    return times(
        world
            .call(
                caller,
                groupGrpc.getGetSpecifiedUserGroupRequestInfoMethod(),
                GetSpecifiedUserGroupRequestInfoReq.newBuilder()
                    .setGroupID(groupId)
                    .setUserID(userId)
                    .build())
            .getGroupRequestsList());
  }

  @Test
  void oneIsReadByTheApplicantAndTheManagers() {
    for (String caller : List.of("dora", "alice", "carl", ADMIN)) {
      assertThat(one(caller, "g2", "dora")).containsExactly(20L);
    }
    assertThat(one("bob", "g2", "bob")).isEmpty();
    assertThat(one("bob", "unknown", "bob")).isEmpty();
    var method = groupGrpc.getGetSpecifiedUserGroupRequestInfoMethod();
    String body = "{\"groupID\":\"%s\",\"userID\":\"dora\"}";
    assertThat(world.rest("bob", method, body.formatted("g2")))
        .isEqualTo("1002 opUser no permission");
    assertThat(world.rest("bob", method, body.formatted("unknown"))).isEqualTo("1004");
    database.execute("UPDATE chat_group SET owner_user_id = '' WHERE group_id = 'g2'");
    assertThat(world.rest(ADMIN, method, body.formatted("g2"))).isEqualTo("1004");
  }

  private static long open(String user, long time) {
    return world
        .call(
            user,
            groupGrpc.getGetGroupApplicationUnhandledCountMethod(),
            GetGroupApplicationUnhandledCountReq.newBuilder().setUserID(user).setTime(time).build())
        .getCount();
  }

  @Test
  void openOnesAreCountedInGroupsThatTheUserManages() {
    assertThat(open("alice", 0)).isEqualTo(2);
    assertThat(open("alice", 10)).isEqualTo(1);
    assertThat(open("alice", 20)).isZero();
    assertThat(open("bob", 0)).isZero();
    world.dismiss("g1");
    assertThat(open("alice", 0)).isEqualTo(1);
    assertThat(
            world.rest(
                "bob",
                groupGrpc.getGetGroupApplicationUnhandledCountMethod(),
                "{\"userID\":\"alice\"}"))
        .isEqualTo("1002 ownerUserID, alice=MISSING");
  }
}
