package im.hongyan.standalone.sync;

import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationsReq;
import im.hongyan.proto.conversation.GetConversationsResp;
import im.hongyan.proto.conversation.GetFullOwnerConversationIDsReq;
import im.hongyan.proto.conversation.GetFullOwnerConversationIDsResp;
import im.hongyan.proto.conversation.GetOwnerConversationReq;
import im.hongyan.proto.conversation.GetOwnerConversationResp;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsResp;
import im.hongyan.proto.group.GetFullJoinGroupIDsReq;
import im.hongyan.proto.group.GetFullJoinGroupIDsResp;
import im.hongyan.proto.group.GetGroupMemberListReq;
import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GetGroupsInfoResp;
import im.hongyan.proto.group.GetJoinedGroupListReq;
import im.hongyan.proto.group.GetJoinedGroupListResp;
import im.hongyan.proto.relation.getFullFriendUserIDsReq;
import im.hongyan.proto.relation.getFullFriendUserIDsResp;
import im.hongyan.proto.relation.getPaginationBlacksReq;
import im.hongyan.proto.relation.getPaginationBlacksResp;
import im.hongyan.proto.relation.getPaginationFriendsReq;
import im.hongyan.proto.relation.getPaginationFriendsResp;
import im.hongyan.proto.sdkws.BlackInfo;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.testkit.system.RestCalls;
import java.util.Collection;
import java.util.List;

/**
 * The routes that official clients read lists and names with, in the page sizes that they use
 * (client-sync.md 4.1). An answer with an error, or without an envelope, is thrown.
 */
record DeviceRoutes(RestCalls rest, LoginOptions user) {
  static final int FRIENDS_PER_PAGE = 100;
  static final int GROUPS_PER_PAGE = 100;
  static final int MEMBERS_PER_PAGE = 100;
  static final int CONVERSATIONS_PER_PAGE = 300;
  static final int BLACKS_PER_PAGE = 200;
  private static final int EVERYBODY = 0;

  /** Calls a route as the user. */
  <M extends Message> M call(String path, Message request, M answer) {
    return rest.call(user, path, request, answer);
  }

  private static RequestPagination page(int number, int rows) {
    return RequestPagination.newBuilder().setPageNumber(number).setShowNumber(rows).build();
  }

  /** Reads the joined groups as a whole. */
  SyncedList.Reading<GroupInfo> groups() {
    return new SyncedList.Reading<>(
        number ->
            call(
                    "/group/get_joined_group_list",
                    GetJoinedGroupListReq.newBuilder()
                        .setFromUserID(user.userId())
                        .setPagination(page(number, GROUPS_PER_PAGE))
                        .build(),
                    GetJoinedGroupListResp.getDefaultInstance())
                .getGroupsList(),
        GROUPS_PER_PAGE,
        () ->
            call(
                    "/group/get_full_join_group_ids",
                    GetFullJoinGroupIDsReq.newBuilder().setUserID(user.userId()).build(),
                    GetFullJoinGroupIDsResp.getDefaultInstance())
                .getGroupIDsList());
  }

  /** Reads the members of a group as a whole. */
  SyncedList.Reading<GroupMemberFullInfo> members(String group) {
    return new SyncedList.Reading<>(
        number ->
            call(
                    "/group/get_group_member_list",
                    GetGroupMemberListReq.newBuilder()
                        .setGroupID(group)
                        .setFilter(EVERYBODY)
                        .setPagination(page(number, MEMBERS_PER_PAGE))
                        .build(),
                    GetGroupMemberListResp.getDefaultInstance())
                .getMembersList(),
        MEMBERS_PER_PAGE,
        () ->
            call(
                    "/group/get_full_group_member_user_ids",
                    GetFullGroupMemberUserIDsReq.newBuilder().setGroupID(group).build(),
                    GetFullGroupMemberUserIDsResp.getDefaultInstance())
                .getUserIDsList());
  }

  /** Reads the friends as a whole. */
  SyncedList.Reading<FriendInfo> friends() {
    return new SyncedList.Reading<>(
        number ->
            call(
                    "/friend/get_friend_list",
                    getPaginationFriendsReq
                        .newBuilder()
                        .setUserID(user.userId())
                        .setPagination(page(number, FRIENDS_PER_PAGE))
                        .build(),
                    getPaginationFriendsResp.getDefaultInstance())
                .getFriendsInfoList(),
        FRIENDS_PER_PAGE,
        () ->
            call(
                    "/friend/get_full_friend_user_ids",
                    getFullFriendUserIDsReq.newBuilder().setUserID(user.userId()).build(),
                    getFullFriendUserIDsResp.getDefaultInstance())
                .getUserIDsList());
  }

  /** Reads the conversations as a whole. */
  SyncedList.Reading<Conversation> conversations() {
    return new SyncedList.Reading<>(
        number ->
            call(
                    "/conversation/get_owner_conversation",
                    GetOwnerConversationReq.newBuilder()
                        .setUserID(user.userId())
                        .setPagination(page(number, CONVERSATIONS_PER_PAGE))
                        .build(),
                    GetOwnerConversationResp.getDefaultInstance())
                .getConversationsList(),
        CONVERSATIONS_PER_PAGE,
        () ->
            call(
                    "/conversation/get_full_conversation_ids",
                    GetFullOwnerConversationIDsReq.newBuilder().setUserID(user.userId()).build(),
                    GetFullOwnerConversationIDsResp.getDefaultInstance())
                .getConversationIDsList());
  }

  /** Conversations by their ids. */
  List<Conversation> conversations(Collection<String> ids) {
    return call(
            "/conversation/get_conversations",
            GetConversationsReq.newBuilder()
                .setOwnerUserID(user.userId())
                .addAllConversationIDs(ids)
                .build(),
            GetConversationsResp.getDefaultInstance())
        .getConversationsList();
  }

  /** A page of the blacklist. */
  List<BlackInfo> blacks(int number) {
    return call(
            "/friend/get_black_list",
            getPaginationBlacksReq
                .newBuilder()
                .setUserID(user.userId())
                .setPagination(page(number, BLACKS_PER_PAGE))
                .build(),
            getPaginationBlacksResp.getDefaultInstance())
        .getBlacksList();
  }

  /** Users by their ids. */
  List<UserInfo> users(Collection<String> ids) {
    return call(
            "/user/get_users_info",
            getDesignateUsersReq.newBuilder().addAllUserIDs(ids).build(),
            getDesignateUsersResp.getDefaultInstance())
        .getUsersInfoList();
  }

  /** Groups by their ids, joined or not. */
  List<GroupInfo> groups(Collection<String> ids) {
    return call(
            "/group/get_groups_info",
            GetGroupsInfoReq.newBuilder().addAllGroupIDs(ids).build(),
            GetGroupsInfoResp.getDefaultInstance())
        .getGroupInfosList();
  }
}
