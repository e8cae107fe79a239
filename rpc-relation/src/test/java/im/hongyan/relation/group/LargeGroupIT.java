package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.GetFullGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetGroupAbstractInfoReq;
import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a group of 100,000 members is read whole, by pages, ids, search and hash. */
@ExtendWith(TestStoresExtension.class)
class LargeGroupIT {
  private static final int MEMBERS = 100_000;
  private static final int PAGE = 1_000;

  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  @BeforeAll
  static void fill(TestStores stores) {
    database = RelationDatabase.open(stores);
    database.clear();
    world = new GroupWorld(database, "owner", "admin");
    world.create("large", "owner", "admin");
    world.setRole("large", "admin", 60);
    StringBuilder digits = new StringBuilder("SELECT 0 AS d");
    for (int i = 1; i < 10; i++) {
      digits.append(" UNION ALL SELECT ").append(i);
    }
    String numbers = "(" + digits + ") AS ";
    database.execute(
        "INSERT INTO group_member (group_id, user_id, nickname, face_url, role_level, join_time,"
            + " join_source, inviter_user_id, operator_user_id, mute_end_time, ex, join_order,"
            + " join_version) SELECT 'large', CONCAT('u', n), CONCAT('nick ', n), 'f', 20, 1, 2,"
            + " 'owner', 'owner', 0, '', n + 10, 1 FROM (SELECT a.d + 10 * b.d + 100 * c.d"
            + " + 1000 * e.d + 10000 * f.d AS n FROM "
            + numbers
            + "a JOIN "
            + numbers
            + "b JOIN "
            + numbers
            + "c JOIN "
            + numbers
            + "e JOIN "
            + numbers
            + "f) AS ids WHERE n < "
            + (MEMBERS - 2));
    database.execute(
        "UPDATE chat_group SET member_count = ?, members_ever = ?", MEMBERS, MEMBERS + 10);
    database.execute("ANALYZE TABLE group_member");
  }

  private static List<String> ids() {
    return world
        .call(
            "owner",
            groupGrpc.getGetFullGroupMemberUserIDsMethod(),
            GetFullGroupMemberUserIDsReq.newBuilder().setGroupID("large").build())
        .getUserIDsList();
  }

  private static List<String> ids(GetGroupMemberListResp page) {
    return page.getMembersList().stream().map(GroupMemberFullInfo::getUserID).toList();
  }

  @Test
  void pagesHoldAllInTheOrderOfTheIds() {
    List<String> all = ids();
    List<String> paged = new ArrayList<>();
    for (int number = 1; ; number++) {
      GetGroupMemberListResp page = world.page("owner", "large", number, PAGE);
      assertThat(page.getTotal()).isEqualTo(all.size());
      paged.addAll(ids(page));
      if (page.getMembersCount() < PAGE) {
        break;
      }
    }
    assertThat(all).hasSizeGreaterThan(99_990).startsWith("owner", "admin").doesNotHaveDuplicates();
    assertThat(paged).isEqualTo(all);
    assertThat(ids(world.page("owner", "large", 1_000_000, 10_000))).isEmpty();
  }

  @Test
  void deepPagesFollowChangesOfTheOrder() {
    for (String changed : List.of("u50000", "u70000", "u3")) {
      assertThat(ids(world.page("owner", "large", 321, 200)))
          .isEqualTo(ids().subList(64_000, 64_200));
      world.setRole("large", changed, 60);
      assertThat(ids(world.page("owner", "large", 321, 200)))
          .isEqualTo(ids().subList(64_000, 64_200));
      world.kick("large", "u" + (Integer.parseInt(changed.substring(1)) + 1));
    }
    List<String> all = ids();
    assertThat(all).startsWith("owner", "admin", "u3", "u50000", "u70000", "u0");
    assertThat(ids(world.list("owner", "large", 4, "", 251, 200)))
        .as("without the owner")
        .isEqualTo(all.subList(50_001, 50_201));
    assertThat(ids(world.list("owner", "large", 3, "", 251, 200)))
        .as("ordinary ones")
        .isEqualTo(all.subList(50_005, 50_205));
  }

  @Test
  void aPageGoesOnWithTheNextRole() {
    database.execute(
        "UPDATE group_member SET role_level = 60 WHERE group_id = 'large' AND join_order BETWEEN"
            + " 90000 AND 93999");
    world.rename("large", "many admins");
    assertThat(ids(world.page("owner", "large", 5, 1_000))).isEqualTo(ids().subList(4_000, 5_000));
    database.execute(
        "UPDATE group_member SET role_level = 20 WHERE group_id = 'large' AND join_order BETWEEN"
            + " 90000 AND 93999");
    world.rename("large", "few admins");
  }

  @Test
  void searchReadsAll() {
    GetGroupMemberListResp found = world.list("owner", "large", 3, "NICK 9999", 1, 5);
    assertThat(found.getTotal()).isEqualTo(1 + 8);
    assertThat(found.getMembersList())
        .extracting(GroupMemberFullInfo::getNickname)
        .containsExactly("nick 9999", "nick 99990", "nick 99991", "nick 99992", "nick 99993");
    assertThat(world.list("owner", "large", 0, "nick", 1, 0).getTotal()).isEqualTo(ids().size());
  }

  @Test
  void hashIsOfAll() {
    var info =
        world
            .call(
                RelationTestServer.ADMIN,
                groupGrpc.getGetGroupAbstractInfoMethod(),
                GetGroupAbstractInfoReq.newBuilder().addGroupIDs("large").build())
            .getGroupAbstractInfos(0);
    assertThat(info.getGroupMemberNumber()).isEqualTo(ids().size());
    assertThat(info.getGroupMemberListHash()).isNotZero();
  }
}
