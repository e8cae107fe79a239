package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.DismissGroupResp;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsResp;
import im.hongyan.proto.group.GetGroupMemberListReq;
import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.GetGroupMembersInfoResp;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GetGroupsInfoResp;
import im.hongyan.proto.group.GetJoinedGroupListReq;
import im.hongyan.proto.group.GetJoinedGroupListResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.KickGroupMemberResp;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.SetGroupMemberInfoResp;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.testkit.system.TestUser.Pushed;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves at the wire that a large group lives: it is made, grows by a thousand at a time, is read
 * by pages, search, one member and changes, loses members and is dismissed. Each of these keeps the
 * live heap of the whole system within 64 MiB of what was live before it; at rest the group leaves
 * a kilobyte a member. Who has joined may send when the answer is there, and who was removed may
 * not.
 *
 * <p>One group goes through all steps in their order. It has {@code HONGYAN_GROUP_MEMBERS} members:
 * {@code ./hongyan test --long groups} sets 100,000; without the variable nothing runs.
 */
@EnabledIfEnvironmentVariable(
    named = "HONGYAN_GROUP_MEMBERS",
    matches = "\\d+",
    disabledReason = "a long run: ./hongyan test --long groups")
@TestMethodOrder(OrderAnnotation.class)
class LargeGroupE2E {
  private static final int AT_ONCE = 1_000;
  private static final int REGISTERED_AT_ONCE = 500;
  private static final long MOST_HEAP_BYTES = 64L << 20;

  /** What copies of the group and filled caches take in the one JVM of all services. */
  private static final long MOST_BYTES_A_MEMBER = 1_024;

  private static final int INVITED = 1509;
  private static final int DISMISSED = 1511;
  private static final int TEXT = 101;

  /** Every member's own notification is sent before later ones. */
  private static final Duration BACKLOG_LIMIT = Duration.ofMinutes(15);

  /** Members are removed in the background. */
  private static final Duration REMOVAL_LIMIT = Duration.ofMinutes(5);

  private static final int MEMBERS = members();

  @TempDir private static Path folder;
  private static RunningSystem running;
  private static RestCalls rest;
  private static ServerHeap heap;
  private static LoginOptions owner;
  private static LoginOptions last;
  private static TestUser ownerDevice;
  private static TestUser lastDevice;
  private static long idleBytes;
  private static String group = "";

  private static int members() {
    return Integer.parseInt(System.getenv().getOrDefault("HONGYAN_GROUP_MEMBERS", "0"));
  }

  @BeforeAll
  static void start() {
    running = RunningSystem.start(folder.resolve("data"));
    SystemAddress system = running.address();
    rest = new RestCalls(system);
    boolean _ =
        system.asAdmin(admin -> {
          for (int from = 0; from < MEMBERS; from += REGISTERED_AT_ONCE) {
            admin.register(ids(from, Math.min(MEMBERS, from + REGISTERED_AT_ONCE)));
          }
          return true;
        });
    owner = system.login(id(0), Platform.ANDROID);
    last = system.login(id(MEMBERS - 1), Platform.ANDROID);
    ownerDevice = new TestUser(owner);
    lastDevice = new TestUser(last);
    heap = new ServerHeap(running.program().pid());
    idleBytes = heap.liveBytes();
    System.out.printf("LargeGroupE2E: idle, %d MiB are live%n", idleBytes >> 20);
  }

  @AfterAll
  static void stop() {
    heap.close();
    ownerDevice.close();
    lastDevice.close();
    rest.close();
    running.close();
  }

  private static String id(int user) {
    return "large%06d".formatted(user);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(LargeGroupE2E::id).toList();
  }

  private static <M extends Message> M call(String route, Message request, M answer) {
    return rest.call(owner, "/group/" + route, request, answer);
  }

  /** Does a step, and holds it to its share of the heap beyond what was live before it. */
  private static void within(String step, Runnable operation) {
    long begunNanos = System.nanoTime();
    long most = mostAboveIdle(operation);
    System.out.printf(
        "LargeGroupE2E: %s, %d ms, %d MiB above idle%n",
        step, (System.nanoTime() - begunNanos) / 1_000_000, most >> 20);
    assertThat(most).as("heap above idle: " + step).isLessThan(MOST_HEAP_BYTES);
  }

  private static long mostAboveIdle(Runnable operation) {
    long before = heap.liveBytes();
    return heap.peakBytes(operation) - before;
  }

  private static void invite(List<String> users) {
    InviteUserToGroupResp _ =
        call(
            "invite_user_to_group",
            InviteUserToGroupReq.newBuilder().setGroupID(group).addAllInvitedUserIDs(users).build(),
            InviteUserToGroupResp.getDefaultInstance());
  }

  private static void kick(List<String> users) {
    KickGroupMemberResp _ =
        call(
            "kick_group",
            KickGroupMemberReq.newBuilder().setGroupID(group).addAllKickedUserIDs(users).build(),
            KickGroupMemberResp.getDefaultInstance());
  }

  private static int memberCount() {
    return call(
            "get_groups_info",
            GetGroupsInfoReq.newBuilder().addGroupIDs(group).build(),
            GetGroupsInfoResp.getDefaultInstance())
        .getGroupInfos(0)
        .getMemberCount();
  }

  private static GetGroupMemberListResp list(String keyword, int page, int size) {
    return call(
        "get_group_member_list",
        GetGroupMemberListReq.newBuilder()
            .setGroupID(group)
            .setKeyword(keyword)
            .setPagination(RequestPagination.newBuilder().setPageNumber(page).setShowNumber(size))
            .build(),
        GetGroupMemberListResp.getDefaultInstance());
  }

  private static List<String> ids(List<GroupMemberFullInfo> members) {
    return members.stream().map(GroupMemberFullInfo::getUserID).toList();
  }

  @Test
  @Order(1)
  void aThousandAtATimeJoin() {
    within(
        "create",
        () ->
            group =
                call(
                        "create_group",
                        CreateGroupReq.newBuilder()
                            .setOwnerUserID(owner.userId())
                            .addAllMemberUserIDs(ids(1, AT_ONCE))
                            .setGroupInfo(
                                GroupInfo.newBuilder().setGroupName("large").setGroupType(2))
                            .build(),
                        CreateGroupResp.getDefaultInstance())
                    .getGroupInfo()
                    .getGroupID());
    long most = 0;
    for (int from = AT_ONCE; from < MEMBERS; from += AT_ONCE) {
      List<String> users = ids(from, Math.min(MEMBERS, from + AT_ONCE));
      most = Math.max(most, mostAboveIdle(() -> invite(users)));
    }
    assertThat(memberCount()).isEqualTo(MEMBERS);
    awaitPush(lastDevice, INVITED);
    long left = heap.liveBytes() - idleBytes;
    System.out.printf(
        "LargeGroupE2E: invite, at most %d MiB above idle; the group left %d MiB%n",
        most >> 20, left >> 20);
    assertThat(most).as("heap above idle: invite").isLessThan(MOST_HEAP_BYTES);
    assertThat(left).as("heap of a group at rest").isLessThan(MEMBERS * MOST_BYTES_A_MEMBER);
  }

  /** The next push of this type in the group. */
  private static MsgData awaitPush(TestUser device, int contentType) {
    while (true) {
      Eventually.until("a push", BACKLOG_LIMIT, () -> device.waitingPushes() > 0);
      Pushed pushed = device.awaitPush();
      if (pushed.conversationId().endsWith("_" + group)
          && pushed.message().getContentType() == contentType) {
        return pushed.message();
      }
    }
  }

  @Test
  @Order(2)
  void pagesAndIdsHoldAllInTheOrderOfJoining() {
    List<String> paged = new ArrayList<>();
    within(
        "pages",
        () -> {
          for (int page = 1; page <= Math.ceilDiv(MEMBERS, AT_ONCE); page++) {
            GetGroupMemberListResp answer = list("", page, AT_ONCE);
            assertThat(answer.getTotal()).isEqualTo(MEMBERS);
            paged.addAll(ids(answer.getMembersList()));
          }
        });
    assertThat(paged).isEqualTo(ids(0, MEMBERS));
    List<String> all = new ArrayList<>();
    within(
        "ids",
        () ->
            all.addAll(
                call(
                        "get_full_group_member_user_ids",
                        GetFullGroupMemberUserIDsReq.newBuilder().setGroupID(group).build(),
                        GetFullGroupMemberUserIDsResp.getDefaultInstance())
                    .getUserIDsList()));
    assertThat(all).isEqualTo(paged);
  }

  @Test
  @Order(3)
  void searchFindsByNickname() {
    String wanted = id(MEMBERS - 7);
    within(
        "search",
        () -> {
          assertThat(ids(list(wanted.toUpperCase(Locale.ROOT), 1, 10).getMembersList()))
              .containsExactly(wanted);
          assertThat(list("large", 1, 10).getTotal()).isEqualTo(MEMBERS);
        });
  }

  @Test
  @Order(4)
  void oneMembersDataIsRead() {
    String wanted = id(MEMBERS / 2);
    within(
        "one member",
        () ->
            assertThat(
                    call(
                            "get_group_members_info",
                            GetGroupMembersInfoReq.newBuilder()
                                .setGroupID(group)
                                .addUserIDs(wanted)
                                .build(),
                            GetGroupMembersInfoResp.getDefaultInstance())
                        .getMembers(0)
                        .getNickname())
                .isEqualTo(wanted));
  }

  private static getIncrementalGroupMemberResp since(getIncrementalGroupMemberResp known) {
    return call(
        "get_incremental_group_members",
        getIncrementalGroupMemberReq
            .newBuilder()
            .setGroupID(group)
            .setVersionID(known.getVersionID())
            .setVersion(known.getVersion())
            .build(),
        getIncrementalGroupMemberResp.getDefaultInstance());
  }

  @Test
  @Order(5)
  void aCopyLearnsWhatChanged() {
    within(
        "incremental sync",
        () -> {
          getIncrementalGroupMemberResp before =
              since(getIncrementalGroupMemberResp.getDefaultInstance());
          assertThat(before.getFull()).isTrue();
          SetGroupMemberInfoResp _ =
              call(
                  "set_group_member_info",
                  SetGroupMemberInfoReq.newBuilder()
                      .addMembers(
                          SetGroupMemberInfo.newBuilder()
                              .setGroupID(group)
                              .setUserID(owner.userId())
                              .setNickname(StringValue.newBuilder().setValue("first")))
                      .build(),
                  SetGroupMemberInfoResp.getDefaultInstance());
          kick(ids(1, 3));
          getIncrementalGroupMemberResp after = since(before);
          assertThat(after.getFull()).isFalse();
          assertThat(after.getDeleteList()).containsExactlyInAnyOrderElementsOf(ids(1, 3));
          assertThat(ids(after.getUpdateList())).containsExactly(owner.userId());
          invite(ids(1, 3));
          assertThat(ids(since(after).getInsertList()))
              .containsExactlyInAnyOrderElementsOf(ids(1, 3));
        });
  }

  /** Several times, since several processes may be asked in turn. */
  private static void assertMaySend(boolean may) {
    for (int i = 0; i < 5; i++) {
      MsgData message =
          lastDevice.text(group, "text " + i).toBuilder()
              .clearRecvID()
              .setGroupID(group)
              .setSessionType(3)
              .build();
      if (may) {
        assertThat(lastDevice.send(message).getServerMsgID()).isNotEmpty();
      } else {
        assertThatThrownBy(() -> lastDevice.send(message))
            .isInstanceOfSatisfying(
                ImException.class,
                refused -> assertThat(refused.code()).isEqualTo(ImError.NOT_IN_GROUP_YET.code()));
      }
    }
  }

  @Test
  @Order(6)
  void whoWasRemovedMayNotSendWhenTheAnswerIsThereAndWhoJoinedMay() {
    within(
        "membership",
        () -> {
          for (int turn = 0; turn < 3; turn++) {
            kick(List.of(last.userId()));
            assertMaySend(false);
            invite(List.of(last.userId()));
            assertMaySend(true);
          }
        });
    awaitPush(ownerDevice, TEXT);
  }

  @Test
  @Order(7)
  void aThousandAreRemovedAtOnce() {
    within("kick", () -> kick(ids(1, AT_ONCE + 1)));
    assertThat(memberCount()).isEqualTo(MEMBERS - AT_ONCE);
    Set<String> left = new HashSet<>(ids(list("", 1, AT_ONCE).getMembersList()));
    assertThat(left).contains(owner.userId(), id(AT_ONCE + 1)).doesNotContain(id(1), id(AT_ONCE));
  }

  private static void dismiss(boolean deleteMembers) {
    DismissGroupResp _ =
        call(
            "dismiss_group",
            DismissGroupReq.newBuilder().setGroupID(group).setDeleteMember(deleteMembers).build(),
            DismissGroupResp.getDefaultInstance());
  }

  @Test
  @Order(8)
  void aDismissalReachesAllAndEndsTheGroup() {
    within("dismiss", () -> dismiss(false));
    awaitPush(ownerDevice, DISMISSED);
    awaitPush(lastDevice, DISMISSED);
    assertThat(
            call(
                    "get_joined_group_list",
                    GetJoinedGroupListReq.newBuilder()
                        .setFromUserID(owner.userId())
                        .setPagination(
                            RequestPagination.newBuilder().setPageNumber(1).setShowNumber(10))
                        .build(),
                    GetJoinedGroupListResp.getDefaultInstance())
                .getTotal())
        .isZero();
    within(
        "removal",
        () -> {
          dismiss(true);
          Eventually.eventually(REMOVAL_LIMIT, () -> assertThat(memberCount()).isZero());
        });
  }
}
