package im.hongyan.msg.send;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.CreateSingleChatConversationsResp;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.error.ImError;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** rpc-relation as far as sends need it. */
final class FakeRelation {
  final Map<String, UserInfo> users = new ConcurrentHashMap<>();
  final Set<String> blocks = ConcurrentHashMap.newKeySet();
  final Set<String> friends = ConcurrentHashMap.newKeySet();
  final Map<String, Integer> receiveOptions = new ConcurrentHashMap<>();
  final List<String> rowsMade = new ArrayList<>();

  void user(String id) {
    users.put(id, UserInfo.newBuilder().setUserID(id).build());
  }

  /** The owner blocks a user. */
  void block(String owner, String userId) {
    blocks.add(owner + ">" + userId);
  }

  /** The owner has a user in its friend list. */
  void befriend(String owner, String userId) {
    friends.add(owner + ">" + userId);
  }

  List<ServerServiceDefinition> services() {
    return List.of(
        new Users().bindService(), new Friends().bindService(), new Rows().bindService());
  }

  private final class Users extends userGrpc.userImplBase {
    @Override
    public void getDesignateUsers(
        getDesignateUsersReq request, StreamObserver<getDesignateUsersResp> reply) {
      Unary.reply(
          reply,
          () ->
              getDesignateUsersResp
                  .newBuilder()
                  .addAllUsersInfo(
                      request.getUserIDsList().stream()
                          .map(users::get)
                          .filter(Objects::nonNull)
                          .toList())
                  .build());
    }
  }

  private final class Friends extends friendGrpc.friendImplBase {
    @Override
    public void isBlack(isBlackReq request, StreamObserver<isBlackResp> reply) {
      Unary.reply(
          reply,
          () ->
              isBlackResp
                  .newBuilder()
                  .setInUser1Blacks(
                      blocks.contains(request.getUserID1() + ">" + request.getUserID2()))
                  .build());
    }

    @Override
    public void isFriend(isFriendReq request, StreamObserver<isFriendResp> reply) {
      Unary.reply(
          reply,
          () ->
              isFriendResp
                  .newBuilder()
                  .setInUser1Friends(
                      friends.contains(request.getUserID1() + ">" + request.getUserID2()))
                  .build());
    }
  }

  private final class Rows extends conversationGrpc.conversationImplBase {
    @Override
    public void getConversation(
        GetConversationReq request, StreamObserver<GetConversationResp> reply) {
      Unary.reply(
          reply,
          () -> {
            Integer option =
                receiveOptions.get(request.getOwnerUserID() + ">" + request.getConversationID());
            if (option == null) {
              throw ImError.RECORD_NOT_FOUND.bare();
            }
            return GetConversationResp.newBuilder()
                .setConversation(Conversation.newBuilder().setRecvMsgOpt(option))
                .build();
          });
    }

    @Override
    public void createSingleChatConversations(
        CreateSingleChatConversationsReq request,
        StreamObserver<CreateSingleChatConversationsResp> reply) {
      Unary.reply(
          reply,
          () -> {
            rowsMade.add(request.getConversationID());
            return CreateSingleChatConversationsResp.getDefaultInstance();
          });
    }
  }
}
