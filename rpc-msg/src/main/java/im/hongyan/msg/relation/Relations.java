package im.hongyan.msg.relation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.CreateSingleChatConversationsReq;
import im.hongyan.proto.conversation.GetConversationIDsReq;
import im.hongyan.proto.conversation.GetConversationReq;
import im.hongyan.proto.conversation.GetPinnedConversationIDsReq;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.GetGroupMemberCacheReq;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.owners.ClaimRequest;
import im.hongyan.proto.owners.ConversationOwnersGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import io.grpc.Channel;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The client of rpc-relation, with the service's own rights. Caches users, blacklists and rows of
 * conversations for up to a minute or until rpc-relation invalidates their owner. Safe for use by
 * several threads; blocks.
 */
public final class Relations {
  private static final Duration CACHED = Duration.ofMinutes(1);
  private static final Duration ROWS_CACHED = Duration.ofHours(1);

  private static final int MAX_PAIRS = 200_000;

  private final ServiceLocator locator;
  private final InvalidatingCache<UserInfo> users;
  private final InvalidatingCache<Boolean> blacks;
  private final InvalidatingCache<Conversation> conversations;

  /** Owners who have a row of a chat; a row that its owner deletes is made again. */
  private final InvalidatingCache<Boolean> rows;

  private final Cache<Pair, Boolean> pairs = Caffeine.newBuilder().maximumSize(MAX_PAIRS).build();

  /** Two users whose notifications are theirs, which never changes. */
  private record Pair(UserId sender, UserId receiver) {}

  /**
   * Creates the client.
   *
   * @param versions by which rpc-relation invalidates owners
   */
  public Relations(ServiceLocator locator, InvalidatingCache.Versions versions) {
    this.locator = locator;
    users = new InvalidatingCache<>(InvalidatingCache.SOME, CACHED, versions);
    blacks = new InvalidatingCache<>(InvalidatingCache.MANY, CACHED, versions);
    conversations = new InvalidatingCache<>(InvalidatingCache.MANY, CACHED, versions);
    rows = new InvalidatingCache<>(InvalidatingCache.MANY, ROWS_CACHED, versions);
  }

  private Channel channel() {
    return locator.channel(ServiceName.RELATION);
  }

  /** A user, if it exists. */
  public Optional<UserInfo> user(UserId user) {
    if (user.value().isEmpty()) {
      return Optional.empty();
    }
    return users.get(user, "", () -> loadUser(user));
  }

  /** Users who exist, by their ids; never cached. */
  public Map<String, UserInfo> users(Collection<String> userIds) {
    if (userIds.isEmpty()) {
      return Map.of();
    }
    return RpcChannels.callAsService(
            channel(),
            userGrpc.getGetDesignateUsersMethod(),
            getDesignateUsersReq.newBuilder().addAllUserIDs(userIds).build())
        .getUsersInfoList()
        .stream()
        .collect(Collectors.toMap(UserInfo::getUserID, Function.identity(), (a, _) -> a));
  }

  /** Groups that exist, by their ids; never cached. */
  public Map<String, GroupInfo> groups(Collection<String> groupIds) {
    if (groupIds.isEmpty()) {
      return Map.of();
    }
    return RpcChannels.callAsService(
            channel(),
            groupGrpc.getGetGroupsInfoMethod(),
            GetGroupsInfoReq.newBuilder().addAllGroupIDs(groupIds).build())
        .getGroupInfosList()
        .stream()
        .collect(Collectors.toMap(GroupInfo::getGroupID, Function.identity(), (a, _) -> a));
  }

  private Optional<UserInfo> loadUser(UserId user) {
    return RpcChannels.callAsService(
            channel(),
            userGrpc.getGetDesignateUsersMethod(),
            getDesignateUsersReq.newBuilder().addUserIDs(user.value()).build())
        .getUsersInfoList()
        .stream()
        .findFirst();
  }

  /** Whether a user is in the owner's blacklist. */
  public boolean blocked(UserId owner, UserId user) {
    return blacks
        .get(owner, user.value(), () -> Optional.of(loadBlocked(owner, user)))
        .orElseThrow();
  }

  private boolean loadBlocked(UserId owner, UserId user) {
    return RpcChannels.callAsService(
            channel(),
            friendGrpc.getIsBlackMethod(),
            isBlackReq.newBuilder().setUserID1(owner.value()).setUserID2(user.value()).build())
        .getInUser1Blacks();
  }

  /** Whether a user is in the owner's friend list; never cached. */
  public boolean befriended(UserId owner, UserId user) {
    return RpcChannels.callAsService(
            channel(),
            friendGrpc.getIsFriendMethod(),
            isFriendReq.newBuilder().setUserID1(owner.value()).setUserID2(user.value()).build())
        .getInUser1Friends();
  }

  /** A user's row of a conversation, if there is one. */
  public Optional<Conversation> conversation(UserId owner, ConversationId id) {
    return conversations.get(owner, id.value(), () -> loadConversation(owner, id));
  }

  private Optional<Conversation> loadConversation(UserId owner, ConversationId id) {
    GetConversationReq request =
        GetConversationReq.newBuilder()
            .setOwnerUserID(owner.value())
            .setConversationID(id.value())
            .build();
    try {
      return Optional.of(
          RpcChannels.callAsService(channel(), conversationGrpc.getGetConversationMethod(), request)
              .getConversation());
    } catch (ImException e) {
      if (e.is(ImError.RECORD_NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** All conversation ids of a user; never cached, since a new one must be seen at once. */
  public List<String> conversationIds(UserId user) {
    return RpcChannels.callAsService(
            channel(),
            conversationGrpc.getGetConversationIDsMethod(),
            GetConversationIDsReq.newBuilder().setUserID(user.value()).build())
        .getConversationIDsList();
  }

  /** Ids of the user's chats, of their notification twins, and of the user's own notifications. */
  public Set<String> conversationsWithTwins(UserId user) {
    Set<String> ids = new LinkedHashSet<>();
    for (String id : conversationIds(user)) {
      ids.add(id);
      ids.add(new ConversationId(id).notificationTwin().value());
    }
    ids.add(ConversationId.selfNotification(user.value()).value());
    return ids;
  }

  /** The pinned ones of a user; never cached. */
  public List<String> pinnedIds(UserId user) {
    return RpcChannels.callAsService(
            channel(),
            conversationGrpc.getGetPinnedConversationIDsMethod(),
            GetPinnedConversationIDsReq.newBuilder().setUserID(user.value()).build())
        .getConversationIDsList();
  }

  /**
   * Makes both sides' rows of a chat exist before its first message (docs/sequencing.md A2).
   *
   * @throws ImException 1001 when the conversation belongs to others
   */
  public void ensureRows(ConversationId id, SessionType type, UserId sender, UserId receiver) {
    // Who writes to himself has one row.
    List<UserId> owners = sender.equals(receiver) ? List.of(sender) : List.of(sender, receiver);
    Map<UserId, Boolean> _ =
        rows.getAll(
            owners,
            id.value(),
            missing -> {
              makeRows(id, type, sender, receiver);
              return owners.stream().collect(Collectors.toMap(Function.identity(), owner -> true));
            });
  }

  private void makeRows(ConversationId id, SessionType type, UserId sender, UserId receiver) {
    CreateSingleChatConversationsReq request =
        CreateSingleChatConversationsReq.newBuilder()
            .setConversationID(id.value())
            .setConversationType(type.number())
            .setSendID(sender.value())
            .setRecvID(receiver.value())
            .build();
    RpcChannels.callAsService(
        channel(), conversationGrpc.getCreateSingleChatConversationsMethod(), request);
  }

  /**
   * Makes the notifications of two users theirs before the first.
   *
   * @throws ImException 1001 when they belong to others
   */
  public void ensureOwners(UserId sender, UserId receiver) {
    Pair owners = new Pair(sender, receiver);
    if (pairs.getIfPresent(owners) != null) {
      return;
    }
    ClaimRequest request =
        ClaimRequest.newBuilder().setUserId(sender.value()).setPeerId(receiver.value()).build();
    RpcChannels.callAsService(channel(), ConversationOwnersGrpc.getClaimMethod(), request);
    pairs.put(owners, true);
  }

  /** A user's membership of a group, if there is one; never cached. */
  public Optional<GroupMemberFullInfo> member(GroupId group, UserId user) {
    try {
      GetGroupMemberCacheReq request =
          GetGroupMemberCacheReq.newBuilder()
              .setGroupID(group.value())
              .setGroupMemberID(user.value())
              .build();
      return Optional.of(
          RpcChannels.callAsService(channel(), groupGrpc.getGetGroupMemberCacheMethod(), request)
              .getMember());
    } catch (ImException e) {
      if (e.is(ImError.RECORD_NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** When these members joined a group, in milliseconds; who is no member is left out. */
  public Map<UserId, Long> joinTimes(GroupId group, Collection<UserId> users) {
    GetGroupMembersInfoReq request =
        GetGroupMembersInfoReq.newBuilder()
            .setGroupID(group.value())
            .addAllUserIDs(users.stream().map(UserId::value).toList())
            .build();
    return RpcChannels.callAsService(channel(), groupGrpc.getGetGroupMembersInfoMethod(), request)
        .getMembersList()
        .stream()
        .collect(
            Collectors.toMap(
                member -> new UserId(member.getUserID()), GroupMemberFullInfo::getJoinTime));
  }
}
