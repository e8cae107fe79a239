package im.hongyan.msg.relation;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.CreateSingleChatConversationsResp;
import im.hongyan.proto.conversation.GetConversationIDsReq;
import im.hongyan.proto.conversation.GetConversationIDsResp;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetConversationResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMemberCacheResp;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.GetGroupMembersInfoResp;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GetGroupsInfoResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.authz.GroupRoles;
import im.hongyan.wire.error.ImError;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** rpc-relation as far as rpc-msg calls it, behind the guard. Safe for use by several threads. */
public final class FakeRelation implements Feature, GroupRoles {
  public final Map<String, UserInfo> users = new ConcurrentHashMap<>();
  public final Map<String, GroupInfo> groups = new ConcurrentHashMap<>();
  public final Set<String> friends = ConcurrentHashMap.newKeySet();

  /** Ids of the chats of which rpc-msg had rows made. */
  public final List<String> rowsMade = new CopyOnWriteArrayList<>();

  /** How often anybody was asked for in a blacklist. */
  public final AtomicInteger blackQueries = new AtomicInteger();

  /** When users joined every group, in milliseconds. */
  public final Map<String, Long> joinTimes = new ConcurrentHashMap<>();

  private final Set<String> blocks = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> roles = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Conversation>> rowsByOwner = new ConcurrentHashMap<>();

  /** Serves it where rpc-msg looks for rpc-relation. */
  public void serve(ServiceLocator locator) {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs = new Rpcs(share, new SimpleMeterRegistry()).add(this);
    locator.serve(ServiceName.RELATION, rpcs.services());
  }

  /** Registers a user. */
  public void user(String id) {
    users.put(id, UserInfo.newBuilder().setUserID(id).setNickname("nick " + id).build());
  }

  /** The owner blocks a user. */
  public void block(String owner, String userId) {
    blocks.add(owner + ">" + userId);
  }

  /** The owner has a user in its friend list. */
  public void befriend(String owner, String userId) {
    friends.add(owner + ">" + userId);
  }

  /** Gives a user a role in every group. */
  public void role(String userId, int role) {
    roles.put(userId, role);
  }

  /** Gives the owner a row of a chat. */
  public void row(String owner, Conversation row) {
    rowsOf(owner).put(row.getConversationID(), row);
  }

  private Map<String, Conversation> rowsOf(String owner) {
    return rowsByOwner.computeIfAbsent(owner, any -> new ConcurrentHashMap<>());
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.roles(this);
    rpcs.unary(userGrpc.getGetDesignateUsersMethod(), this::users);
    rpcs.unary(friendGrpc.getIsBlackMethod(), this::isBlack);
    rpcs.unary(friendGrpc.getIsFriendMethod(), this::isFriend);
    rpcs.unary(groupGrpc.getGetGroupsInfoMethod(), this::groups);
    rpcs.unary(groupGrpc.getGetGroupMemberCacheMethod(), this::member);
    rpcs.unary(groupGrpc.getGetGroupMembersInfoMethod(), this::members);
    rpcs.unary(conversationGrpc.getGetConversationIDsMethod(), this::conversationIds);
    rpcs.unary(conversationGrpc.getGetConversationMethod(), this::conversation);
    rpcs.unary(conversationGrpc.getCreateSingleChatConversationsMethod(), this::makeRows);
  }

  @Override
  public int roleLevel(String groupId, String userId) {
    return roles.getOrDefault(userId, 0);
  }

  @Override
  public void requireGroup(String groupId) {}

  private getDesignateUsersResp users(Caller caller, getDesignateUsersReq request) {
    return getDesignateUsersResp
        .newBuilder()
        .addAllUsersInfo(
            request.getUserIDsList().stream().map(users::get).filter(Objects::nonNull).toList())
        .build();
  }

  private GetGroupsInfoResp groups(Caller caller, GetGroupsInfoReq request) {
    return GetGroupsInfoResp.newBuilder()
        .addAllGroupInfos(
            request.getGroupIDsList().stream().map(groups::get).filter(Objects::nonNull).toList())
        .build();
  }

  private isBlackResp isBlack(Caller caller, isBlackReq request) {
    blackQueries.incrementAndGet();
    boolean blocked = blocks.contains(request.getUserID1() + ">" + request.getUserID2());
    return isBlackResp.newBuilder().setInUser1Blacks(blocked).build();
  }

  private isFriendResp isFriend(Caller caller, isFriendReq request) {
    boolean friend = friends.contains(request.getUserID1() + ">" + request.getUserID2());
    return isFriendResp.newBuilder().setInUser1Friends(friend).build();
  }

  private GetGroupMemberCacheResp member(Caller caller, GetGroupMemberCacheReq request) {
    int role = found(roles.get(request.getGroupMemberID()));
    return GetGroupMemberCacheResp.newBuilder()
        .setMember(
            GroupMemberFullInfo.newBuilder()
                .setUserID(request.getGroupMemberID())
                .setRoleLevel(role))
        .build();
  }

  private GetGroupMembersInfoResp members(Caller caller, GetGroupMembersInfoReq request) {
    GetGroupMembersInfoResp.Builder answer = GetGroupMembersInfoResp.newBuilder();
    for (String id : request.getUserIDsList()) {
      answer.addMembers(
          GroupMemberFullInfo.newBuilder()
              .setUserID(id)
              .setJoinTime(joinTimes.getOrDefault(id, 0L)));
    }
    return answer.build();
  }

  private GetConversationIDsResp conversationIds(Caller caller, GetConversationIDsReq request) {
    return GetConversationIDsResp.newBuilder()
        .addAllConversationIDs(rowsOf(request.getUserID()).keySet())
        .build();
  }

  private GetConversationResp conversation(Caller caller, GetConversationReq request) {
    Conversation row = found(rowsOf(request.getOwnerUserID()).get(request.getConversationID()));
    return GetConversationResp.newBuilder().setConversation(row).build();
  }

  private CreateSingleChatConversationsResp makeRows(
      Caller caller, CreateSingleChatConversationsReq request) {
    rowsMade.add(request.getConversationID());
    return CreateSingleChatConversationsResp.getDefaultInstance();
  }

  private static <T> T found(@Nullable T value) {
    if (value == null) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    return value;
  }
}
