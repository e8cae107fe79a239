package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.DismissGroupResp;
import im.hongyan.proto.group.GetFullJoinGroupIDsReq;
import im.hongyan.proto.group.GetFullJoinGroupIDsResp;
import im.hongyan.proto.group.GetGroupMemberListReq;
import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GetGroupsInfoResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.group.JoinGroupReq;
import im.hongyan.proto.group.JoinGroupResp;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.KickGroupMemberResp;
import im.hongyan.proto.group.MuteGroupMemberReq;
import im.hongyan.proto.group.MuteGroupMemberResp;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.QuitGroupResp;
import im.hongyan.proto.group.SetGroupInfoExReq;
import im.hongyan.proto.group.SetGroupInfoExResp;
import im.hongyan.proto.group.TransferGroupOwnerReq;
import im.hongyan.proto.group.TransferGroupOwnerResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves at the wire that changes of one group by many at once leave one owner or a dismissed
 * group, and that everybody reads what the last of his changes lets him (docs/sequencing.md,
 * Membership windows).
 */
@ExtendWith(SharedSystem.class)
class GroupRacesE2E {
  private static final int THREADS = 16;
  private static final int STEPS = 6;
  private static final int USERS = 6;
  private static final int QUIT = 1504;
  private static final int KICKED = 1508;
  private static final int DISMISSED = 1511;
  private static final int NAMED = 1520;

  /** No right, no such member, dismissed. */
  private static final Set<Integer> REFUSALS = Set.of(1001, 1002, 1004, 1101, 1204);

  private static final JsonMapper JSON = new JsonMapper();

  private static SystemAddress system;
  private static RestCalls rest;
  private static LoginOptions admin;

  private final List<LoginOptions> users =
      IntStream.range(0, USERS).mapToObj(i -> login("racer" + i)).toList();
  private String group = "";

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    rest = new RestCalls(system);
    admin =
        LoginOptions.sdk(
            system.ws(), SystemAddress.ADMIN, Platform.ANDROID, system.asAdmin(api -> api.token()));
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  private static LoginOptions login(String name) {
    return system.login(name + MessageIds.next().substring(0, 8), Platform.ANDROID);
  }

  /** Everybody was a member once, so that everybody has the conversation. */
  @BeforeEach
  void create() {
    CreateGroupReq.Builder request =
        CreateGroupReq.newBuilder()
            .setOwnerUserID(users.getFirst().userId())
            .setGroupInfo(
                GroupInfo.newBuilder().setGroupName("race").setGroupType(2).setNeedVerification(2));
    users.subList(1, USERS).forEach(user -> request.addMemberUserIDs(user.userId()));
    group =
        call(
                users.getFirst(),
                "create_group",
                request.build(),
                CreateGroupResp.getDefaultInstance())
            .getGroupInfo()
            .getGroupID();
  }

  private static <M extends Message> M call(
      LoginOptions caller, String route, Message request, M answer) {
    return rest.call(caller, "/group/" + route, request, answer);
  }

  private void step(Random random) {
    LoginOptions user = users.get(random.nextInt(USERS));
    LoginOptions caller = random.nextInt(3) == 0 ? admin : users.get(random.nextInt(USERS));
    switch (random.nextInt(9)) {
      case 0, 1 ->
          call(
              user,
              "join_group",
              JoinGroupReq.newBuilder()
                  .setGroupID(group)
                  .setJoinSource(3)
                  .setInviterUserID(user.userId())
                  .build(),
              JoinGroupResp.getDefaultInstance());
      case 2, 3 ->
          call(
              caller,
              "kick_group",
              KickGroupMemberReq.newBuilder()
                  .setGroupID(group)
                  .addKickedUserIDs(user.userId())
                  .build(),
              KickGroupMemberResp.getDefaultInstance());
      case 4 ->
          call(
              caller,
              "invite_user_to_group",
              InviteUserToGroupReq.newBuilder()
                  .setGroupID(group)
                  .addInvitedUserIDs(user.userId())
                  .build(),
              InviteUserToGroupResp.getDefaultInstance());
      case 5 ->
          call(
              user,
              "quit_group",
              QuitGroupReq.newBuilder().setGroupID(group).build(),
              QuitGroupResp.getDefaultInstance());
      case 6, 7 ->
          call(
              admin,
              "transfer_group",
              TransferGroupOwnerReq.newBuilder()
                  .setGroupID(group)
                  .setOldOwnerUserID(info().getOwnerUserID())
                  .setNewOwnerUserID(user.userId())
                  .build(),
              TransferGroupOwnerResp.getDefaultInstance());
      default ->
          call(
              caller,
              "mute_group_member",
              MuteGroupMemberReq.newBuilder()
                  .setGroupID(group)
                  .setUserID(user.userId())
                  .setMutedSeconds(60)
                  .build(),
              MuteGroupMemberResp.getDefaultInstance());
    }
  }

  private void dismiss() {
    call(
        admin,
        "dismiss_group",
        DismissGroupReq.newBuilder().setGroupID(group).build(),
        DismissGroupResp.getDefaultInstance());
  }

  /** All play at once; the first dismisses the group among its steps, if it is to. */
  private void play(long seed, boolean dismiss) throws InterruptedException, ExecutionException {
    List<Future<List<String>>> players = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed + i);
        boolean ends = dismiss && i == 0;
        players.add(
            executor.submit(() -> {
              List<String> faults = new ArrayList<>();
              for (int step = 0; step < STEPS; step++) {
                attempt(ends && step == STEPS / 2 ? this::dismiss : () -> step(random), faults);
              }
              return faults;
            }));
      }
    }
    for (Future<List<String>> player : players) {
      assertThat(player.get()).isEmpty();
    }
  }

  private static void attempt(Runnable change, List<String> faults) {
    try {
      change.run();
    } catch (ImException refusal) {
      if (!REFUSALS.contains(refusal.code())) {
        faults.add(refusal.code() + " " + refusal.detail());
      }
    }
  }

  private GroupInfo info() {
    return call(
            admin,
            "get_groups_info",
            GetGroupsInfoReq.newBuilder().addGroupIDs(group).build(),
            GetGroupsInfoResp.getDefaultInstance())
        .getGroupInfos(0);
  }

  /** Members' roles, after looking that counts and the owner agree with them. */
  private Map<String, Integer> consistentMembers() {
    GetGroupMemberListResp list =
        call(
            admin,
            "get_group_member_list",
            GetGroupMemberListReq.newBuilder()
                .setGroupID(group)
                .setPagination(RequestPagination.newBuilder().setPageNumber(1).setShowNumber(50))
                .build(),
            GetGroupMemberListResp.getDefaultInstance());
    Map<String, Integer> roles = new HashMap<>();
    list.getMembersList().forEach(member -> roles.put(member.getUserID(), member.getRoleLevel()));
    assertThat(list.getTotal()).isEqualTo(roles.size());
    assertThat(info().getMemberCount()).isEqualTo(roles.size());
    assertThat(list.getMembersList())
        .filteredOn(member -> member.getRoleLevel() == 100)
        .extracting(GroupMemberFullInfo::getUserID)
        .containsExactly(info().getOwnerUserID());
    return roles;
  }

  private boolean lists(LoginOptions user) {
    return call(
            user,
            "get_full_join_group_ids",
            GetFullJoinGroupIDsReq.newBuilder().setUserID(user.userId()).build(),
            GetFullJoinGroupIDsResp.getDefaultInstance())
        .getGroupIDsList()
        .contains(group);
  }

  private List<MsgData> read(TestUser user) {
    return user.pull("sg_" + group, 1, 500).stream()
        .filter(message -> !message.getContent().isEmpty())
        .toList();
  }

  /** Notices of a group come in the order of its changes, so after this one all are there. */
  private void awaitAllNotices(TestUser reader) {
    call(
        admin,
        "set_group_info_ex",
        SetGroupInfoExReq.newBuilder()
            .setGroupID(group)
            .setGroupName(StringValue.newBuilder().setValue("all done"))
            .build(),
        SetGroupInfoExResp.getDefaultInstance());
    eventually(() -> assertThat(read(reader)).extracting(MsgData::getContentType).contains(NAMED));
  }

  private Conversation row(LoginOptions user) {
    return rest.call(
            user,
            "/conversation/get_conversation",
            GetConversationReq.newBuilder()
                .setOwnerUserID(user.userId())
                .setConversationID("sg_" + group)
                .build(),
            GetConversationResp.getDefaultInstance())
        .getConversation();
  }

  /** Where users have left last, by the notices of the chat. */
  private static Map<String, Long> lastLeaves(List<MsgData> chat) {
    Map<String, Long> seqs = new HashMap<>();
    for (MsgData message : chat) {
      if (message.getContentType() == QUIT || message.getContentType() == KICKED) {
        JsonNode tips =
            JSON.readTree(
                JSON.readTree(message.getContent().toStringUtf8()).get("detail").asString());
        String quitter = tips.at("/quitUser/userID").asString();
        if (!quitter.isEmpty()) {
          seqs.put(quitter, message.getSeq());
        }
        tips.at("/kickedUserList")
            .forEach(kicked -> seqs.put(kicked.get("userID").asString(), message.getSeq()));
      }
    }
    return seqs;
  }

  @Test
  void oneOwnerIsLeftAndEverybodyReadsWhatHisLastChangeLetsHim(@Seeded long seed)
      throws InterruptedException, ExecutionException {
    play(seed, false);
    Map<String, Integer> members = consistentMembers();
    users.forEach(user -> assertThat(lists(user)).isEqualTo(members.containsKey(user.userId())));

    Map<String, LoginOptions> byId =
        users.stream().collect(Collectors.toMap(LoginOptions::userId, Function.identity()));
    LoginOptions ownerLogin = requireNonNull(byId.get(info().getOwnerUserID()));
    try (TestUser owner = new TestUser(ownerLogin)) {
      awaitAllNotices(owner);
      MsgData last = owner.text("", "last").toBuilder().setSessionType(3).setGroupID(group).build();
      owner.send(last);
      eventually(() ->
          assertThat(read(owner))
              .extracting(MsgData::getClientMsgID)
              .contains(last.getClientMsgID()));
      Map<String, Long> leaves = lastLeaves(read(owner));
      for (LoginOptions user : users) {
        long bound =
            members.containsKey(user.userId())
                ? 0
                : requireNonNull(leaves.get(user.userId()), "a notice of leaving");
        try (TestUser reader = new TestUser(user)) {
          eventually(() -> {
            assertThat(row(user).getMaxSeq())
                .as("%s of %s", user.userId(), leaves)
                .isEqualTo(bound);
            MsgData newest = read(reader).getLast();
            if (bound == 0) {
              assertThat(newest.getClientMsgID()).isEqualTo(last.getClientMsgID());
            } else {
              assertThat(newest.getSeq()).isEqualTo(bound);
            }
          });
        }
      }
    }
  }

  @Test
  void aDismissalAmongThemEndsTheGroupForEverybody(@Seeded long seed)
      throws InterruptedException, ExecutionException {
    play(seed, true);
    assertThat(info().getStatus()).isEqualTo(2);
    Map<String, Integer> members = consistentMembers();
    users.forEach(user -> assertThat(lists(user)).as(user.userId()).isFalse());
    for (LoginOptions user : users) {
      if (members.containsKey(user.userId())) {
        try (TestUser member = new TestUser(user)) {
          eventually(() ->
              assertThat(read(member)).extracting(MsgData::getContentType).contains(DISMISSED));
          assertThatThrownBy(() ->
                  member.send(
                      member.text("", "late").toBuilder()
                          .setSessionType(3)
                          .setGroupID(group)
                          .build()))
              .isInstanceOfSatisfying(
                  ImException.class, refusal -> assertThat(refusal.code()).isEqualTo(1204));
        }
      }
    }
  }
}
