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
import im.hongyan.wire.id.SessionType;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks rpc-relation, under the service's own rights, and remembers what was found: users for up to
 * ten seconds, blacklists and rows of conversations for up to a minute or until their owner is
 * forgotten, which rpc-relation asks for when they change. Safe for use by several threads.
 */
public final class Relations {
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  /** As long as each rpc-relation may answer with what it remembers itself. */
  private static final Duration USERS_REMEMBERED = Duration.ofSeconds(10);

  private static final int MAX_ROWS_MADE = 200_000;

  private final ServiceLocator locator;
  private final InvalidatingCache.Changes changes = new InvalidatingCache.Changes();
  private final InvalidatingCache<UserInfo> users =
      new InvalidatingCache<>(USERS_REMEMBERED, changes);
  private final InvalidatingCache<Boolean> blacks = new InvalidatingCache<>(REMEMBERED, changes);
  private final InvalidatingCache<Conversation> conversations =
      new InvalidatingCache<>(REMEMBERED, changes);
  private final Cache<String, Boolean> rowsMade =
      Caffeine.newBuilder().maximumSize(MAX_ROWS_MADE).build();

  /** Creates access to the service. */
  public Relations(ServiceLocator locator) {
    this.locator = locator;
  }

  private Channel channel() {
    return locator.channel(ServiceName.RELATION);
  }

  /** Forgets what is remembered of rows that a user owns. */
  public void forget(String ownerUserId) {
    changes.forget(ownerUserId);
  }

  /** A user, if it exists. */
  public Optional<UserInfo> user(String userId) {
    if (userId.isEmpty()) {
      return Optional.empty();
    }
    return users.get(userId, "", () -> askUser(userId));
  }

  private Optional<UserInfo> askUser(String userId) {
    return RpcChannels.callAsService(
            channel(),
            userGrpc.getGetDesignateUsersMethod(),
            getDesignateUsersReq.newBuilder().addUserIDs(userId).build())
        .getUsersInfoList()
        .stream()
        .findFirst();
  }

  /** Whether a user is in the owner's blacklist. */
  public boolean blocked(String owner, String userId) {
    return blacks.get(owner, userId, () -> Optional.of(askBlocked(owner, userId))).orElseThrow();
  }

  private boolean askBlocked(String owner, String userId) {
    return RpcChannels.callAsService(
            channel(),
            friendGrpc.getIsBlackMethod(),
            isBlackReq.newBuilder().setUserID1(owner).setUserID2(userId).build())
        .getInUser1Blacks();
  }

  /** Whether a user is in the owner's friend list; never remembered. */
  public boolean befriended(String owner, String userId) {
    return RpcChannels.callAsService(
            channel(),
            friendGrpc.getIsFriendMethod(),
            isFriendReq.newBuilder().setUserID1(owner).setUserID2(userId).build())
        .getInUser1Friends();
  }

  /** A user's row of a conversation, if there is one. */
  public Optional<Conversation> conversation(String owner, String conversationId) {
    return conversations.get(owner, conversationId, () -> askConversation(owner, conversationId));
  }

  private Optional<Conversation> askConversation(String owner, String conversationId) {
    GetConversationReq request =
        GetConversationReq.newBuilder()
            .setOwnerUserID(owner)
            .setConversationID(conversationId)
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

  /** All conversation ids of a user; never remembered, since a new one must be seen at once. */
  public List<String> conversationIds(String userId) {
    return RpcChannels.callAsService(
            channel(),
            conversationGrpc.getGetConversationIDsMethod(),
            GetConversationIDsReq.newBuilder().setUserID(userId).build())
        .getConversationIDsList();
  }

  /** The pinned ones of a user. */
  public List<String> pinnedIds(String userId) {
    return RpcChannels.callAsService(
            channel(),
            conversationGrpc.getGetPinnedConversationIDsMethod(),
            GetPinnedConversationIDsReq.newBuilder().setUserID(userId).build())
        .getConversationIDsList();
  }

  /** Makes both sides' rows of a chat exist before its first message (docs/sequencing.md A2). */
  public void ensureRows(
      ConversationId conversation, SessionType type, String sendId, String recvId) {
    String id = conversation.value();
    if (rowsMade.getIfPresent(id) != null) {
      return;
    }
    CreateSingleChatConversationsReq request =
        CreateSingleChatConversationsReq.newBuilder()
            .setConversationID(id)
            .setConversationType(type.number())
            .setSendID(sendId)
            .setRecvID(recvId)
            .build();
    RpcChannels.callAsService(
        channel(), conversationGrpc.getCreateSingleChatConversationsMethod(), request);
    rowsMade.put(id, true);
  }

  /** A user's membership of a group, if there is one; asked anew each time. */
  public Optional<GroupMemberFullInfo> member(String groupId, String userId) {
    try {
      GetGroupMemberCacheReq request =
          GetGroupMemberCacheReq.newBuilder().setGroupID(groupId).setGroupMemberID(userId).build();
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
