package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.groups.ChangesAnswer;
import im.hongyan.proto.groups.ChangesRequest;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.groups.MemberState;
import im.hongyan.proto.groups.VersionsRequest;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a follower of groups learns of every change, and cheaply of none. */
@ExtendWith(TestStoresExtension.class)
class GroupViewsTest {
  private static final int PAGE = 3;

  private static final GroupId GROUP = new GroupId("g");

  @AutoClose private static RelationDatabase database;

  private final GroupStore store = new GroupStore(mysql());
  private final GroupViewStore views = new GroupViewStore(mysql());

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer().serve(new GroupViews(views, PAGE));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private static Member member(String userId, GroupRole role) {
    UserId nobody = new UserId("");
    return Member.fresh(GROUP, new UserId(userId), role, new Member.Entry(1, 2, nobody, nobody));
  }

  private void create(String... ordinary) {
    List<Member> members = new ArrayList<>(List.of(member("owner", GroupRole.OWNER)));
    List.of(ordinary).forEach(user -> members.add(member(user, GroupRole.ORDINARY)));
    GroupInfo group =
        GroupInfo.newBuilder()
            .setGroupID("g")
            .setGroupType(2)
            .setOwnerUserID("owner")
            .setCreateTime(1)
            .build();
    assertThat(store.create(group, members, change -> List.of())).isTrue();
  }

  private void enter(String... userIds) {
    List<Member> members =
        List.of(userIds).stream().map(u -> member(u, GroupRole.ORDINARY)).toList();
    GroupStoreIT.admit(new GroupChangeStore(mysql()), GROUP, List.of(members), change -> List.of());
  }

  /** As leaving will do it. */
  private static void leave(String userId) {
    mysql()
        .jdbi()
        .useTransaction(handle -> {
          VersionLogs.advance(handle, Kind.GROUP_MEMBERS, "g", List.of(userId), State.DELETED, 1);
          handle.execute(
              "DELETE FROM group_member WHERE group_id = 'g' AND user_id = ?", new UserId(userId));
          handle.execute("UPDATE chat_group SET member_count = member_count - 1");
        });
  }

  private ChangesAnswer since(GroupVersion known, String after) {
    return server.call(
        RelationTestServer.SERVICE,
        GroupViewsGrpc.getChangesMethod(),
        ChangesRequest.newBuilder().setGroupId("g").setKnown(known).setAfterUserId(after).build());
  }

  private ChangesAnswer all(String after) {
    return since(GroupVersion.getDefaultInstance(), after);
  }

  private static List<String> ids(ChangesAnswer answer) {
    return answer.getMembersList().stream().map(MemberState::getUserId).toList();
  }

  private List<GroupVersion> versions(String... groupIds) {
    return server
        .call(
            RelationTestServer.SERVICE,
            GroupViewsGrpc.getVersionsMethod(),
            VersionsRequest.newBuilder().addAllGroupIds(List.of(groupIds)).build())
        .getVersionsList();
  }

  @Test
  void versionsComeInTheOrderAskedAndMoveWithEachChange() {
    assertThat(versions("g")).containsExactly(GroupVersion.getDefaultInstance());
    create();
    List<GroupVersion> before = versions("x", "g", "g");
    assertThat(before.get(0)).isEqualTo(GroupVersion.getDefaultInstance());
    assertThat(before.get(1)).isEqualTo(before.get(2)).isNotEqualTo(before.get(0));
    enter("anna");
    GroupVersion after = versions("g").getFirst();
    assertThat(after.getId()).isEqualTo(before.get(1).getId());
    assertThat(after.getNumber()).isEqualTo(before.get(1).getNumber() + 1);
    var tooMany =
        VersionsRequest.newBuilder().addAllGroupIds(Collections.nCopies(1_001, "g")).build();
    assertThat(
            server.refusal(RelationTestServer.SERVICE, GroupViewsGrpc.getVersionsMethod(), tooMany))
        .isEqualTo("1001 more than 1000 groups");
  }

  @Test
  void allThereIsComesInPages() {
    create("a", "b", "c", "d");
    ChangesAnswer first = all("");
    assertThat(ids(first)).containsExactly("a", "b", "c");
    assertThat(first.getFull()).isTrue();
    assertThat(first.getMore()).isTrue();
    assertThat(first.getGroup().getMemberCount()).isEqualTo(5);
    assertThat(first.getGroup().getOwnerUserId()).isEqualTo("owner");
    enter("aa");
    ChangesAnswer second = all("c");
    assertThat(ids(second)).containsExactly("d", "owner");
    assertThat(second.getMore()).isFalse();
    // Who joined between the pages is in the changes since the first page's version.
    assertThat(ids(since(first.getVersion(), ""))).containsExactly("aa");
  }

  @Test
  void onlyWhatHasChangedIsAnswered() {
    create("a");
    GroupVersion known = versions("g").getFirst();
    ChangesAnswer nothing = since(known, "");
    assertThat(nothing.getFull()).isFalse();
    assertThat(nothing.getMembersList()).isEmpty();
    assertThat(nothing.hasGroup()).isTrue();
    enter("b");
    ChangesAnswer answer = since(known, "");
    assertThat(answer.getFull()).isFalse();
    assertThat(answer.getMembersList())
        .containsExactly(
            MemberState.newBuilder()
                .setUserId("b")
                .setRoleLevel(20)
                .setJoinVersion(known.getNumber() + 1)
                .build());
    assertThat(answer.getLeftList()).isEmpty();
    assertThat(answer.getVersion().getNumber()).isEqualTo(known.getNumber() + 1);
  }

  @Test
  void whoIsInTheLogAndNoMemberHasLeft() {
    create("a");
    GroupVersion known = versions("g").getFirst();
    enter("b");
    leave("a");
    ChangesAnswer answer = since(known, "");
    assertThat(answer.getLeftList()).containsExactly("a");
    assertThat(ids(answer)).containsExactly("b");
    assertThat(answer.getGroup().getMemberCount()).isEqualTo(2);
  }

  /** Somebody joins between the reads of one answer, at each place in turn. */
  @Test
  void anAnswersVersionIsNeverNewerThanTheRest() {
    create("a");
    GroupVersion known = versions("g").getFirst();
    for (GroupVersion since : List.of(known, GroupVersion.getDefaultInstance())) {
      for (int place = 0; place < 6; place++) {
        String late = "late" + since.getNumber() + place;
        Interrupted interrupted = new Interrupted(views, place, () -> enter(late));
        try (RelationTestServer racing = new RelationTestServer()) {
          racing.serve(new GroupViews(interrupted, 10_000));
          ChangesRequest request =
              ChangesRequest.newBuilder().setGroupId("g").setKnown(since).build();
          ChangesAnswer answer =
              racing.call(RelationTestServer.SERVICE, GroupViewsGrpc.getChangesMethod(), request);
          // Nobody joined where the answer took fewer reads.
          boolean joined = store.memberIds(GROUP).contains(new UserId(late));
          boolean answered = ids(answer).contains(late);
          boolean answeredNext = ids(since(answer.getVersion(), "")).contains(late);
          assertThat(answered || answeredNext).as("%s since %s", late, since).isEqualTo(joined);
        }
      }
    }
  }

  @Test
  void aStrangeOrFarVersionGetsAllThereIs() {
    create("a");
    GroupVersion known = versions("g").getFirst();
    assertThat(since(known.toBuilder().setId("other").build(), "").getFull()).isTrue();
    assertThat(since(known.toBuilder().setNumber(99).build(), "").getFull()).isTrue();
    assertThat(since(known.toBuilder().setNumber(-1).build(), "").getFull()).isTrue();
    enter(IntStream.range(0, 1_000).mapToObj(i -> "m" + i).toArray(String[]::new));
    assertThat(since(known, "").getFull()).isFalse();
    enter("one more");
    assertThat(since(known, "").getFull()).isTrue();
  }

  @Test
  void noGroupIsAnAnswerToo() {
    ChangesAnswer answer = all("");
    assertThat(answer.hasGroup()).isFalse();
    assertThat(answer.getFull()).isTrue();
    assertThat(answer.getVersion()).isEqualTo(GroupVersion.getDefaultInstance());
    for (String caller : List.of("alice", RelationTestServer.ADMIN)) {
      assertThat(
              server.refusal(
                  caller, GroupViewsGrpc.getChangesMethod(), ChangesRequest.getDefaultInstance()))
          .isEqualTo("1002 internal method");
    }
  }
}
