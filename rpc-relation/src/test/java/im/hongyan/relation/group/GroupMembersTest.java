package im.hongyan.relation.group;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.GetGroupMemberRoleLevelReq;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.GetUserInGroupMembersReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves what members of a group read of each other, through gRPC (rest-group.md 8.14, 8.15). */
@ExtendWith(TestStoresExtension.class)
class GroupMembersTest {
  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    world = new GroupWorld(database, "alice", "bob", "carl", "dora", "eve");
  }

  @BeforeEach
  void fill() {
    database.clear();
    world.create("g", "alice", "bob", "carl", "dora");
    world.setRole("g", "carl", 60);
    world.setNickname("g", "dora", "100%_Ä");
  }

  private static String list(String caller, String body) {
    return world.rest(caller, groupGrpc.getGetGroupMemberListMethod(), body);
  }

  @Test
  void aListIsRefusedInTheOrderOfTheProtocol() {
    assertThat(list("eve", "{\"filter\":6}")).isEqualTo("1001 groupID is empty");
    assertThat(list("eve", "{\"groupID\":\"g\",\"filter\":6}"))
        .isEqualTo("1001 pagination is empty");
    String page = ",\"pagination\":{\"pageNumber\":%d,\"showNumber\":%d}}";
    assertThat(list("eve", "{\"groupID\":\"g\",\"filter\":6" + page.formatted(0, 1)))
        .isEqualTo("1001 pageNumber is invalid");
    assertThat(list("eve", "{\"groupID\":\"g\",\"filter\":6" + page.formatted(1, 10_001)))
        .isEqualTo("1001 showNumber is more than 10000");
    for (int filter : List.of(6, -1)) {
      assertThat(list("eve", "{\"groupID\":\"g\",\"filter\":" + filter + page.formatted(1, 1)))
          .isEqualTo("1001 filter is invalid");
    }
    assertThat(list("eve", "{\"groupID\":\"g\"" + page.formatted(1, 1)))
        .isEqualTo("1002 op user not in group");
    String longest = ",\"keyword\":\"" + "k".repeat(256) + "\"";
    assertThat(list("bob", "{\"groupID\":\"g\"" + longest + page.formatted(1, 1)))
        .isEqualTo("1001 keyword is longer than 255 characters");
    assertThat(list(ADMIN, "{\"groupID\":\"unknown\"" + page.formatted(1, 1)))
        .isEqualTo("{\"total\":0,\"members\":null}");
  }

  @ParameterizedTest
  @CsvSource({
    "0, '', 'alice,carl,bob,dora'",
    "1, '', 'alice'",
    "2, '', 'carl'",
    "3, '', 'bob,dora'",
    "4, '', 'carl,bob,dora'",
    "5, '', 'alice,carl'",
    "0, NICK, 'alice,carl,bob'",
    "3, 'ck b', 'bob'",
    "0, '%', 'dora'",
    "0, '_', 'dora'",
    "0, ä, 'dora'",
    "0, 'nick dora', ''",
    "2, bob, ''",
  })
  void filtersAndKeywordChoose(int filter, String keyword, String expected) {
    GetGroupMemberListResp all = world.list("bob", "g", filter, keyword, 1, 10);
    List<String> ids = expected.isEmpty() ? List.of() : List.of(expected.split(","));
    assertThat(all.getMembersList())
        .extracting(GroupMemberFullInfo::getUserID)
        .containsExactlyElementsOf(ids);
    assertThat(all.getTotal()).isEqualTo(ids.size());
    GetGroupMemberListResp second = world.list("bob", "g", filter, keyword, 2, 1);
    assertThat(second.getTotal()).isEqualTo(ids.size());
    assertThat(second.getMembersList())
        .isEqualTo(all.getMembersList().stream().skip(1).limit(1).toList());
    assertThat(world.list("bob", "g", filter, keyword, 1, 0).getTotal()).isEqualTo(ids.size());
    assertThat(world.list("bob", "g", filter, keyword, 9, 10).getMembersList()).isEmpty();
  }

  @Test
  void infosComeAsAskedWithInheritedNames() {
    List<GroupMemberFullInfo> members =
        world
            .call(
                "bob",
                groupGrpc.getGetGroupMembersInfoMethod(),
                GetGroupMembersInfoReq.newBuilder()
                    .setGroupID("g")
                    .addAllUserIDs(List.of("dora", "eve", "alice", "dora"))
                    .build())
            .getMembersList();
    assertThat(members).extracting(GroupMemberFullInfo::getUserID).containsExactly("dora", "alice");
    assertThat(members.getFirst().getNickname()).isEqualTo("100%_Ä");
    assertThat(members.getFirst().getFaceURL()).as("each apart").isEqualTo("face dora");
    assertThat(members.getLast())
        .isEqualTo(
            GroupMemberFullInfo.newBuilder()
                .setGroupID("g")
                .setUserID("alice")
                .setRoleLevel(100)
                .setJoinTime(members.getLast().getJoinTime())
                .setNickname("nick alice")
                .setFaceURL("face alice")
                .setJoinSource(2)
                .setOperatorUserID(ADMIN)
                .setInviterUserID(ADMIN)
                .build());
  }

  @Test
  void infosAreRefusedInTheOrderOfTheProtocol() {
    var method = groupGrpc.getGetGroupMembersInfoMethod();
    assertThat(world.rest("eve", method, "{}")).isEqualTo("1001 groupID is empty");
    assertThat(world.rest("eve", method, "{\"groupID\":\"g\",\"userIDs\":[]}"))
        .isEqualTo("1001 userIDs is empty");
    assertThat(world.rest("eve", method, "{\"groupID\":\"g\",\"userIDs\":[\"bob\"]}"))
        .isEqualTo("1002 op user not in group");
    assertThat(world.rest("bob", method, "{\"groupID\":\"g\",\"userIDs\":[\"eve\"]}"))
        .isEqualTo("{\"members\":null}");
  }

  @Test
  void administratorsListAndSearchWithoutBeingMembers() {
    var method = groupGrpc.getGetGroupMembersCMSMethod();
    String page = ",\"pagination\":{\"pageNumber\":%d,\"showNumber\":%d}}";
    assertThat(world.rest("alice", method, "{}")).isEqualTo("1001 groupID is empty");
    assertThat(world.rest("alice", method, "{\"groupID\":\"g\"}"))
        .isEqualTo("1001 pagination is empty");
    assertThat(world.rest("alice", method, "{\"groupID\":\"g\"" + page.formatted(0, 1)))
        .isEqualTo("1001 pageNumber is invalid");
    assertThat(world.rest("alice", method, "{\"groupID\":\"g\"" + page.formatted(1, 10_001)))
        .isEqualTo("1001 showNumber is more than 10000");
    assertThat(world.rest("alice", method, "{\"groupID\":\"g\"" + page.formatted(1, 9)))
        .isEqualTo("1002 user alice is not admin userID");
    assertThat(world.rest(ADMIN, method, "{\"groupID\":\"g\"" + page.formatted(1, 9)))
        .isEqualTo(list(ADMIN, "{\"groupID\":\"g\"" + page.formatted(1, 9)))
        .startsWith("{\"total\":4,");
    String named = "{\"groupID\":\"g\",\"%s\":\"nick c\"" + page.formatted(1, 9);
    assertThat(world.rest(ADMIN, method, named.formatted("userName")))
        .isEqualTo(list(ADMIN, named.formatted("keyword")))
        .startsWith("{\"total\":1,")
        .contains("\"userID\":\"carl\"");
  }

  @Test
  void membershipsOfAUserComeInTheOrderOfTheGroupsAsked() {
    world.create("h", "bob", "dora");
    world.create("i", "alice");
    var method = groupGrpc.getGetUserInGroupMembersMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 userID is empty");
    assertThat(world.rest("bob", method, "{\"userID\":\"bob\"}"))
        .isEqualTo("1001 groupIDs is empty");
    assertThat(world.rest("bob", method, "{\"userID\":\"bob\",\"groupIDs\":[\"g\"]}"))
        .isEqualTo("1002 user bob is not admin userID");
    List<GroupMemberFullInfo> members =
        world
            .call(
                ADMIN,
                method,
                GetUserInGroupMembersReq.newBuilder()
                    .setUserID("bob")
                    .addAllGroupIDs(List.of("i", "h", "g", "h", "unknown"))
                    .build())
            .getMembersList();
    assertThat(members).extracting(GroupMemberFullInfo::getGroupID).containsExactly("h", "g");
    assertThat(members).extracting(GroupMemberFullInfo::getRoleLevel).containsExactly(100, 20);
    assertThat(members).extracting(GroupMemberFullInfo::getNickname).containsOnly("nick bob");
  }

  @Test
  void membersWithRolesComeInMemberOrder() {
    var method = groupGrpc.getGetGroupMemberRoleLevelMethod();
    assertThat(world.rest("bob", method, "{}")).isEqualTo("1001 groupID is empty");
    assertThat(world.rest("bob", method, "{\"groupID\":\"g\"}"))
        .isEqualTo("1001 roleLevels is empty");
    assertThat(world.rest("bob", method, "{\"groupID\":\"g\",\"roleLevels\":[100]}"))
        .isEqualTo("1002 user bob is not admin userID");
    assertThat(withRoles(20, 100, 100)).containsExactly("alice", "bob", "dora");
    assertThat(withRoles(60)).containsExactly("carl");
    assertThat(withRoles(7)).isEmpty();
    database.execute("DELETE FROM group_member");
    database.execute(
        "INSERT INTO group_member (group_id, user_id, nickname, face_url, role_level, join_time,"
            + " join_source, inviter_user_id, operator_user_id, mute_end_time, ex, join_order,"
            + " join_version) WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 900) SELECT 'g', CONCAT('u', a.i, '_', b.i), 'x', 'x', 20, 1, 2, '', '',"
            + " 0, '', a.i * 1000 + b.i, 1 FROM n a JOIN n b ON b.i < 12 LIMIT 10001");
    assertThat(world.rest(ADMIN, method, "{\"groupID\":\"g\",\"roleLevels\":[20]}"))
        .isEqualTo("1001 more than 10000 members have these roles");
  }

  private static List<String> withRoles(Integer... levels) {
    return world
        .call(
            ADMIN,
            groupGrpc.getGetGroupMemberRoleLevelMethod(),
            GetGroupMemberRoleLevelReq.newBuilder()
                .setGroupID("g")
                .addAllRoleLevels(List.of(levels))
                .build())
        .getMembersList()
        .stream()
        .map(GroupMemberFullInfo::getUserID)
        .toList();
  }
}
