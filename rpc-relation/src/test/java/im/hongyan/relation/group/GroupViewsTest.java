package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.groups.ChangesAnswer;
import im.hongyan.proto.groups.ChangesRequest;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.groups.MemberState;
import im.hongyan.proto.groups.VersionsRequest;
import im.hongyan.relation.RelationTestServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves that a follower of groups learns of every change, and cheaply of none. */
class GroupViewsTest {
  private static final int PAGE = 3;

  private final FakeGroupStore store = new FakeGroupStore();
  private final RelationTestServer faces =
      new RelationTestServer().with(GroupViewsApi.access(), new GroupViewsApi(store, PAGE)).serve();

  @AfterEach
  void close() {
    faces.close();
  }

  private static Member member(String userId, Role role) {
    return Member.fresh("g", userId, role, new Member.Entry(1, 2, "", ""));
  }

  private void create(String... ordinary) {
    List<Member> members = new ArrayList<>(List.of(member("owner", Role.OWNER)));
    List.of(ordinary).forEach(user -> members.add(member(user, Role.ORDINARY)));
    Group.Texts texts = new Group.Texts("", "", "", "", "", 0, "");
    Group group = new Group("g", texts, new Group.Rules(2, 0, 0, 0), 0, "owner", "", 1, 0);
    assertThat(store.create(group, members, change -> List.of())).isTrue();
  }

  private void enter(String... userIds) {
    List<Member> members = List.of(userIds).stream().map(u -> member(u, Role.ORDINARY)).toList();
    store.enter("g", members, 10_000, change -> List.of());
  }

  private ChangesAnswer since(GroupVersion known, String after) {
    return faces.call(
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
    return faces
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
            faces.refusal(RelationTestServer.SERVICE, GroupViewsGrpc.getVersionsMethod(), tooMany))
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
    // What came in between the pages is told to who goes on from the first page's version.
    assertThat(ids(since(first.getVersion(), ""))).containsExactly("aa");
  }

  @Test
  void onlyWhatHasChangedIsTold() {
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
    store.leave("g", "a");
    ChangesAnswer answer = since(known, "");
    assertThat(answer.getLeftList()).containsExactly("a");
    assertThat(ids(answer)).containsExactly("b");
    assertThat(answer.getGroup().getMemberCount()).isEqualTo(2);
  }

  /** Somebody comes in between the reads of one answer, at each place in turn. */
  @Test
  void anAnswersVersionIsNeverNewerThanTheRest() {
    create("a");
    GroupVersion known = versions("g").getFirst();
    for (GroupVersion since : List.of(known, GroupVersion.getDefaultInstance())) {
      for (int place = 0; place < 6; place++) {
        String late = "late" + since.getNumber() + place;
        try (RelationTestServer racing = new RelationTestServer()) {
          racing
              .with(
                  GroupViewsApi.access(),
                  new GroupViewsApi(new Interrupted(store, place, () -> enter(late)), 10_000))
              .serve();
          ChangesRequest request =
              ChangesRequest.newBuilder().setGroupId("g").setKnown(since).build();
          ChangesAnswer answer =
              racing.call(RelationTestServer.SERVICE, GroupViewsGrpc.getChangesMethod(), request);
          // Nobody came in where the answer took fewer reads.
          boolean cameIn = store.memberIds("g").contains(late);
          boolean told = ids(answer).contains(late);
          boolean toldNext = ids(since(answer.getVersion(), "")).contains(late);
          assertThat(told || toldNext).as("%s since %s", late, since).isEqualTo(cameIn);
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
              faces.refusal(
                  caller, GroupViewsGrpc.getChangesMethod(), ChangesRequest.getDefaultInstance()))
          .isEqualTo("1002 internal method");
    }
  }
}
