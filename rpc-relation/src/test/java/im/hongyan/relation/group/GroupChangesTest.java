package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a change of groups is whole when it is answered, or nothing of it is there. */
@ExtendWith(TestStoresExtension.class)
class GroupChangesTest {
  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    world = new GroupWorld(database, "o", "a", "b");
  }

  @BeforeEach
  void createGroups() {
    database.clear();
    world.create("g", "o", "a");
    world.create("h", "o", "b");
  }

  private static SetGroupMemberInfo.Builder admin(String group, String user) {
    SetGroupMemberInfo.Builder info =
        SetGroupMemberInfo.newBuilder().setGroupID(group).setUserID(user);
    info.getRoleLevelBuilder().setValue(60);
    return info;
  }

  private static void set(SetGroupMemberInfo.Builder... infos) {
    SetGroupMemberInfoReq.Builder request = SetGroupMemberInfoReq.newBuilder();
    List.of(infos).forEach(request::addMembers);
    world.call("o", groupGrpc.getSetGroupMemberInfoMethod(), request.build());
  }

  @Test
  void membersOfSeveralGroupsAreSetTogetherOrNotAtAll() {
    long before = database.notificationCount();
    List<Integer> codes = new ArrayList<>();
    for (SetGroupMemberInfo.Builder second : List.of(admin("nothere", "a"), admin("h", "a"))) {
      Assertions.assertThatExceptionOfType(ImException.class)
          .isThrownBy(() -> set(admin("g", "a"), second))
          .satisfies(refusal -> codes.add(refusal.code()));
    }
    assertThat(codes).containsExactly(1004, 1001);
    assertThat(world.role("g", "a")).isEqualTo(20);
    assertThat(database.notificationCount()).isEqualTo(before);
    set(admin("h", "b"), admin("g", "a"));
    assertThat(List.of(world.role("g", "a"), world.role("h", "b"))).containsExactly(60L, 60L);
  }

  @Test
  void dismissalWithItsMembersLeavesNoneWhenItIsAnswered() {
    world.call(
        RelationTestServer.ADMIN,
        groupGrpc.getDismissGroupMethod(),
        DismissGroupReq.newBuilder().setGroupID("g").setDeleteMember(true).build());
    assertThat(database.number("SELECT COUNT(*) FROM group_member WHERE group_id = 'g'")).isZero();
    assertThat(database.number("SELECT member_count FROM chat_group WHERE group_id = 'g'"))
        .isZero();
  }
}
