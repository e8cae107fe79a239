package im.hongyan.relation.conversation;

import com.google.common.collect.Lists;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageSeqByTimeReq;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.msg.SetUserConversationsMinSeqReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What rpc-msg knows of a user's conversations, and where reading begins. Safe for use by several
 * threads; blocks.
 */
public final class MessageReads {
  private static final int CONVERSATIONS_A_CALL = 1_000;

  /** Few enough for one answer whatever the messages' sizes, as a rule. */
  private static final int MESSAGES_A_CALL = 20;

  private final ServiceLocator locator;

  /** Creates it over the rpc-msg that the locator finds. */
  public MessageReads(ServiceLocator locator) {
    this.locator = locator;
  }

  /** Newest and read seqs, by conversation. */
  Map<String, Seqs> seqs(UserId user, List<String> conversationIds) {
    Map<String, Seqs> seqs = new HashMap<>();
    for (List<String> some : Lists.partition(conversationIds, CONVERSATIONS_A_CALL)) {
      GetConversationsHasReadAndMaxSeqReq request =
          GetConversationsHasReadAndMaxSeqReq.newBuilder()
              .setUserID(user.value())
              .addAllConversationIDs(some)
              .build();
      seqs.putAll(
          RpcChannels.callAsService(
                  locator.channel(ServiceName.MSG),
                  msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(),
                  request)
              .getSeqsMap());
    }
    return seqs;
  }

  /** The newest seq of a conversation whose message was sent by then, 0 for none. */
  long newestUntil(ConversationId id, long millis) {
    GetLastMessageSeqByTimeReq request =
        GetLastMessageSeqByTimeReq.newBuilder()
            .setConversationID(id.value())
            .setTime(millis)
            .build();
    return RpcChannels.callAsService(
            locator.channel(ServiceName.MSG), msgGrpc.getGetLastMessageSeqByTimeMethod(), request)
        .getSeq();
  }

  /** What these users can read of a conversation begins there; it never falls back. */
  void setFirstSeq(ConversationId id, Collection<UserId> users, long seq) {
    SetUserConversationsMinSeqReq request =
        SetUserConversationsMinSeqReq.newBuilder()
            .setConversationID(id.value())
            .addAllUserIDs(users.stream().map(UserId::value).toList())
            .setSeq(seq)
            .build();
    RpcChannels.callAsService(
        locator.channel(ServiceName.MSG), msgGrpc.getSetUserConversationsMinSeqMethod(), request);
  }

  /** The newest message that the user may see, by conversation; none where there is none. */
  Map<String, MsgData> newest(UserId user, List<String> conversationIds) {
    Map<String, MsgData> messages = new HashMap<>();
    for (List<String> some : Lists.partition(conversationIds, MESSAGES_A_CALL)) {
      GetLastMessageReq request =
          GetLastMessageReq.newBuilder()
              .setUserID(user.value())
              .addAllConversationIDs(some)
              .build();
      messages.putAll(
          RpcChannels.callAsService(
                  locator.channel(ServiceName.MSG), msgGrpc.getGetLastMessageMethod(), request)
              .getMsgsMap());
    }
    return messages;
  }
}
