package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.GroupApplicationResponseReq;
import im.hongyan.proto.group.GroupApplicationResponseResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.user.User;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.UserId;
import java.util.Optional;

/** Answers to requests to enter a group (rest-group.md 8.6). Safe for use by several threads. */
public final class GroupApplicationAnswers implements Feature {
  private final GroupChanges changes;
  private final int maxMembers;

  /**
   * Creates the feature.
   *
   * @param maxMembers members that a group may have
   */
  public GroupApplicationAnswers(GroupChanges changes, int maxMembers) {
    this.changes = changes;
    this.maxMembers = maxMembers;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGroupApplicationResponseMethod(), this::respond);
  }

  private GroupApplicationResponseResp respond(Caller caller, GroupApplicationResponseReq request) {
    UserId applicant = new UserId(request.getFromUserID());
    changes.run(
        request.getGroupID(), (group, now) -> respond(caller, group, applicant, request, now));
    return GroupApplicationResponseResp.getDefaultInstance();
  }

  private void respond(
      Caller caller,
      LockedGroup group,
      UserId applicant,
      GroupApplicationResponseReq request,
      long now) {
    GroupRequestRow stored = group.request(applicant).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
    if (stored.handleResult() != GroupRequestRow.OPEN) {
      throw ImError.GROUP_REQUEST_HANDLED.with("group request already processed");
    }
    UserId inviter = stored.inviterUserId();
    GroupChangeNotifications notifications =
        changes.notifications(caller, group, now, applicant, inviter);
    User user = notifications.base().people().get(applicant);
    if (user == null) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    boolean agreed = request.getHandleResult() == GroupRequestRow.AGREED;
    GroupRequestRow answered =
        stored.answered(
            request.getHandleResult(),
            request.getHandledMsg(),
            notifications.base().operatorId(),
            now);
    group.answer(answered);
    if (agreed && group.member(applicant).isEmpty()) {
      admit(group, stored, notifications);
    }
    group.send(
        notifications.answered(
            group.info(), answered.message(user, null), agreed, applicant, group.handlerIds()));
  }

  private void admit(
      LockedGroup group, GroupRequestRow request, GroupChangeNotifications notifications) {
    GroupMembership.requireRoom(group, 1, maxMembers);
    UserId inviter = request.inviterUserId();
    Member.Entry entry =
        new Member.Entry(
            notifications.base().nowMillis(),
            request.joinSource(),
            inviter,
            notifications.base().operatorId());
    Change change =
        group.admit(Member.fresh(request.groupId(), request.userId(), GroupRole.ORDINARY, entry));
    if (inviter.value().isEmpty()) {
      group.send(notifications.entered(change));
      return;
    }
    Optional<Member> member = group.member(inviter);
    GroupMemberFullInfo by =
        member
            .map(known -> GroupMessages.member(known, notifications.base().people().get(inviter)))
            .orElseGet(() ->
                GroupMemberFullInfo.newBuilder()
                    .setGroupID(request.groupId().value())
                    .setUserID(inviter.value())
                    .build());
    group.send(notifications.invitedBy(change, by));
  }
}
