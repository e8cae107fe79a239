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
 * Asks rpc-relation, under the service's own rights, and remembers what was found for a few
 * seconds. What was not found is asked again. Safe for use by several threads.
 */
public final class Relations {
  private static final Duration REMEMBERED = Duration.ofSeconds(10);
  private static final int MAX_REMEMBERED = 200_000;

  private final ServiceLocator locator;
  private final Cache<String, UserInfo> users = cache();
  private final Cache<Pair, Boolean> blacks = cache();
  private final Cache<Pair, Conversation> conversations = cache();
  private final Cache<String, Boolean> rowsMade =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

  private record Pair(String owner, String other) {}

  /** Creates access to the service. */
  public Relations(ServiceLocator locator) {
    this.locator = locator;
  }

  private static <K, V> Cache<K, V> cache() {
    return Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBERED).build();
  }

  private Channel channel() {
    return locator.channel(ServiceName.RELATION);
  }

  /** A user, if it exists. */
  public Optional<UserInfo> user(String userId) {
    UserInfo known = users.getIfPresent(userId);
    if (known != null) {
      return Optional.of(known);
    }
    if (userId.isEmpty()) {
      return Optional.empty();
    }
    Optional<UserInfo> found =
        RpcChannels.callAsService(
                channel(),
                userGrpc.getGetDesignateUsersMethod(),
                getDesignateUsersReq.newBuilder().addUserIDs(userId).build())
            .getUsersInfoList()
            .stream()
            .findFirst();
    found.ifPresent(user -> users.put(userId, user));
    return found;
  }

  /** Whether a user is in the owner's blacklist. */
  public boolean blocked(String owner, String userId) {
    Pair pair = new Pair(owner, userId);
    Boolean known = blacks.getIfPresent(pair);
    if (known != null) {
      return known;
    }
    boolean blocked =
        RpcChannels.callAsService(
                channel(),
                friendGrpc.getIsBlackMethod(),
                isBlackReq.newBuilder().setUserID1(owner).setUserID2(userId).build())
            .getInUser1Blacks();
    blacks.put(pair, blocked);
    return blocked;
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
    Pair pair = new Pair(owner, conversationId);
    Conversation known = conversations.getIfPresent(pair);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      Conversation found =
          RpcChannels.callAsService(
                  channel(),
                  conversationGrpc.getGetConversationMethod(),
                  GetConversationReq.newBuilder()
                      .setOwnerUserID(owner)
                      .setConversationID(conversationId)
                      .build())
              .getConversation();
      conversations.put(pair, found);
      return Optional.of(found);
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

  /** Makes both sides' rows of a chat exist before its first message (SEQUENCING.md A2). */
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
