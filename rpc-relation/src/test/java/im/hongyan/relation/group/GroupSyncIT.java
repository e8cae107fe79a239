package im.hongyan.relation.group;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.BatchGetIncrementalGroupMemberReq;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsResp;
import im.hongyan.proto.group.GetFullJoinGroupIDsReq;
import im.hongyan.proto.group.GetFullJoinGroupIDsResp;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.hash.ListHashes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that copies of groups and their members follow them (rest-group.md 7.6, 8.27 to 8.31). */
@ExtendWith(TestStoresExtension.class)
class GroupSyncIT {
  private static final String OWNER = "owner";
  private static final List<String> OTHERS =
      IntStream.range(0, 300).mapToObj(i -> "u" + i).toList();
  private static final int STEPS = 400;

  @AutoClose private static RelationDatabase database;
  @AutoClose private static GroupWorld world;

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
    String[] users = OTHERS.toArray(new String[OTHERS.size() + 2]);
    users[OTHERS.size()] = OWNER;
    users[OTHERS.size() + 1] = "reader";
    world = new GroupWorld(database, users);
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  /** A device of the reader: the list of groups, and the members of each. */
  private static final class Device {
    final JoinedGroupsCopy groups = new JoinedGroupsCopy(world, "reader");
    final Map<String, GroupMembersCopy> members = new HashMap<>();

    void sync() {
      groups.sync();
      members.keySet().retainAll(groups.ids());
      for (String id : groups.ids()) {
        members.computeIfAbsent(
            id, group -> new GroupMembersCopy(world, "reader", group, groups::refresh));
      }
      GroupMembersCopy.syncAll(world, "reader", members.values());
    }

    void assertEqualsFresh() {
      groups.assertEqualsFresh();
      members.values().forEach(GroupMembersCopy::assertEqualsFresh);
    }
  }

  private static void step(Random random, List<String> groups) {
    String group = groups.get(random.nextInt(groups.size()));
    String other = OTHERS.get(random.nextInt(OTHERS.size()));
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> {
        int from = random.nextInt(OTHERS.size() - 8);
        world.invite(group, ADMIN, OTHERS.subList(from, from + 8).toArray(String[]::new));
      }
      case 4 -> change(group, "reader", 20, () -> world.quit(group, "reader"));
      case 5 -> world.invite(group, ADMIN, "reader");
      case 6 -> {
        String made = "g" + random.nextInt(1_000_000);
        world.create(made, OWNER, "reader", other);
        groups.add(made);
      }
      case 7 -> world.rename(group, "name " + random.nextInt(100));
      case 8 -> {
        if (groups.size() > 3 && random.nextInt(4) == 0) {
          world.dismiss(group);
          groups.remove(group);
        }
      }
      default -> changeMember(random, group, other);
    }
  }

  private static void changeMember(Random random, String group, String user) {
    switch (random.nextInt(5)) {
      case 0 -> change(group, user, 60, () -> world.kick(group, user));
      case 1 -> {
        int level = random.nextBoolean() ? 60 : 20;
        change(group, user, 60, () -> world.setRole(group, user, level));
      }
      case 2 ->
          change(group, user, 100, () -> world.setNickname(group, user, "n" + random.nextInt(100)));
      case 3 -> change(group, user, 60, () -> world.mute(group, user));
      default -> {
        if (world.role(group, OWNER) == 100) {
          change(group, user, 60, () -> world.transfer(group, OWNER, user));
        }
      }
    }
  }

  /** Where the user is a member with at most this role. */
  private static void change(String group, String user, int highest, Runnable change) {
    long role = world.role(group, user);
    if (role > 0 && role <= highest) {
      change.run();
    }
  }

  @Test
  void copiesThatSyncAtRandomMomentsEndAsThoseThatReadEverything(@Seeded long seed) {
    Random random = new Random(seed);
    List<String> groups = new ArrayList<>();
    for (String id : List.of("g0", "g1", "g2")) {
      world.create(id, OWNER, "reader");
      groups.add(id);
    }
    List<Device> devices = IntStream.range(0, 3).mapToObj(i -> new Device()).toList();
    devices.getFirst().sync();
    for (int i = 0; i < STEPS; i++) {
      step(random, groups);
      for (int device = 0; device < devices.size(); device++) {
        // The first syncs often, the last hardly ever: it is behind by more than 200 entries.
        if (random.nextInt(1 << (3 * device + 1)) == 0) {
          devices.get(device).sync();
        }
      }
    }
    devices.forEach(Device::sync);
    devices.forEach(Device::assertEqualsFresh);
    assertThat(devices.getFirst().groups.fullReadings())
        .as("of the list that syncs often")
        .isEqualTo(1);
  }

  @Test
  void decisionIsTheProtocols() {
    world.create("g", OWNER, "u1", "u2");
    getIncrementalGroupMemberResp first = world.changes(OWNER, "g", "", 0);
    assertThat(first.getFull()).isTrue();
    assertThat(first.getGroup().getMemberCount()).isEqualTo(3);
    assertThat(first.getVersion()).isEqualTo(1);
    assertThat(first.getVersionID()).matches("[0-9a-f]{24}");
    String id = first.getVersionID();
    world.invite("g", OWNER, "u3");
    world.kick("g", "u1");
    world.setRole("g", "u2", 60);
    assertThat(world.changes(OWNER, "g", id, 0).getFull()).isTrue();
    assertThat(world.changes(OWNER, "g", id, 5).getFull()).as("newer than the log").isTrue();
    assertThat(world.changes(OWNER, "g", id, -1).getFull()).as("unsigned").isTrue();
    assertThat(world.changes(OWNER, "g", "x", 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, "g", "a".repeat(24), 1).getFull()).isTrue();
    assertThat(world.changes(OWNER, "g", id, 4))
        .isEqualTo(
            getIncrementalGroupMemberResp.newBuilder().setVersion(4).setVersionID(id).build());
    getIncrementalGroupMemberResp changes = world.changes(OWNER, "g", id, 1);
    assertThat(changes.getInsertList())
        .extracting(GroupMemberFullInfo::getNickname)
        .containsExactly("nick u3");
    assertThat(changes.getUpdateList())
        .extracting(GroupMemberFullInfo::getRoleLevel)
        .containsExactly(60);
    assertThat(changes.getDeleteList()).containsExactly("u1");
    assertThat(changes.getSortVersion()).isEqualTo(4);
    assertThat(changes.getGroup().getMemberCount()).isEqualTo(3);
  }

  @Test
  void theGroupsOwnChangeComesWithoutMembers() {
    world.create("g", OWNER);
    String id = world.changes(OWNER, "g", "", 0).getVersionID();
    world.rename("g", "other");
    getIncrementalGroupMemberResp changes = world.changes(OWNER, "g", id, 1);
    assertThat(changes.getGroup().getGroupName()).isEqualTo("other");
    assertThat(changes.toBuilder().clearGroup().build())
        .isEqualTo(
            getIncrementalGroupMemberResp.newBuilder().setVersion(2).setVersionID(id).build());
  }

  @Test
  void moreThan200EntriesAreReadAsAWholeTheGroupsOwnIncluded() {
    world.create("g", OWNER);
    String id = world.changes(OWNER, "g", "", 0).getVersionID();
    world.invite("g", OWNER, OTHERS.subList(0, 200).toArray(String[]::new));
    assertThat(world.changes(OWNER, "g", id, 1).getInsertCount()).isEqualTo(200);
    world.rename("g", "other");
    assertThat(world.changes(OWNER, "g", id, 1).getFull()).isTrue();
  }

  private static Map<String, getIncrementalGroupMemberResp> batch(
      String caller, List<getIncrementalGroupMemberReq> requests) {
    return world
        .call(
            caller,
            groupGrpc.getBatchGetIncrementalGroupMemberMethod(),
            BatchGetIncrementalGroupMemberReq.newBuilder()
                .setUserID("whoever")
                .addAllReqList(requests)
                .build())
        .getRespListMap();
  }

  @Test
  void oneBadGroupFailsNoBatch() {
    world.create("g", OWNER, "u1");
    world.create("foreign", "u2");
    world.create("gone", OWNER, "u1");
    world.dismiss("gone");
    String id = world.changes(OWNER, "g", "", 0).getVersionID();
    List<getIncrementalGroupMemberReq> requests =
        List.of(
            GroupWorld.since("unknown", "", 0),
            GroupWorld.since("", "", 0),
            GroupWorld.since("foreign", "", 0),
            GroupWorld.since("gone", "", 0),
            GroupWorld.since("g", id, 1),
            GroupWorld.since("g", "", 0));
    Map<String, getIncrementalGroupMemberResp> answers = batch(OWNER, requests);
    assertThat(answers).containsOnlyKeys("g");
    assertThat(answers.get("g"))
        .as("the first of two requests; nothing has changed")
        .isEqualTo(
            getIncrementalGroupMemberResp.newBuilder().setVersion(1).setVersionID(id).build());
    assertThat(batch(ADMIN, requests)).containsOnlyKeys("g", "foreign");
    assertThat(batch("u3", requests)).isEmpty();
  }

  @Test
  void aBatchEndsBehind500Entries() {
    List<String> groups = List.of("g1", "g2", "g3", "g4", "g5");
    for (String group : groups) {
      world.create(group, OWNER);
    }
    Map<String, String> ids = new HashMap<>();
    groups.forEach(group -> ids.put(group, world.changes(OWNER, group, "", 0).getVersionID()));
    for (String group : groups.subList(0, 4)) {
      world.invite(group, OWNER, OTHERS.subList(0, 170).toArray(String[]::new));
    }
    List<getIncrementalGroupMemberReq> requests =
        groups.stream()
            .map(group -> GroupWorld.since(group, ids.getOrDefault(group, ""), 1))
            .toList();
    assertThat(batch(OWNER, requests)).containsOnlyKeys("g1", "g2", "g3");
    assertThat(batch(OWNER, requests.subList(3, 5))).containsOnlyKeys("g4", "g5");
  }

  @Test
  void changesTooLargeForAnAnswerAreReadAsAWholeAndABatchEndsBeforeIt() {
    List<String> groups = List.of("g1", "g2", "g3");
    List<getIncrementalGroupMemberReq> requests = new ArrayList<>();
    for (String group : groups) {
      world.create(group, OWNER);
      requests.add(GroupWorld.since(group, world.changes(OWNER, group, "", 0).getVersionID(), 1));
      world.invite(group, OWNER, OTHERS.subList(0, 150).toArray(String[]::new));
    }
    String ex = "UPDATE group_member SET ex = ?";
    database.execute(ex, "<".repeat(16_384));
    assertThat(batch(OWNER, requests)).containsOnlyKeys("g1");
    assertThat(batch(OWNER, requests.subList(1, 3))).containsOnlyKeys("g2");
    database.execute(ex, "<".repeat(40_000));
    Map<String, getIncrementalGroupMemberResp> answers = batch(OWNER, requests);
    assertThat(answers).containsOnlyKeys("g1", "g2", "g3");
    assertThat(answers.values())
        .allMatch(answer -> answer.getFull() && answer.hasGroup() && answer.getVersion() == 4);
  }

  @Test
  void errorsComeInTheirOrder() {
    world.create("g", OWNER, "u1");
    world.create("gone", OWNER, "u1");
    world.dismiss("gone");
    var changes = groupGrpc.getGetIncrementalGroupMemberMethod();
    assertThat(world.rest("u2", changes, "{\"groupID\":\"g\"}"))
        .isEqualTo("1002 op user not in group");
    assertThat(world.rest("u2", changes, "{}")).isEqualTo("1002 op user not in group");
    assertThat(world.rest(ADMIN, changes, "{\"groupID\":\"unknown\"}")).isEqualTo("1004");
    assertThat(world.rest("u2", changes, "{\"groupID\":\"gone\"}"))
        .isEqualTo("1002 op user not in group");
    assertThat(world.rest("u1", changes, "{\"groupID\":\"gone\"}")).isEqualTo("1204");
    assertThat(world.rest(ADMIN, changes, "{\"groupID\":\"gone\"}")).isEqualTo("1204");
    var ids = groupGrpc.getGetFullGroupMemberUserIDsMethod();
    assertThat(world.rest("u2", ids, "{}")).isEqualTo("1001 groupID is empty");
    assertThat(world.rest("u2", ids, "{\"groupID\":\"g\"}")).isEqualTo("1002 op user not in group");
    assertThat(world.rest(ADMIN, ids, "{\"groupID\":\"unknown\"}")).isEqualTo("1004");
    var joined = groupGrpc.getGetIncrementalJoinGroupMethod();
    assertThat(world.rest("u2", joined, "{\"userID\":\"u1\"}"))
        .isEqualTo("1002 ownerUserID, u1=MISSING");
    assertThat(world.rest(ADMIN, joined, "{}")).isEqualTo("500 versionKey is empty");
    var joinedIds = groupGrpc.getGetFullJoinGroupIDsMethod();
    assertThat(world.rest("u2", joinedIds, "{}")).isEqualTo("1001 userID is empty");
    assertThat(world.rest("u2", joinedIds, "{\"userID\":\"u1\"}"))
        .isEqualTo("1002 ownerUserID, u1=MISSING");
    assertThat(database.number("SELECT COUNT(*) FROM version_log WHERE owner_id = 'unknown'"))
        .as("logs of unknown groups")
        .isZero();
  }

  @Test
  void equalIdsAreNotSent() {
    world.create("g", OWNER, "u2", "u1");
    world.create("h", OWNER);
    long hash = ListHashes.idHash(List.of(OWNER, "u2", "u1"));
    GetFullGroupMemberUserIDsResp same =
        world.call(
            OWNER,
            groupGrpc.getGetFullGroupMemberUserIDsMethod(),
            GetFullGroupMemberUserIDsReq.newBuilder().setGroupID("g").setIdHash(hash).build());
    assertThat(same.getEqual()).isTrue();
    assertThat(same.getUserIDsList()).isEmpty();
    assertThat(same.getVersion()).isEqualTo(1);
    GetFullJoinGroupIDsResp groups =
        world.call(
            OWNER,
            groupGrpc.getGetFullJoinGroupIDsMethod(),
            GetFullJoinGroupIDsReq.newBuilder()
                .setUserID(OWNER)
                .setIdHash(ListHashes.idHash(List.of("g", "h")))
                .build());
    assertThat(groups.getEqual()).isTrue();
    assertThat(groups.getGroupIDsList()).isEmpty();
    assertThat(groups.getVersion()).isEqualTo(2);
    assertThat(
            world
                .call(
                    "u3",
                    groupGrpc.getGetFullJoinGroupIDsMethod(),
                    GetFullJoinGroupIDsReq.newBuilder().setUserID("u3").build())
                .getEqual())
        .as("an empty list has hash 0")
        .isTrue();
  }
}
