package im.hongyan.relation.conversation;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.GetConversationNotReceiveMessageUserIDsReq;
import im.hongyan.proto.conversation.GetConversationNotReceiveMessageUserIDsResp;
import im.hongyan.proto.conversation.GetConversationOfflinePushUserIDsReq;
import im.hongyan.proto.conversation.GetConversationOfflinePushUserIDsResp;
import im.hongyan.proto.conversation.GetRecvMsgNotNotifyUserIDsReq;
import im.hongyan.proto.conversation.GetRecvMsgNotNotifyUserIDsResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * Who of a conversation wants to be disturbed, for app servers (protobuf/conversation.md);
 * push-service asks {@link OfflineRules}. Safe for use by several threads.
 */
public final class ConversationReceivers implements Feature {
  /** Receive in silence. */
  private static final int NOT_NOTIFIED = 2;

  private static final int USERS_A_STEP = 1_000;

  private final ConversationStore conversations;
  private final Function<String, Optional<ConversationOwner>> owners;
  private final Function<GroupId, List<UserId>> members;

  /**
   * Creates the feature.
   *
   * @param owners finds whose the conversations with a key are
   * @param members gives the ids of a group's members
   */
  public ConversationReceivers(
      ConversationStore conversations,
      Function<String, Optional<ConversationOwner>> owners,
      Function<GroupId, List<UserId>> members) {
    this.conversations = conversations;
    this.owners = owners;
    this.members = members;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getGetConversationOfflinePushUserIDsMethod(), this::getPushed);
    rpcs.unary(
        conversationGrpc.getGetConversationNotReceiveMessageUserIDsMethod(), this::getNotReceiving);
    rpcs.unary(conversationGrpc.getGetRecvMsgNotNotifyUserIDsMethod(), this::getNotNotified);
  }

  /** Those asked for who did not choose otherwise, in their order, each once. */
  private GetConversationOfflinePushUserIDsResp getPushed(
      Caller caller, GetConversationOfflinePushUserIDsReq request) {
    List<UserId> asked = request.getUserIDsList().stream().distinct().map(UserId::new).toList();
    return GetConversationOfflinePushUserIDsResp.newBuilder()
        .addAllUserIDs(
            with(new ConversationId(request.getConversationID()), asked, option -> option == 0))
        .build();
  }

  private GetConversationNotReceiveMessageUserIDsResp getNotReceiving(
      Caller caller, GetConversationNotReceiveMessageUserIDsReq request) {
    ConversationId id = new ConversationId(request.getConversationID());
    return GetConversationNotReceiveMessageUserIDsResp.newBuilder()
        .addAllUserIDs(with(id, users(id), option -> option != 0))
        .build();
  }

  private GetRecvMsgNotNotifyUserIDsResp getNotNotified(
      Caller caller, GetRecvMsgNotNotifyUserIDsReq request) {
    GroupId group = new GroupId(request.getGroupID());
    return GetRecvMsgNotNotifyUserIDsResp.newBuilder()
        .addAllUserIDs(
            with(
                ConversationId.group(group.value()),
                members.apply(group),
                option -> option == NOT_NOTIFIED))
        .build();
  }

  /** The members, or the two of a pair; of a conversation that nobody has, none. */
  private List<UserId> users(ConversationId id) {
    ConversationOwner owner = owners.apply(id.key()).orElse(ConversationOwner.group(""));
    if (id.isGroup() != owner.isGroup()) {
      return List.of();
    }
    return owner.isGroup()
        ? members.apply(new GroupId(owner.first()))
        : List.of(new UserId(owner.first()), new UserId(owner.second()));
  }

  private List<String> with(ConversationId id, List<UserId> users, IntPredicate wanted) {
    List<String> found = new ArrayList<>();
    for (List<UserId> some : Lists.partition(users, USERS_A_STEP)) {
      Map<UserId, Integer> options = conversations.receiveOptions(id, some);
      some.stream()
          .filter(user -> wanted.test(options.getOrDefault(user, 0)))
          .forEach(user -> found.add(user.value()));
    }
    return found;
  }
}
