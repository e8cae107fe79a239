package im.hongyan.gatewayhttp;

import com.google.common.collect.Lists;
import com.google.protobuf.Message;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationsReq;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.jssdk.ConversationMsg;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.relation.FriendInfoOnly;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getFriendInfoReq;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.userGrpc;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What services know of one user's conversations, asked with that user's rights; the friends alone
 * as a service, since no user asks for them in this form. Safe for use by several threads; blocks.
 */
final class ConversationParts {
  /** Few enough for one answer whatever the messages' sizes, as a rule. */
  private static final int MESSAGES_A_CALL = 20;

  /** Of all messages of an answer; conversations behind that are left out. */
  private static final int MAX_MESSAGE_BYTES = 8 << 20;

  private final ServiceLocator locator;

  ConversationParts(ServiceLocator locator) {
    this.locator = locator;
  }

  private <A extends Message, B extends Message> B call(
      ServiceName service, MethodDescriptor<A, B> method, A request) {
    return RpcChannels.call(locator.channel(service), method, request);
  }

  /** The rows that the user has, by id, in no order. */
  Map<String, Conversation> rows(String userId, List<String> ids) {
    GetConversationsReq request =
        GetConversationsReq.newBuilder().setOwnerUserID(userId).addAllConversationIDs(ids).build();
    Map<String, Conversation> rows = new LinkedHashMap<>();
    call(ServiceName.RELATION, conversationGrpc.getGetConversationsMethod(), request)
        .getConversationsList()
        .forEach(row -> rows.put(row.getConversationID(), row));
    return rows;
  }

  /** Newest and read seqs of the user's conversations; of all of them where none is named. */
  GetConversationsHasReadAndMaxSeqResp seqs(String userId, List<String> ids) {
    GetConversationsHasReadAndMaxSeqReq request =
        GetConversationsHasReadAndMaxSeqReq.newBuilder()
            .setUserID(userId)
            .addAllConversationIDs(ids)
            .setReturnPinned(true)
            .build();
    return call(ServiceName.MSG, msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(), request);
  }

  /** Each with its newest message and whom it is with; without a message it is left out. */
  List<ConversationMsg> compose(
      String userId, Collection<Conversation> rows, Map<String, Seqs> seqs) {
    Map<String, MsgData> messages =
        newest(userId, rows.stream().map(Conversation::getConversationID).toList());
    List<Conversation> shown =
        rows.stream().filter(row -> messages.containsKey(row.getConversationID())).toList();
    Set<String> peers =
        shown.stream()
            .filter(row -> row.getGroupID().isEmpty())
            .map(Conversation::getUserID)
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toSet());
    Set<String> groupIds =
        shown.stream()
            .map(Conversation::getGroupID)
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toSet());
    Map<String, UserInfo> users = users(peers);
    Map<String, FriendInfoOnly> friends = friends(userId, peers);
    Map<String, GroupInfo> groups = groups(groupIds);
    List<ConversationMsg> composed = new ArrayList<>();
    for (Conversation row : shown) {
      String id = row.getConversationID();
      Seqs of = seqs.getOrDefault(id, Seqs.getDefaultInstance());
      ConversationMsg.Builder one =
          ConversationMsg.newBuilder()
              .setConversation(row)
              .setLastMsg(messages.get(id))
              .setMaxSeq(of.getMaxSeq())
              .setReadSeq(of.getHasReadSeq());
      if (!row.getGroupID().isEmpty()) {
        ifKnown(groups, row.getGroupID(), one::setGroup);
      } else {
        ifKnown(users, row.getUserID(), one::setUser);
        ifKnown(friends, row.getUserID(), one::setFriend);
      }
      composed.add(one.build());
    }
    return composed;
  }

  private static <V> void ifKnown(Map<String, V> known, String id, Function<V, ?> set) {
    V value = known.get(id);
    if (value != null) {
      Object _ = set.apply(value);
    }
  }

  /** The newest message that the user may see and did not delete, by conversation. */
  private Map<String, MsgData> newest(String userId, List<String> ids) {
    Map<String, MsgData> messages = new HashMap<>();
    long bytes = 0;
    for (List<String> some : Lists.partition(ids, MESSAGES_A_CALL)) {
      GetLastMessageReq request =
          GetLastMessageReq.newBuilder().setUserID(userId).addAllConversationIDs(some).build();
      Map<String, MsgData> found =
          call(ServiceName.MSG, msgGrpc.getGetLastMessageMethod(), request).getMsgsMap();
      for (MsgData message : found.values()) {
        bytes += message.getSerializedSize();
      }
      if (bytes > MAX_MESSAGE_BYTES) {
        break;
      }
      messages.putAll(found);
    }
    return messages;
  }

  private Map<String, UserInfo> users(Set<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    getDesignateUsersReq request = getDesignateUsersReq.newBuilder().addAllUserIDs(ids).build();
    return byId(
        call(ServiceName.RELATION, userGrpc.getGetDesignateUsersMethod(), request)
            .getUsersInfoList(),
        UserInfo::getUserID);
  }

  private Map<String, FriendInfoOnly> friends(String userId, Set<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    getFriendInfoReq request =
        getFriendInfoReq.newBuilder().setOwnerUserID(userId).addAllFriendUserIDs(ids).build();
    return byId(
        RpcChannels.callAsService(
                locator.channel(ServiceName.RELATION), friendGrpc.getGetFriendInfoMethod(), request)
            .getFriendInfosList(),
        FriendInfoOnly::getFriendUserID);
  }

  private Map<String, GroupInfo> groups(Set<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    GetGroupsInfoReq request = GetGroupsInfoReq.newBuilder().addAllGroupIDs(ids).build();
    return byId(
        call(ServiceName.RELATION, groupGrpc.getGetGroupsInfoMethod(), request).getGroupInfosList(),
        GroupInfo::getGroupID);
  }

  private static <V> Map<String, V> byId(List<V> values, Function<V, String> id) {
    return values.stream().collect(Collectors.toMap(id, Function.identity(), (a, _) -> a));
  }
}
