package im.hongyan.standalone;

import com.google.protobuf.Message;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.conversation.SetConversationsReq;
import im.hongyan.proto.conversation.SetConversationsResp;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.DismissGroupReq;
import im.hongyan.proto.group.DismissGroupResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.group.KickGroupMemberReq;
import im.hongyan.proto.group.KickGroupMemberResp;
import im.hongyan.proto.group.QuitGroupReq;
import im.hongyan.proto.group.QuitGroupResp;
import im.hongyan.proto.group.SetGroupInfoExReq;
import im.hongyan.proto.group.SetGroupInfoExResp;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.SetGroupMemberInfoResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.relation.applyToAddFriendReq;
import im.hongyan.proto.relation.applyToAddFriendResp;
import im.hongyan.proto.relation.respondFriendApplyReq;
import im.hongyan.proto.relation.respondFriendApplyResp;
import im.hongyan.proto.relation.updateFriendsReq;
import im.hongyan.proto.relation.updateFriendsResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.wrapperspb.BoolValue;
import im.hongyan.proto.wrapperspb.Int32Value;
import im.hongyan.proto.wrapperspb.StringValue;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** What users do with friends, groups and messages, each a call of a route or a send. */
record SocialLife(SystemAddress system, RestCalls rest) {
  private static final int WORKING_GROUP = 2;
  private static final int GROUP_SESSION = 3;

  /** Logs a new user in. */
  LoginOptions login(String name) {
    return ChatPair.login(system, name);
  }

  /** Registers users who do not log in; returns their ids. */
  List<String> register(String prefix, int count) {
    List<String> ids = IntStream.range(0, count).mapToObj(i -> prefix + "x" + i).toList();
    system.asAdmin(admin -> {
      for (String id : ids) {
        admin.ensureRegistered(id);
      }
      return true;
    });
    return ids;
  }

  private <M extends Message> M call(LoginOptions caller, String path, Message request, M answer) {
    return rest.call(caller, path, request, answer);
  }

  private static StringValue value(String text) {
    return StringValue.newBuilder().setValue(text).build();
  }

  /** One applies, the other accepts. */
  void befriend(LoginOptions applicant, LoginOptions decider) {
    call(
        applicant,
        "/friend/add_friend",
        applyToAddFriendReq
            .newBuilder()
            .setFromUserID(applicant.userId())
            .setToUserID(decider.userId())
            .build(),
        applyToAddFriendResp.getDefaultInstance());
    call(
        decider,
        "/friend/add_friend_response",
        respondFriendApplyReq
            .newBuilder()
            .setFromUserID(applicant.userId())
            .setToUserID(decider.userId())
            .setHandleResult(1)
            .build(),
        respondFriendApplyResp.getDefaultInstance());
  }

  void remark(LoginOptions owner, LoginOptions friend, String remark) {
    call(
        owner,
        "/friend/update_friends",
        updateFriendsReq
            .newBuilder()
            .setOwnerUserID(owner.userId())
            .addFriendUserIDs(friend.userId())
            .setRemark(value(remark))
            .build(),
        updateFriendsResp.getDefaultInstance());
  }

  void block(LoginOptions owner, LoginOptions blocked) {
    call(
        owner,
        "/friend/add_black",
        addBlackReq
            .newBuilder()
            .setOwnerUserID(owner.userId())
            .setBlackUserID(blocked.userId())
            .build(),
        addBlackResp.getDefaultInstance());
  }

  /** Makes a group; returns its id. */
  String create(String name, LoginOptions owner, LoginOptions... members) {
    return call(
            owner,
            "/group/create_group",
            CreateGroupReq.newBuilder()
                .setOwnerUserID(owner.userId())
                .addAllMemberUserIDs(Arrays.stream(members).map(LoginOptions::userId).toList())
                .setGroupInfo(GroupInfo.newBuilder().setGroupName(name).setGroupType(WORKING_GROUP))
                .build(),
            CreateGroupResp.getDefaultInstance())
        .getGroupInfo()
        .getGroupID();
  }

  void invite(LoginOptions caller, String group, Collection<String> users) {
    call(
        caller,
        "/group/invite_user_to_group",
        InviteUserToGroupReq.newBuilder().setGroupID(group).addAllInvitedUserIDs(users).build(),
        InviteUserToGroupResp.getDefaultInstance());
  }

  void quit(LoginOptions member, String group) {
    call(
        member,
        "/group/quit_group",
        QuitGroupReq.newBuilder().setGroupID(group).build(),
        QuitGroupResp.getDefaultInstance());
  }

  void kick(LoginOptions caller, String group, LoginOptions member) {
    call(
        caller,
        "/group/kick_group",
        KickGroupMemberReq.newBuilder().setGroupID(group).addKickedUserIDs(member.userId()).build(),
        KickGroupMemberResp.getDefaultInstance());
  }

  void dismiss(LoginOptions owner, String group) {
    call(
        owner,
        "/group/dismiss_group",
        DismissGroupReq.newBuilder().setGroupID(group).build(),
        DismissGroupResp.getDefaultInstance());
  }

  void name(LoginOptions caller, String group, String name) {
    call(
        caller,
        "/group/set_group_info_ex",
        SetGroupInfoExReq.newBuilder().setGroupID(group).setGroupName(value(name)).build(),
        SetGroupInfoExResp.getDefaultInstance());
  }

  /** Gives oneself a nickname in a group. */
  void nickname(LoginOptions member, String group, String nickname) {
    call(
        member,
        "/group/set_group_member_info",
        SetGroupMemberInfoReq.newBuilder()
            .addMembers(
                SetGroupMemberInfo.newBuilder()
                    .setGroupID(group)
                    .setUserID(member.userId())
                    .setNickname(value(nickname)))
            .build(),
        SetGroupMemberInfoResp.getDefaultInstance());
  }

  /** Settings of the conversation with a group. */
  void set(LoginOptions owner, String group, boolean pinned, int receiveOption) {
    call(
        owner,
        "/conversation/set_conversations",
        SetConversationsReq.newBuilder()
            .addUserIDs(owner.userId())
            .setConversation(
                ConversationReq.newBuilder()
                    .setConversationID(ConversationId.group(group).value())
                    .setConversationType(GROUP_SESSION)
                    .setGroupID(group)
                    .setIsPinned(BoolValue.newBuilder().setValue(pinned))
                    .setRecvMsgOpt(Int32Value.newBuilder().setValue(receiveOption)))
            .build(),
        SetConversationsResp.getDefaultInstance());
  }

  /** Reads a conversation up to a seq. */
  void read(LoginOptions reader, String conversation, long seq) {
    call(
        reader,
        "/msg/set_conversation_has_read_seq",
        SetConversationHasReadSeqReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(reader.userId())
            .setHasReadSeq(seq)
            .build(),
        SetConversationHasReadSeqResp.getDefaultInstance());
  }

  /** Sends texts to a user. */
  void send(LoginOptions sender, LoginOptions peer, String... texts) {
    try (TestUser connection = new TestUser(sender)) {
      for (String text : texts) {
        connection.send(connection.text(peer.userId(), text));
      }
    }
  }

  /** Sends texts to a group. */
  void sendToGroup(LoginOptions sender, String group, String... texts) {
    try (TestUser connection = new TestUser(sender)) {
      for (String text : texts) {
        connection.send(
            connection.text(group, text).toBuilder()
                .clearRecvID()
                .setGroupID(group)
                .setSessionType(GROUP_SESSION)
                .build());
      }
    }
  }
}
