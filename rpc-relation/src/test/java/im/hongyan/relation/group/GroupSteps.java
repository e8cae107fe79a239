package im.hongyan.relation.group;

import static im.hongyan.relation.RelationTestServer.ADMIN;

import com.google.protobuf.Message;
import im.hongyan.proto.group.CancelMuteGroupMemberReq;
import im.hongyan.proto.group.CancelMuteGroupReq;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GroupApplicationResponseReq;
import im.hongyan.proto.group.JoinGroupReq;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.MuteGroupMemberReq;
import im.hongyan.proto.group.MuteGroupReq;
import im.hongyan.proto.group.SetGroupInfoExReq;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.TransferGroupOwnerReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.wrapperspb.Int32Value;
import im.hongyan.wire.error.ImException;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Changes of one group drawn at random: users and the administrator join, invite, remove, transfer,
 * mute and answer, whether they may or not. Used by one thread each.
 */
final class GroupSteps {
  /** No right, no such member or application, dismissed, handled. */
  private static final Set<Integer> REFUSALS = Set.of(1001, 1002, 1004, 1101, 1204, 1206);

  private final GroupWorld world;
  private final String group;
  private final List<String> users;
  private final Random random;
  private final List<String> faults = new ArrayList<>();

  GroupSteps(GroupWorld world, String group, List<String> users, long seed) {
    this.world = world;
    this.group = group;
    this.users = users;
    random = new Random(seed);
  }

  /** Makes one change, or is refused. */
  void step() {
    attempt(this::draw);
  }

  /** The administrator dismisses the group. */
  void dismiss() {
    attempt(() -> world.dismiss(group));
  }

  private void attempt(Runnable change) {
    try {
      change.run();
    } catch (ImException refusal) {
      if (!REFUSALS.contains(refusal.code())) {
        faults.add(refusal.code() + " " + refusal.detail());
      }
    }
  }

  /** Refusals that none of these changes may meet. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  private String user() {
    return users.get(random.nextInt(users.size()));
  }

  private String caller() {
    return random.nextInt(4) == 0 ? ADMIN : user();
  }

  private void draw() {
    String user = user();
    switch (random.nextInt(14)) {
      case 0, 1 -> join(user);
      case 2, 3 -> {
        int from = random.nextInt(users.size() - 2);
        world.invite(group, caller(), users.subList(from, from + 3).toArray(String[]::new));
      }
      case 4, 5 -> kick(user);
      case 6 -> world.quit(group, user);
      case 7, 8 -> transfer(user);
      case 9 -> muteMember(user);
      case 10 -> muteGroup();
      case 11 -> setRole(user);
      case 12 -> setVerification(random.nextInt(3));
      default -> answer(user);
    }
  }

  private <A extends Message, B extends Message> void call(
      String caller, MethodDescriptor<A, B> method, A request) {
    B _ = world.call(caller, method, request);
  }

  private void join(String user) {
    call(
        user,
        groupGrpc.getJoinGroupMethod(),
        JoinGroupReq.newBuilder().setGroupID(group).setJoinSource(3).build());
  }

  private void kick(String user) {
    call(
        caller(),
        groupGrpc.getKickGroupMemberMethod(),
        KickGroupMemberReq.newBuilder().setGroupID(group).addKickedUserIDs(user).build());
  }

  private void transfer(String user) {
    String owner =
        world
            .call(
                ADMIN,
                groupGrpc.getGetGroupsInfoMethod(),
                GetGroupsInfoReq.newBuilder().addGroupIDs(group).build())
            .getGroupInfos(0)
            .getOwnerUserID();
    call(
        random.nextBoolean() ? ADMIN : owner,
        groupGrpc.getTransferGroupOwnerMethod(),
        TransferGroupOwnerReq.newBuilder()
            .setGroupID(group)
            .setOldOwnerUserID(owner)
            .setNewOwnerUserID(user)
            .build());
  }

  private void muteMember(String user) {
    if (random.nextBoolean()) {
      call(
          caller(),
          groupGrpc.getMuteGroupMemberMethod(),
          MuteGroupMemberReq.newBuilder()
              .setGroupID(group)
              .setUserID(user)
              .setMutedSeconds(60)
              .build());
      return;
    }
    call(
        caller(),
        groupGrpc.getCancelMuteGroupMemberMethod(),
        CancelMuteGroupMemberReq.newBuilder().setGroupID(group).setUserID(user).build());
  }

  private void muteGroup() {
    if (random.nextBoolean()) {
      call(
          caller(),
          groupGrpc.getMuteGroupMethod(),
          MuteGroupReq.newBuilder().setGroupID(group).build());
      return;
    }
    call(
        caller(),
        groupGrpc.getCancelMuteGroupMethod(),
        CancelMuteGroupReq.newBuilder().setGroupID(group).build());
  }

  private void setRole(String user) {
    call(
        caller(),
        groupGrpc.getSetGroupMemberInfoMethod(),
        SetGroupMemberInfoReq.newBuilder()
            .addMembers(
                SetGroupMemberInfo.newBuilder()
                    .setGroupID(group)
                    .setUserID(user)
                    .setRoleLevel(number(random.nextBoolean() ? 60 : 20)))
            .build());
  }

  private void setVerification(int mode) {
    call(
        ADMIN,
        groupGrpc.getSetGroupInfoExMethod(),
        SetGroupInfoExReq.newBuilder().setGroupID(group).setNeedVerification(number(mode)).build());
  }

  private static Int32Value number(int value) {
    return Int32Value.newBuilder().setValue(value).build();
  }

  private void answer(String user) {
    call(
        caller(),
        groupGrpc.getGroupApplicationResponseMethod(),
        GroupApplicationResponseReq.newBuilder()
            .setGroupID(group)
            .setFromUserID(user)
            .setHandleResult(random.nextInt(4) == 0 ? -1 : 1)
            .build());
  }
}
