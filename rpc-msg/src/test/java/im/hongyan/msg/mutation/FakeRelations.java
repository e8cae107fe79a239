package im.hongyan.msg.mutation;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMemberCacheResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.error.ImError;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** rpc-relation, as far as mutations ask it for users and roles: everybody exists but "nobody". */
final class FakeRelations {
  private final Map<String, Integer> roles = new ConcurrentHashMap<>();

  /** Gives a user a role in every group. */
  void role(String userId, int role) {
    roles.put(userId, role);
  }

  List<ServerServiceDefinition> services() {
    return List.of(new Users().bindService(), new Groups().bindService());
  }

  private static final class Users extends userGrpc.userImplBase {
    @Override
    public void getDesignateUsers(
        getDesignateUsersReq request, StreamObserver<getDesignateUsersResp> reply) {
      Unary.reply(
          reply,
          () -> {
            getDesignateUsersResp.Builder answer = getDesignateUsersResp.newBuilder();
            request.getUserIDsList().stream()
                .filter(id -> !id.equals("nobody"))
                .forEach(id ->
                    answer.addUsersInfo(
                        UserInfo.newBuilder().setUserID(id).setNickname("nick " + id)));
            return answer.build();
          });
    }
  }

  private final class Groups extends groupGrpc.groupImplBase {
    @Override
    public void getGroupMemberCache(
        GetGroupMemberCacheReq request, StreamObserver<GetGroupMemberCacheResp> reply) {
      Unary.reply(
          reply,
          () -> {
            Integer role = roles.get(request.getGroupMemberID());
            if (role == null) {
              throw ImError.RECORD_NOT_FOUND.bare();
            }
            return GetGroupMemberCacheResp.newBuilder()
                .setMember(
                    GroupMemberFullInfo.newBuilder()
                        .setUserID(request.getGroupMemberID())
                        .setRoleLevel(role))
                .build();
          });
    }
  }
}
