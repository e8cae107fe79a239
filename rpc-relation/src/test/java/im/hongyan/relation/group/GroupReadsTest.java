package im.hongyan.relation.group;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.GetGroupAbstractInfoReq;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GetGroupsReq;
import im.hongyan.proto.group.GetGroupsResp;
import im.hongyan.proto.group.GetJoinedGroupListReq;
import im.hongyan.proto.group.GetJoinedGroupListResp;
import im.hongyan.proto.group.GroupAbstractInfo;
import im.hongyan.proto.group.GroupCreateCountReq;
import im.hongyan.proto.group.GroupCreateCountResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.hash.ListHashes;
import im.hongyan.wire.id.GroupId;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what lists of groups hold and who reads them (rest-group.md 8.12, 8.17, 8.24, 8.25, 8.33).
 */
@ExtendWith(TestStoresExtension.class)
class GroupReadsTest {
  private static final String PAGE = "\"pagination\":{\"pageNumber\":1,\"showNumber\":10}";

  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    world = new GroupWorld(database, "alice", "bob", "carl");
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  @Test
  void infosOfAnyGroupComeAsAsked() {
    GroupInfo g1 = world.create("g1", "alice", "bob");
    world.create("g2", "alice");
    world.dismiss("g2");
    List<GroupInfo> found =
        world
            .call(
                "carl",
                groupGrpc.getGetGroupsInfoMethod(),
                GetGroupsInfoReq.newBuilder()
                    .addAllGroupIDs(List.of("g2", "unknown", "g1", "g2"))
                    .build())
            .getGroupInfosList();
    assertThat(found).extracting(GroupInfo::getGroupID).containsExactly("g2", "g1");
    assertThat(found.getFirst().getStatus()).isEqualTo(2);
    assertThat(found.getLast()).isEqualTo(g1);
    assertThat(world.rest("carl", groupGrpc.getGetGroupsInfoMethod(), "{\"groupIDs\":[]}"))
        .isEqualTo("1001 GroupIDs is empty");
    String many =
        "[" + String.join(",", IntStream.range(0, 1_001).mapToObj(i -> "\"x\"").toList()) + "]";
    assertThat(
            world.rest("carl", groupGrpc.getGetGroupsInfoMethod(), "{\"groupIDs\":" + many + "}"))
        .isEqualTo("1001 groupIDs has more than 1000 elements");
  }

  private static void name(String groupId, String name, long createTime) {
    database.execute(
        "UPDATE chat_group SET group_name = ?, create_time = ? WHERE group_id = ?",
        name,
        createTime,
        new GroupId(groupId));
  }

  private static GetJoinedGroupListResp joined(String user, int number, int size) {
    return world.call(
        user,
        groupGrpc.getGetJoinedGroupListMethod(),
        GetJoinedGroupListReq.newBuilder()
            .setFromUserID(user)
            .setPagination(GroupWorld.pagination(number, size))
            .build());
  }

  @Test
  void joinedGroupsAreOrderedByTheBytesOfTheirNamesThenByAge() {
    for (String id : List.of("g1", "g2", "g3", "g4", "g5", "g6")) {
      world.create(id, "alice", "bob");
    }
    name("g1", "b", 9);
    name("g2", "a", 9);
    name("g3", "a", 8);
    name("g4", "B", 7);
    name("g5", "雁", 1);
    world.dismiss("g6");
    GetJoinedGroupListResp all = joined("bob", 1, 10);
    assertThat(all.getTotal()).isEqualTo(5);
    assertThat(all.getGroupsList())
        .extracting(GroupInfo::getGroupID)
        .containsExactly("g4", "g3", "g2", "g1", "g5");
    assertThat(joined("bob", 2, 2).getGroupsList()).isEqualTo(all.getGroupsList().subList(2, 4));
    assertThat(joined("bob", 1, 0).getGroupsList()).isEmpty();
    assertThat(joined("bob", 1, 0).getTotal()).isEqualTo(5);
    assertThat(joined("bob", 7, 10).getGroupsList()).isEmpty();
    assertThat(joined("carl", 1, 10)).isEqualTo(GetJoinedGroupListResp.getDefaultInstance());
  }

  @Test
  void aSingleDismissedGroupIsNotListed() {
    world.create("g", "alice");
    world.dismiss("g");
    assertThat(joined("alice", 1, 10)).isEqualTo(GetJoinedGroupListResp.getDefaultInstance());
  }

  @Test
  void joinedGroupsAreRefusedInTheOrderOfTheProtocol() {
    var method = groupGrpc.getGetJoinedGroupListMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 pagination is empty");
    assertThat(world.rest("bob", method, "{\"pagination\":{}}"))
        .isEqualTo("1001 pageNumber is invalid");
    assertThat(world.rest("bob", method, "{" + PAGE + "}")).isEqualTo("1001 fromUserID is empty");
    assertThat(world.rest("bob", method, "{\"fromUserID\":\"alice\"," + PAGE + "}"))
        .isEqualTo("1002 ownerUserID, alice=MISSING");
    assertThat(world.rest(ADMIN, method, "{\"fromUserID\":\"alice\"," + PAGE + "}"))
        .isEqualTo("{\"total\":0,\"groups\":null}");
  }

  private static GroupAbstractInfo abstractOf(String caller, String groupId) {
    return world
        .call(
            caller,
            groupGrpc.getGetGroupAbstractInfoMethod(),
            GetGroupAbstractInfoReq.newBuilder().addGroupIDs(groupId).build())
        .getGroupAbstractInfos(0);
  }

  @Test
  void anAbstractHashesTheMembersByTheirIds() {
    world.create("g", "carl", "bob", "alice");
    GroupAbstractInfo info = abstractOf("bob", "g");
    assertThat(info.getGroupMemberNumber()).isEqualTo(3);
    assertThat(info.getGroupMemberListHash())
        .isEqualTo(
            ListHashes.groupMemberListHash(
                world
                    .call(
                        "bob",
                        groupGrpc.getGetGroupMembersInfoMethod(),
                        GetGroupMembersInfoReq.newBuilder()
                            .setGroupID("g")
                            .addAllUserIDs(List.of("alice", "bob", "carl"))
                            .build())
                    .getMembersList()));
    world.setNickname("g", "alice", "other");
    assertThat(abstractOf("bob", "g").getGroupMemberListHash())
        .isNotEqualTo(info.getGroupMemberListHash());
  }

  @Test
  void abstractsAreRefusedInTheOrderOfTheProtocol() {
    world.create("g", "alice", "bob");
    world.create("h", "alice");
    var method = groupGrpc.getGetGroupAbstractInfoMethod();
    assertThat(world.rest("bob", method, "{\"groupIDs\":[]}")).isEqualTo("1001 GroupID is empty");
    String many =
        "[" + String.join(",", IntStream.range(0, 1_001).mapToObj(i -> "\"x\"").toList()) + "]";
    assertThat(world.rest("bob", method, "{\"groupIDs\":" + many + "}"))
        .isEqualTo("1001 too many GroupIDs, need to be less than 1000");
    assertThat(world.rest("bob", method, "{\"groupIDs\":[\"x\",\"x\"]}"))
        .isEqualTo("1001 groupIDs duplicate");
    assertThat(world.rest("bob", method, "{\"groupIDs\":[\"g\",\"h\"]}"))
        .isEqualTo("1002 op user not in group");
    assertThat(world.rest(ADMIN, method, "{\"groupIDs\":[\"x\",\"g\",\"y\"]}"))
        .isEqualTo("1201 not found group x,y");
  }

  private static GetGroupsResp groups(String name, String id, int number, int size) {
    return world.call(
        ADMIN,
        groupGrpc.getGetGroupsMethod(),
        GetGroupsReq.newBuilder()
            .setGroupName(name)
            .setGroupID(id)
            .setPagination(GroupWorld.pagination(number, size))
            .build());
  }

  private static List<String> ids(GetGroupsResp answer) {
    return answer.getGroupsList().stream().map(group -> group.getGroupInfo().getGroupID()).toList();
  }

  @Test
  void administratorsListAllGroupsTheNewestFirst() {
    for (String id : List.of("g1", "g2", "g3", "g4", "g5")) {
      world.create(id, "alice");
    }
    name("g1", "100%", 1);
    name("g2", "a_B", 2);
    name("g3", "abB", 3);
    world.dismiss("g4");
    world.setNickname("g5", "alice", "boss");
    assertThat(ids(groups("", "", 1, 10))).containsExactly("g5", "g3", "g2", "g1");
    assertThat(groups("", "", 1, 1).getTotal()).isEqualTo(4);
    assertThat(ids(groups("", "", 2, 2))).containsExactly("g2", "g1");
    assertThat(ids(groups("%", "", 1, 10))).as("literally").containsExactly("g1");
    assertThat(ids(groups("_b", "", 1, 10))).containsExactly("g2");
    assertThat(ids(groups("B", "", 1, 10))).containsExactly("g3", "g2");
    assertThat(groups("B", "", 1, 0).getTotal()).isEqualTo(2);
    GetGroupsResp dismissed = groups("other", "g4", 1, 10);
    assertThat(dismissed.getTotal()).isEqualTo(1);
    assertThat(dismissed.getGroups(0).getGroupInfo().getStatus()).isEqualTo(2);
    assertThat(groups("", "unknown", 1, 10)).isEqualTo(GetGroupsResp.getDefaultInstance());
    assertThat(groups("", "g5", 1, 10).getGroups(0).getGroupOwnerUserName()).isEqualTo("boss");
    assertThat(groups("", "g1", 1, 10).getGroups(0).getGroupOwnerUserID()).isEqualTo("alice");
    assertThat(groups("", "g1", 1, 10).getGroups(0).getGroupOwnerUserName()).isEmpty();
  }

  @Test
  void allGroupsAreRefusedInTheOrderOfTheProtocol() {
    var method = groupGrpc.getGetGroupsMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 pagination is empty");
    assertThat(world.rest("bob", method, "{\"pagination\":{}}"))
        .isEqualTo("1001 pageNumber is invalid");
    assertThat(world.rest("bob", method, "{" + PAGE + "}"))
        .isEqualTo("1002 user bob is not admin userID");
    assertThat(
            world.rest(ADMIN, method, "{\"groupName\":\"" + "n".repeat(256) + "\"," + PAGE + "}"))
        .isEqualTo("1001 groupName is longer than 255 characters");
  }

  private static GroupCreateCountResp counts(String start, String end) {
    return world.call(
        ADMIN,
        groupGrpc.getGroupCreateCountMethod(),
        GroupCreateCountReq.newBuilder()
            .setStart(Instant.parse(start).toEpochMilli())
            .setEnd(Instant.parse(end).toEpochMilli())
            .build());
  }

  @Test
  void creationsAreCountedByDaysInUtc() {
    String[] times = {
      "2026-01-31T23:59:59.999Z",
      "2026-02-01T00:00:00Z",
      "2026-02-01T23:59:59Z",
      "2026-02-03T12:00:00Z",
      "2026-02-04T00:00:00Z"
    };
    for (int i = 0; i < times.length; i++) {
      world.create("g" + i, "alice");
      name("g" + i, "n", Instant.parse(times[i]).toEpochMilli());
    }
    world.dismiss("g1");
    assertThat(counts("2026-02-01T00:00:00Z", "2026-02-04T00:00:00Z"))
        .isEqualTo(
            GroupCreateCountResp.newBuilder()
                .setTotal(5)
                .setBefore(1)
                .putCount("2026-02-01", 2)
                .putCount("2026-02-03", 1)
                .build());
    assertThat(counts("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z").getCountMap()).isEmpty();
  }

  @Test
  void countsAreRefusedInTheOrderOfTheProtocol() {
    var method = groupGrpc.getGroupCreateCountMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 start is invalid");
    assertThat(world.rest("bob", method, "{\"start\":2}")).isEqualTo("1001 end is invalid");
    assertThat(world.rest("bob", method, "{\"start\":1,\"end\":2}"))
        .isEqualTo("1002 user bob is not admin userID");
    assertThat(world.rest(ADMIN, method, "{\"start\":2,\"end\":1}")).isEqualTo("1001 start > end");
    assertThat(world.rest(ADMIN, method, "{\"start\":1,\"end\":1}"))
        .as("an empty map is left out")
        .isEqualTo("{\"total\":0,\"before\":0}");
  }
}
