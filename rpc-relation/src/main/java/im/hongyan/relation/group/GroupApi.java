package im.hongyan.relation.group;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.GetGroupInfoCacheReq;
import im.hongyan.proto.group.GetGroupInfoCacheResp;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMemberCacheResp;
import im.hongyan.proto.group.GetGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetGroupMemberUserIDsResp;
import im.hongyan.proto.group.GroupProto;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.group.GroupService.Creation;
import im.hongyan.relation.group.GroupService.Invitation;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.Set;

/** The gRPC endpoint of groups. */
public final class GroupApi extends groupGrpc.groupImplBase {
  private final GroupService groups;
  private final Set<String> adminIds;

  /** Creates the endpoint. */
  public GroupApi(GroupService groups, Set<String> adminIds) {
    this.groups = groups;
    this.adminIds = Set.copyOf(adminIds);
  }

  /**
   * Who may call what; methods that are not built have no entry and are refused. Where the protocol
   * wants arguments refused before rights, the service decides.
   */
  public static AuthorisationTable access() {
    var service = GroupProto.getDescriptor().findServiceByName("group");
    return AuthorisationTable.builder()
        .allow(service, "createGroup", Access.anyUser())
        .allow(service, "inviteUserToGroup", Access.groupRole(Access.Role.MEMBER, "groupID"))
        .allow(service, "getGroupMemberUserIDs", Access.groupRole(Access.Role.MEMBER, "groupID"))
        .allow(service, "GetGroupInfoCache", Access.internal())
        .allow(service, "GetGroupMemberCache", Access.internal())
        .build();
  }

  private Caller caller() {
    return CallContext.current().caller(adminIds);
  }

  @Override
  public void createGroup(CreateGroupReq request, StreamObserver<CreateGroupResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (!request.hasGroupInfo()) {
            throw ImError.ARGS.with("groupInfo is empty");
          }
          Group made =
              groups.create(
                  caller(),
                  new Creation(
                      group(request.getGroupInfo()),
                      request.getOwnerUserID(),
                      request.getAdminUserIDsList(),
                      request.getMemberUserIDsList(),
                      given(request.hasSendMessage(), request.getSendMessage())));
          return CreateGroupResp.newBuilder().setGroupInfo(GroupMessages.info(made)).build();
        });
  }

  private static Optional<Boolean> given(boolean present, boolean value) {
    return present ? Optional.of(value) : Optional.empty();
  }

  private static Group group(GroupInfo info) {
    return new Group(
        info.getGroupID(),
        new Group.Texts(
            info.getGroupName(),
            info.getNotification(),
            info.getIntroduction(),
            info.getFaceURL(),
            info.getEx(),
            info.getNotificationUpdateTime(),
            info.getNotificationUserID()),
        new Group.Rules(
            info.getGroupType(),
            info.getNeedVerification(),
            info.getLookMemberInfo(),
            info.getApplyMemberFriend()),
        Group.OK,
        "",
        info.getCreatorUserID(),
        0,
        0);
  }

  @Override
  public void inviteUserToGroup(
      InviteUserToGroupReq request, StreamObserver<InviteUserToGroupResp> reply) {
    Unary.reply(
        reply,
        () -> {
          groups.invite(
              caller(),
              new Invitation(
                  request.getGroupID(),
                  request.getInvitedUserIDsList(),
                  given(request.hasSendMessage(), request.getSendMessage())));
          return InviteUserToGroupResp.getDefaultInstance();
        });
  }

  @Override
  public void getGroupMemberUserIDs(
      GetGroupMemberUserIDsReq request, StreamObserver<GetGroupMemberUserIDsResp> reply) {
    Unary.reply(
        reply,
        () ->
            GetGroupMemberUserIDsResp.newBuilder()
                .addAllUserIDs(groups.memberIds(caller(), request.getGroupID()))
                .build());
  }

  @Override
  public void getGroupInfoCache(
      GetGroupInfoCacheReq request, StreamObserver<GetGroupInfoCacheResp> reply) {
    Unary.reply(
        reply,
        () ->
            GetGroupInfoCacheResp.newBuilder()
                .setGroupInfo(GroupMessages.info(groups.group(request.getGroupID())))
                .build());
  }

  @Override
  public void getGroupMemberCache(
      GetGroupMemberCacheReq request, StreamObserver<GetGroupMemberCacheResp> reply) {
    Unary.reply(
        reply,
        () -> {
          Member member = groups.member(request.getGroupID(), request.getGroupMemberID());
          return GetGroupMemberCacheResp.newBuilder()
              .setMember(GroupMessages.member(member, null))
              .build();
        });
  }
}
