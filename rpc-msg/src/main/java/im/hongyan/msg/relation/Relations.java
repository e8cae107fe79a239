package im.hongyan.msg.relation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.owners.ClaimRequest;
import im.hongyan.proto.owners.ConversationOwnersGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isFriendReq;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client of rpc-relation, with the service's own rights. Caches users for up to ten seconds,
 * blacklists and rows of conversations for up to a minute or until rpc-relation invalidates their
 * owner. Safe for use by several threads; blocks.
 */
public final class Relations {
  private static final Duration CACHED = Duration.ofMinutes(1);

  /** As long as each rpc-relation may answer out of a cache of its own. */
  private static final Duration USERS_CACHED = Duration.ofSeconds(10);

  private static final int MAX_ENSURED = 200_000;

  private final ServiceLocator locator;
  private final InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
  private final InvalidatingCache<UserInfo> users = new InvalidatingCache<>(USERS_CACHED, versions);
  private final InvalidatingCache<Boolean> blacks = new InvalidatingCache<>(CACHED, versions);
  private final InvalidatingCache<Conversation> conversations =
      new InvalidatingCache<>(CACHED, versions);
  private final Cache<Ensured, Boolean> ensured =
      Caffeine.newBuilder().maximumSize(MAX_ENSURED).build();

  /**
   * What rpc-relation has made: rows of a chat, or, without a chat, that notifications are theirs.
   */
  private record Ensured(@Nullable ConversationId chat, UserId sender, UserId receiver) {}

  public Relations(ServiceLocator locator) {
    this.locator = locator;
  }

  private Channel channel() {
    return locator.channel(ServiceName.RELATION);
  }

  /** Drops from the caches what a user owns. */
  public void invalidate(UserId owner) {
    versions.invalidate(owner);
  }

  /** A user, if it exists. */
  public Optional<UserInfo> user(UserId user) {
    if (user.value().isEmpty()) {
      return Optional.empty();
    }
    return users.get(user, "", () -> loadUser(user));
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
    Ensured rows = new Ensured(id, sender, receiver);
    if (ensured.getIfPresent(rows) != null) {
      return;
    }
    CreateSingleChatConversationsReq request =
        CreateSingleChatConversationsReq.newBuilder()
            .setConversationID(id.value())
            .setConversationType(type.number())
            .setSendID(sender.value())
            .setRecvID(receiver.value())
            .build();
    RpcChannels.callAsService(
        channel(), conversationGrpc.getCreateSingleChatConversationsMethod(), request);
    ensured.put(rows, true);
  }

  /**
   * Makes the notifications of two users theirs before the first.
   *
   * @throws ImException 1001 when they belong to others
   */
  public void ensureOwners(UserId sender, UserId receiver) {
    Ensured owners = new Ensured(null, sender, receiver);
    if (ensured.getIfPresent(owners) != null) {
      return;
    }
    ClaimRequest request =
        ClaimRequest.newBuilder().setUserId(sender.value()).setPeerId(receiver.value()).build();
    RpcChannels.callAsService(channel(), ConversationOwnersGrpc.getClaimMethod(), request);
    ensured.put(owners, true);
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
}
